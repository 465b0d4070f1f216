import { isUint8Array } from 'node:util/types';
import { describe, failed, success, type Result } from '../result';
import { BUFFER_IN_JSON, isBufferInJson } from './bytes';
import { parseHeldDecimal } from './decimal';
import { flatten, type Leaf, type NoValue } from './flatten';
import { holdsJson } from './json-text';
import { checkName, type FieldsFailure, type Term } from './names';
import type { PayloadOptions } from './options';
import { isPlainObject } from './plain-object';
import { describeThrown } from './thrown';
import { createUnsendable, type Unsendable } from './unsendable';

/** What a service makes of values. */
export interface Service<Value> {
  readonly term: Term;
  /** A value as the service takes it; `undefined` for one that holds nothing, such as a history of nothing. */
  readonly read: (name: string, value: unknown) => Result<Value | undefined, FieldsFailure>;
  /** Whether an object is a value of the service, and no nested values. */
  readonly isValue: (value: object) => boolean;
}

/** How the values of one message are read. */
export interface ReadingRules<Value> extends Service<Value> {
  readonly options: PayloadOptions;
  /** Collects the fields that are left out. */
  readonly unsendable: Unsendable;
}

/** The most fields of one payload: far above any sensor's, so that more is a mistake in the flow. */
const MOST_FIELDS = 1000;

/** @param unsendable collects what is left out, where several objects share it */
export function createReadingRules<Value>(
  service: Service<Value>,
  options: PayloadOptions,
  unsendable = createUnsendable(options),
): ReadingRules<Value> {
  return { ...service, options, unsendable };
}

/** The values of an object by their names, and what in it is no value. */
export interface ReadFields<Value> {
  readonly values: ReadonlyMap<string, Value>;
  readonly withoutValue: readonly NoValue[];
}

/**
 * The named values of a payload, in its order; at least one.
 * @param payload an object of names to values, or one value
 * @param name the name of one value: the node's setting or the message's topic
 */
export function readFields<Value>(
  payload: unknown,
  name: string,
  rules: ReadingRules<Value>,
): Result<ReadonlyMap<string, Value>, FieldsFailure> {
  const { term } = rules;
  try {
    const object = nameValue(payload, name, rules);
    if (!object.ok) return object;
    const read = readObject(object.value, MOST_FIELDS, rules);
    if (!read.ok) return read;
    return read.value.values.size > 0
      ? success(read.value.values)
      : failed({
          kind: 'invalid',
          message: nothingLeft(read.value.withoutValue, rules.unsendable, term),
          nothingLeft: rules.unsendable.leftOut,
        });
  } catch (error) {
    // A getter of a function node's object may throw, and anything may happen in a Proxy.
    return invalidFields(`msg.payload cannot be read: ${describeThrown(error)}`);
  }
}

/** The payload as an object of names to values. */
function nameValue(
  payload: unknown,
  name: string,
  { term, options }: Pick<ReadingRules<unknown>, 'term' | 'options'>,
): Result<Readonly<Record<string, unknown>>, FieldsFailure> {
  if (payload === undefined || payload === null) {
    return invalidFields(`msg.payload is ${String(payload)}: an object of ${term}s or one value is needed`);
  }
  if (holdsJson(payload) && !(options.keepText && typeof payload === 'string')) {
    return invalidFields(
      `msg.payload is ${describe(payload)} that holds JSON: put a json node before this one`,
    );
  }
  if (isBufferInJson(payload)) return invalidFields(`msg.payload is an object: ${BUFFER_IN_JSON}`);
  if (isPlainObject(payload)) {
    return Object.keys(payload).length > 0
      ? success(payload)
      : invalidFields(`msg.payload is an empty object: it has no ${term} to publish`);
  }
  if (typeof payload === 'object' && !isUint8Array(payload)) {
    return invalidFields(`msg.payload is ${describe(payload)}, neither an object of ${term}s nor one value`);
  }
  if (name === '') {
    return invalidFields(
      `msg.payload is one value (${describe(payload)}) without a name: set the ${term} in the node or in msg.topic`,
    );
  }
  return success({ [name]: isUint8Array(payload) ? readNumberBytes(payload) : payload });
}

/** The text of a number in a Buffer, as an MQTT broker gives it; the bytes themselves where they are none. */
function readNumberBytes(bytes: Uint8Array): unknown {
  const text = bytes.length <= LONGEST_NUMBER_BYTES ? String.fromCharCode(...bytes) : '';
  return parseHeldDecimal(text) ?? bytes;
}

const LONGEST_NUMBER_BYTES = 400;

/** The named values of an object, of which there may be none. @param most the most that there may be */
export function readObject<Value>(
  object: Readonly<Record<string, unknown>>,
  most: number,
  rules: ReadingRules<Value>,
): Result<ReadFields<Value>, FieldsFailure> {
  const flat = flatten(object, { ...rules, nested: rules.options.nested, most });
  if (!flat.ok) return flat;
  const values = new Map<string, Value>();
  const withoutValue = [...flat.value.withoutValue];
  for (const leaf of flat.value.leaves) {
    const read = readLeaf(leaf, rules);
    if (read.ok && read.value !== undefined) values.set(leaf.name, read.value);
    else if (read.ok) withoutValue.push({ name: leaf.name, seen: 'without a value' });
    else {
      const refused = rules.unsendable.leaveOut(leaf.name, read.failure);
      if (refused) return failed(flat.value.leaves.length > 1 ? withAlternative(refused) : refused);
    }
  }
  return success({ values, withoutValue });
}

/** Where there are other values, people may want those at least. */
function withAlternative(failure: FieldsFailure): FieldsFailure {
  const alternative =
    '. To publish the rest all the same, set "What cannot be sent" in the node to "is left out"';
  return { ...failure, message: `${failure.message}${alternative}` };
}

function readLeaf<Value>(leaf: Leaf, rules: Service<Value>): Result<Value | undefined, FieldsFailure> {
  if (!leaf.read.ok) return leaf.read;
  const wrongName = checkName(leaf.name, rules.term);
  if (wrongName) return failed(wrongName);
  try {
    return rules.read(leaf.name, leaf.read.value);
  } catch (error) {
    return invalidFields(`The ${rules.term} ${describe(leaf.name)} cannot be read: ${describeThrown(error)}`);
  }
}

/** Why nothing of a payload is sent. */
function nothingLeft(
  withoutValue: readonly NoValue[],
  { leftOut }: Pick<Unsendable, 'leftOut'>,
  term: Term,
): string {
  const [first] = leftOut;
  if (first) return `msg.payload has no ${term} that can be sent. ${first.reason}`;
  const seen = withoutValue.slice(0, 3).map((each) => `${describe(each.name)} is ${each.seen}`);
  const more = withoutValue.length > seen.length ? `, and so on (${withoutValue.length})` : '';
  return `msg.payload has no value: ${seen.join(', ')}${more}`;
}

function invalidFields(message: string) {
  return failed<FieldsFailure>({ kind: 'invalid', message });
}
