/** The mutants that no test can tell from the code, because they behave the same; each with its reason. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, type MutantName } from './sample';

interface Equivalent extends MutantName {
  readonly reason: string;
}

/** A mutant in the list; where it is not the first of its kind, `occurrence` says which it is. */
type Listed = Omit<Equivalent, 'occurrence'> & { readonly occurrence?: number };

/** Reads equivalents.json. */
export function readEquivalents(): readonly Equivalent[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of the project; a test reads all of it
  const listed = JSON.parse(readFileSync(join(__dirname, 'equivalents.json'), 'utf8')) as readonly Listed[];
  return listed.map((entry) => ({ occurrence: 1, ...entry }));
}

/** A function that tells whether a mutant is in the list. */
export function createEquivalence(): (mutant: MutantName) => boolean {
  const names = new Set(readEquivalents().map(nameOf));
  return (mutant) => names.has(nameOf(mutant));
}
