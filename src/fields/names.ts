import { describe, type Failure } from '../result';
import type { LeftOut } from './options';

/** What a service calls the name of a value. */
export type Term = 'field' | 'signal';

/** A payload that cannot be read as fields; the message says which field and why. */
export interface FieldsFailure extends Failure<'invalid'> {
  /**
   * There where nothing is wrong but that no value is left: what was left out of the payload, which may be nothing where
   * its fields are all null.
   */
  readonly nothingLeft?: readonly LeftOut[];
}

/** The most characters of a name. */
export const LONGEST_NAME = 200;

/** What is wrong with the name of a field, or `undefined` where nothing is. */
export function checkName(name: string, term: Term): FieldsFailure | undefined {
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
