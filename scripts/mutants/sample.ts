/** Which mutants are tried: a sample that a seed decides, and that a change elsewhere in the code leaves as it is. */
import { createHash } from 'node:crypto';
import type { Mutant } from './mutators';

/** What names a mutant whatever moves around it. */
export type MutantName = Pick<Mutant, 'file' | 'line' | 'mutation' | 'occurrence'>;

export function nameOf({ file, line, mutation, occurrence }: MutantName): string {
  return [file, line, mutation, occurrence].join('\n');
}

/** The mutants in the order in which the seed draws them. */
export function inDrawnOrder<Candidate extends MutantName>(
  mutants: readonly Candidate[],
  seed: number,
): readonly Candidate[] {
  // Each has a place of its own that depends on its name alone: others come and go, it stays.
  const drawn = mutants.map((mutant) => ({ mutant, place: digest(`${seed}\n${nameOf(mutant)}`) }));
  return drawn.toSorted((a, b) => (a.place < b.place ? -1 : 1)).map(({ mutant }) => mutant);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
