/** Short ways to look into a Result, which fail the test where it is the other one. */
import assert from 'node:assert/strict';
import type { Failure, Result } from '../../src/result';

export function valueOf<Value>(result: Result<Value, Failure<string>>): Value {
  assert(result.ok, result.ok ? '' : `failed: ${result.failure.message}`);
  return result.value;
}

export function failureOf<Problem extends Failure<string>>(result: Result<unknown, Problem>): Problem {
  assert(!result.ok, 'succeeded, but was to fail');
  return result.failure;
}

/** The most characters that a message for people may have. */
export const LONGEST_MESSAGE = 2000;

/** The failure's message, which must be one line that a person can read. */
export function messageOf(result: Result<unknown, Failure<string>>): string {
  const { message } = failureOf(result);
  assert(message.length > 0 && message.length <= LONGEST_MESSAGE, `${message.length} characters`);
  assert.doesNotMatch(message, /\p{Cc}/u);
  return message;
}
