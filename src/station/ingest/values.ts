/** Which values both protocols accept. */
import { parseDecimal } from '../../fields';
import { describe, success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import type { Scalar } from '../vocabulary';
import { MAX_TEXT_LENGTH } from './limits';

/** Validates a value as Senio accepts it. @param what how the message calls it, as in `Field "temp"` */
export function checkNumber(what: string, value: unknown): Result<number, Refusal> {
  if (typeof value === 'number' && Number.isFinite(value)) return success(value);
  return refuse('invalid', `${what}: ${describe(value)} is not a finite number.`);
}

/**
 * Validates a value as Databoom accepts it: a finite number, a boolean, or a text. A text that is a number is that
 * number: many clients put quotes around all values, and one graph shall show what one signal has measured, whether or
 * not it had quotes.
 */
export function checkScalar(what: string, value: unknown): Result<Scalar, Refusal> {
  if (typeof value === 'boolean') return success(value);
  if (typeof value !== 'string') return checkNumber(what, value);
  const number = numberIn(value);
  if (number !== undefined) return success(number);
  if (value.length <= MAX_TEXT_LENGTH) return success(value);
  return refuse('invalid', `${what}: the text is longer than ${MAX_TEXT_LENGTH} characters.`);
}

/** The number that a text stands for; undefined where it is none, or a whole number that would lose digits. */
function numberIn(text: string): number | undefined {
  const number = parseDecimal(text);
  const losesDigits = Number.isInteger(number) && !Number.isSafeInteger(number);
  return losesDigits ? undefined : number;
}
