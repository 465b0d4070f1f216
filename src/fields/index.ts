/**
 * Fields: which value of a message belongs to which name, and what a number is.
 *
 * Senio calls a name a field and Databoom a signal; both take an object of names to values, or a single value whose
 * name the node or the topic gives.
 */
import { isUint8Array } from 'node:util/types';
import { describe, failed, success, type Failure, type Result } from '../result';

/** A payload that cannot be read as fields; the message says which field and why. */
export type FieldsFailure = Failure<'invalid'>;

/** The most fields of one payload: far above any sensor's, so that more is a mistake in the flow. */
const MOST_FIELDS = 1000;
/** The most characters of a name. */
const LONGEST_NAME = 200;
/** The most characters of a number in text: the largest double written out has 309 digits. */
const LONGEST_NUMBER = 400;

/** Whether `value` is an object of names to values, also when another realm (a function node's) made it. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * The named values of a payload, in its order.
 * @param payload an object of names to values, or one value
 * @param name the name of one value: the node's setting or the message's topic
 * @param term what the service calls a name
 */
export function readFields(
  payload: unknown,
  name: string,
  term: 'field' | 'signal',
): Result<readonly (readonly [string, unknown])[], FieldsFailure> {
  if (!isPlainObject(payload)) {
    if (payload === undefined || payload === null) {
      return invalidFields(`msg.payload is ${String(payload)}: an object of ${term}s or one value is needed`);
    }
    if (typeof payload === 'object' && !isUint8Array(payload)) {
      return invalidFields(
        `msg.payload is ${describe(payload)}, neither an object of ${term}s nor one value`,
      );
    }
    if (name === '') {
      return invalidFields(
        `msg.payload is one value (${describe(payload)}) without a name: set the ${term} in the node or in msg.topic`,
      );
    }
    return success([[name, payload]]);
  }
  const entries = Object.entries(payload);
  if (entries.length === 0)
    return invalidFields(`msg.payload is an empty object: it has no ${term} to publish`);
  if (entries.length > MOST_FIELDS) {
    return invalidFields(
      `msg.payload has ${entries.length} ${term}s: at most ${MOST_FIELDS} fit one message`,
    );
  }
  return success(entries);
}

/** What is wrong with the name of a field, or `undefined` where nothing is. */
export function checkName(name: string, term: 'field' | 'signal'): FieldsFailure | undefined {
  if (name.trim() === '') return { kind: 'invalid', message: `A ${term} has an empty name` };
  if (name.length > LONGEST_NAME) {
    return {
      kind: 'invalid',
      message: `The name of ${term} ${describe(name)} is longer than ${LONGEST_NAME} characters`,
    };
  }
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) {
    return {
      kind: 'invalid',
      message: `The name of ${term} ${describe(name)} has characters that no name can have`,
    };
  }
  return undefined;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The finite number that a decimal text such as `21.5` or `-1e3` stands for, else `undefined`. */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.length <= LONGEST_NUMBER ? text.trim() : '';
  const number = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function invalidFields(message: string) {
  return failed<FieldsFailure>({ kind: 'invalid', message });
}
