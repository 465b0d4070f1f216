import { describe, type Failure } from '../result';

/** What a service calls the name of a value. */
export type Term = 'field' | 'signal';

/** A payload that cannot be read as fields; the message says which field and why. */
export type FieldsFailure = Failure<'invalid'>;

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
