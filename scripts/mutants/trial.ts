/** Tries mutants: does a test of its room fail where the code is changed? */
import type { Mutant } from './mutators';
import { testRunsOf, type TestRun } from './rooms';
import type { Workplace } from './workplace';

/**
 * What became of a mutant. One that the compiler rejects is none; it is doubtful where what failed with it fails
 * without it too, or passes when it is run with it again, as tests may on a busy machine.
 */
export type Fate = 'killed' | 'timed out' | 'survived' | 'doubtful' | 'rejected';

export interface Trial {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly seconds: number;
  /** The test that failed, where one did. */
  readonly failedTest?: string | undefined;
}

/** Most test runs end in this time, however busy the machine is. */
const FIRST_LIMIT_MS = 300_000;

/** A mutant may take so many times as long as the unchanged code does at that time, and so much longer. */
const TIMES_AS_LONG = 4;
const AND_MS = 60_000;

/** Of a mutant whose fate is doubtful, or that may need more time. */
const MOST_ATTEMPTS = 3;

/** Longer than any test run takes on the slowest machine. */
const UNCHANGED_LIMIT_MS = 1_800_000;

/** A function that tries one mutant in a workplace; all that it tries share what is known of the tests. */
export function createTrials(): (workplace: Workplace, mutant: Mutant) => Promise<Trial> {
  const limits = new Map<string, number>();

  return async (workplace, mutant) => {
    const before = performance.now();
    const trial = ({ fate, failedTest }: Verdict): Trial => ({
      mutant,
      fate,
      seconds: (performance.now() - before) / 1000,
      failedTest,
    });
    const isSound = await changed(workplace, mutant, () => workplace.hasSoundTypes(mutant.file));
    if (!isSound) return trial({ fate: 'rejected' });
    for (const tests of testRunsOf(mutant.file)) {
      const verdict = await tryWith(tests, workplace, mutant);
      if (verdict.fate !== 'survived') return trial(verdict);
    }
    return trial({ fate: 'survived' });
  };

  async function tryWith(tests: TestRun, workplace: Workplace, mutant: Mutant): Promise<Verdict> {
    for (let attempt = 1; ; attempt += 1) {
      const verdict = await tryOnce(tests, workplace, mutant);
      if (verdict.fate !== 'doubtful' || attempt === MOST_ATTEMPTS) return verdict;
    }
  }

  async function tryOnce(tests: TestRun, workplace: Workplace, mutant: Mutant): Promise<Verdict> {
    const limitMs = limits.get(tests.name) ?? FIRST_LIMIT_MS;
    const { how, failedTest } = await changed(workplace, mutant, () => workplace.run(tests, limitMs));
    if (how === 'succeeded') return { fate: 'survived' };
    const doubtful: Verdict = { fate: 'doubtful', failedTest: failedTest?.title };
    // Right afterwards, while the machine is as busy.
    const again = failedTest?.alone ?? tests;
    const unchanged = await workplace.run(again, UNCHANGED_LIMIT_MS);
    if (unchanged.how !== 'succeeded') return doubtful;
    if (how === 'failed') {
      const repeated = await changed(workplace, mutant, () => workplace.run(again, UNCHANGED_LIMIT_MS));
      return repeated.how === 'succeeded' ? doubtful : { ...doubtful, fate: 'killed' };
    }
    const enoughMs = unchanged.seconds * 1000 * TIMES_AS_LONG + AND_MS;
    if (enoughMs <= limitMs) return { fate: how };
    limits.set(tests.name, enoughMs);
    return doubtful;
  }
}

type Verdict = Pick<Trial, 'fate' | 'failedTest'>;

async function changed<Value>(
  workplace: Workplace,
  mutant: Mutant,
  act: () => Promise<Value>,
): Promise<Value> {
  workplace.apply(mutant);
  try {
    return await act();
  } finally {
    workplace.undo(mutant);
  }
}
