import type { Failure, Result } from '../result';
import { LONGEST_NAME, type FieldsFailure } from './names';
import type { LeftOut, PayloadOptions } from './options';

/** What was read of a payload, with the fields that were left out of it. */
export type Parsed<Value, Problem extends Failure<string>> =
  | { readonly ok: true; readonly value: Value; readonly leftOut: readonly LeftOut[] }
  | (Result<never, Problem> & { readonly ok: false });

/** The values of one message that cannot be sent. */
export interface Unsendable {
  /** Leaves a field out, where the node's options say so; else gives `failure` back, which refuses the message. */
  leaveOut(field: string, failure: FieldsFailure): FieldsFailure | undefined;
  readonly leftOut: readonly LeftOut[];
}

export function createUnsendable({ unsendable }: Pick<PayloadOptions, 'unsendable'>): Unsendable {
  const leftOut: LeftOut[] = [];
  return {
    leaveOut(field, failure) {
      if (unsendable === 'error') return failure;
      leftOut.push({ field: field.slice(0, LONGEST_NAME), reason: failure.message });
      return undefined;
    },
    leftOut,
  };
}
