import { VALUE_KINDS } from '../../contract';
import { byId } from '../elements';
import type { TypedInputKind } from '../red';

/** A kind that has no value of its own, such as "the sensor of the config node". */
export interface KindWithoutValue {
  readonly value: string;
  readonly label: string;
  readonly hasValue: false;
}

/**
 * Makes an input of an open dialog take a value from any of the usual places.
 * @param special a kind that comes before the others
 */
export function prepareTypedInput(name: string, label: string, special?: KindWithoutValue): void {
  const id = `node-input-${name}`;
  const types = special ? [special, ...VALUE_KINDS] : VALUE_KINDS;
  $(`#${id}`).typedInput({ default: special?.value ?? 'str', types, typeField: `#${id}Type` });
  // The editor shows another input in place of the labelled one, without a name for screen readers.
  byId(id).nextElementSibling?.querySelector('input')?.setAttribute('aria-label', label);
}

/** Changes what a typed input offers; where that leaves out what is chosen, the first of the kinds takes its place. */
export function offerKinds(name: string, kinds: readonly TypedInputKind[]): void {
  $(`#node-input-${name}`).typedInput('types', kinds);
}

/** Validates the value of a typed input: `true`, or the reason why nothing can ever be read there. */
export function validateTypedValue(value: string, type: string): true | string {
  const isContext = type === 'flow' || type === 'global';
  // Before the key may stand the store, as in "#:(file)::room".
  const key = isContext ? value.replace(/^#:\(\S+?\)::/, '') : value;
  return type === 'str' || RED.utils.validateTypedProperty(key, type);
}
