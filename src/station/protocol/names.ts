import { describe, success, type Result } from '../../result';
import { refuse, type Refusal } from './refusal';

/** Characters in the name of a sensor, device, field or signal: two UUIDs fit twice. */
const MAX_NAME_LENGTH = 200;

/** Control characters, and lone surrogates, which no encoding can carry. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Checks the name of a sensor, device, field or signal.
 * @param what how the message calls it, as in `The field name`
 */
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
