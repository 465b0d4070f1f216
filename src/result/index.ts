/**
 * Results and failures as plain values: the vocabulary that every room shares.
 *
 * A failure is made where it is understood and carries a `kind` for the code that decides, and a `message`
 * for the person who reads it. Nothing decides by the text of a message.
 */

import { isDate, isUint8Array } from 'node:util/types';
import { showInvisible } from '../visible-text';

export type { RequestProblem } from './request-problem';

/** Something that did not work: `kind` for code, `message` (one or two plain sentences) for people. */
export interface Failure<Kind extends string> {
  readonly kind: Kind;
  readonly message: string;
}

/** Either a value or a failure; `ok` tells which. */
export type Result<Value, Problem extends Failure<string>> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Problem };

/** A result that worked. */
export function success<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** A result that did not work. */
export function failed<Problem extends Failure<string>>(
  failure: Problem,
): { readonly ok: false; readonly failure: Problem } {
  return { ok: false, failure };
}

/** Settings that cannot be used. */
export type Misconfiguration = Failure<'misconfigured'>;

/** The result of settings that cannot be used. */
export function misconfigured(message: string) {
  return failed<Misconfiguration>({ kind: 'misconfigured', message });
}

const LONGEST_QUOTE = 40;

/** A value as an error message shows it: short, in one line, and never the whole of something large. */
export function describe(value: unknown): string {
  if (typeof value === 'string') {
    const quote = value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value;
    return showInvisible(JSON.stringify(quote));
  }
  if (value === null || ['number', 'boolean', 'undefined'].includes(typeof value)) return String(value);
  // A bigint may have millions of digits, and looks like the number that it is not.
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    return `a ${typeof value}`;
  }
  if (Array.isArray(value)) return 'an array';
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (isUint8Array(value)) return `a Buffer of ${value.length} bytes`;
  return 'an object';
}
