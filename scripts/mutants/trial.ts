/** Tries mutants: does a test of its room fail where the code is changed? */
import type { Mutant } from './mutators';
import { testRunsOf, type TestRun } from './rooms';
import type { Ended } from './processes';
import type { Workplace } from './workplace';

/** What became of a mutant; one that the compiler rejects is none. */
export type Fate = 'killed' | 'timed out' | 'survived' | 'rejected';

export interface Trial {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly seconds: number;
}

/** A mutant may take so many times as long as the unchanged code, and so much longer. */
const TIMES_AS_LONG = 4;
const AND_SECONDS = 60;

/** Longer than any test run takes on the slowest machine. */
const UNCHANGED_LIMIT_MS = 1_800_000;

/** A function that tries one mutant in a workplace; all that it tries share what is known of the unchanged code. */
export function createTrials(): (workplace: Workplace, mutant: Mutant) => Promise<Trial> {
  const limits = new Map<string, Promise<number>>();

  return async (workplace, mutant) => {
    const testRuns = testRunsOf(mutant.file);
    const before = performance.now();
    const trial = (fate: Fate): Trial => ({
      mutant,
      fate,
      seconds: (performance.now() - before) / 1000,
    });
    workplace.apply(mutant);
    try {
      if (!(await workplace.hasSoundTypes(mutant.file))) return trial('rejected');
      for (const tests of testRuns) {
        const limitMs = await limitOf(workplace, mutant, tests);
        const { how } = await workplace.run(tests, limitMs);
        if (how !== 'succeeded') return trial(how === 'failed' ? 'killed' : how);
      }
      return trial('survived');
    } finally {
      workplace.undo(mutant);
    }
  };

  /** How long the tests may take, measured once on the unchanged code, where they must pass. */
  function limitOf(workplace: Workplace, mutant: Mutant, tests: TestRun): Promise<number> {
    const known = limits.get(tests.name);
    if (known) return known;
    const limit = measure(workplace, mutant, tests).then(({ seconds }) => {
      return (seconds * TIMES_AS_LONG + AND_SECONDS) * 1000;
    });
    limits.set(tests.name, limit);
    return limit;
  }
}

async function measure(workplace: Workplace, mutant: Mutant, tests: TestRun): Promise<Ended> {
  workplace.undo(mutant);
  const ended = await workplace.run(tests, UNCHANGED_LIMIT_MS);
  workplace.apply(mutant);
  if (ended.how === 'succeeded') return ended;
  throw new Error(`The tests of ${tests.name} do not pass on the unchanged code:\n${ended.output}`);
}
