/** Which values both protocols accept. */
import { describe, success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import type { Scalar } from '../vocabulary';
import { MAX_TEXT_LENGTH } from './limits';

/** Validates a value as Senio accepts it. @param what how the message calls it, as in `Field "temp"` */
export function checkNumber(what: string, value: unknown): Result<number, Refusal> {
  if (typeof value === 'number' && Number.isFinite(value)) return success(value);
  return refuse('invalid', `${what}: ${describe(value)} is not a finite number.`);
}

/** Validates a value as Databoom accepts it: a finite number, a boolean, or a text. */
export function checkScalar(what: string, value: unknown): Result<Scalar, Refusal> {
  if (typeof value === 'boolean') return success(value);
  if (typeof value !== 'string') return checkNumber(what, value);
  if (value.length <= MAX_TEXT_LENGTH) return success(value);
  return refuse('invalid', `${what}: the text is longer than ${MAX_TEXT_LENGTH} characters.`);
}
