/** Validators of settings. The editor lists their reasons without the fields, so each reason is to begin with its field. */
import type { AnyNode, EditedNode, InputValue } from '../red';

/** `true`, or the reason why a value is wrong. The editor takes a reason only from a function of two parameters. */
export type Validator<Shape> = (this: EditedNode<Shape>, value: InputValue, options: object) => true | string;

/** What a setting is called where its reason is told: keys of the label's text, and of its unit where two share a label. */
export interface FieldName {
  readonly label: string;
  readonly unit?: string;
}

/** A validator whose reason begins with the name of the field. @param field its label's key, or that with more */
export function named<Shape>(field: string | FieldName, validator: Validator<Shape>): Validator<Shape> {
  return function validate(this: EditedNode<Shape>, value: InputValue, options: object): true | string {
    const reason = validator.call(this, value, options);
    return reason === true || this._('common.error.named', { field: nameOf(this, field), reason });
  };
}

function nameOf(node: EditedNode<unknown>, field: string | FieldName): string {
  if (typeof field === 'string') return node._(field);
  const label = node._(field.label);
  return field.unit === undefined ? label : `${label} (${node._(field.unit)})`;
}

/** Validates a name that must not be empty. A missing one takes its default, see `showSettings`. */
export function validateName(this: EditedNode<unknown>, value: InputValue, _options: object): true | string {
  return value === undefined || String(value).trim() !== '' || this._('common.error.required');
}

/** Validates the config node that a node refers to. */
export function validateConfig(
  this: EditedNode<unknown>,
  value: InputValue,
  _options: object,
): true | string {
  const id = String(value ?? '');
  return isNoConfig(id) ? this._('common.error.noConfig') : stateOf(this, id);
}

/** Validates a config node that a node may refer to. */
export function validateOptionalConfig(
  this: EditedNode<unknown>,
  value: InputValue,
  _options: object,
): true | string {
  const id = String(value ?? '');
  return isNoConfig(id) || stateOf(this, id);
}

/** "_ADD_" is the editor's choice "Add new…". */
function isNoConfig(id: string): boolean {
  return id === '' || id === '_ADD_';
}

function stateOf(node: EditedNode<unknown>, id: string): true | string {
  const config = RED.nodes.node(id);
  if (!config) return node._('common.error.lostConfig');
  return config.valid !== false || node._('common.error.wrongConfig', { reasons: reasonsOf(config) });
}

function reasonsOf({ validationErrors }: AnyNode): string {
  return (validationErrors ?? []).join('; ');
}

/** Whether a value is a whole number from `least` to `most`; a missing one takes its default. */
export function isWholeNumber(value: InputValue, least: number, most: number): boolean {
  if (value === undefined) return true;
  const number = Number(value);
  return String(value).trim() !== '' && Number.isInteger(number) && number >= least && number <= most;
}

/** A validator of a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  return function validate(this: EditedNode<unknown>, value: InputValue, _options: object): true | string {
    return isWholeNumber(value, least, most) || this._('common.error.range', { least, most });
  };
}

/** A validator of a whole number from `least` to `most`, or 0, which has a meaning of its own. */
export function zeroOrBetween(least: number, most: number) {
  return function validate(this: EditedNode<unknown>, value: InputValue, _options: object): true | string {
    const isRight = isWholeNumber(value, 0, 0) || isWholeNumber(value, least, most);
    return isRight || this._('common.error.zeroOrRange', { least, most });
  };
}
