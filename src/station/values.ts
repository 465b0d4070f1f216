/** What a name and a value may be, in both protocols. */
import { describe, success, type Result } from '../result';
import { MAX_NAME_LENGTH, MAX_TEXT_LENGTH } from './limits';
import { refuse, type Refusal } from './refusal';
import type { Scalar } from './announcements';

/** Control characters, and halves of characters, which no encoding can carry. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** @param what how the message calls it, as in `The field name` */
export function checkName(what: string, name: unknown): Result<string, Refusal> {
  if (typeof name !== 'string') return refuse('invalid', `${what} must be text, and is ${describe(name)}.`);
  if (name === '') return refuse('invalid', `${what} is empty.`);
  if (name.length > MAX_NAME_LENGTH) {
    return refuse('invalid', `${what} ${describe(name)} is longer than ${MAX_NAME_LENGTH} characters.`);
  }
  if (UNPRINTABLE.test(name)) {
    return refuse('invalid', `${what} ${describe(name)} has characters that cannot be shown.`);
  }
  return success(name);
}

/** A value as Senio takes it. @param what how the message calls it, as in `Field "temp"` */
export function checkNumber(what: string, value: unknown): Result<number, Refusal> {
  if (typeof value === 'number' && Number.isFinite(value)) return success(value);
  return refuse('invalid', `${what}: ${describe(value)} is not a finite number.`);
}

/** A value as Databoom takes it: a finite number, a boolean, or a text. */
export function checkScalar(what: string, value: unknown): Result<Scalar, Refusal> {
  if (typeof value === 'boolean') return success(value);
  if (typeof value !== 'string') return checkNumber(what, value);
  if (value.length <= MAX_TEXT_LENGTH) return success(value);
  return refuse('invalid', `${what}: the text is longer than ${MAX_TEXT_LENGTH} characters.`);
}
