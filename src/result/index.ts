/**
 * Results and failures as plain values: the vocabulary that every room shares.
 *
 * A failure is made where it is understood and carries a `kind` for the code that decides, and a `message`
 * for the person who reads it. Nothing decides by the text of a message.
 */

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
