import { isNativeError } from 'node:util/types';
import { describe } from '../result';

/** What somebody else's code threw, as an error message shows it. It may be anything, also of another realm. */
export function describeThrown(error: unknown): string {
  return describe(isNativeError(error) ? error.message : error);
}
