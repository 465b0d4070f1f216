import { failed, success, type Result } from '../result';
import type { Environment } from './environment';
import { CANCELLED, implausible } from './failures';
import type { SharedPin } from './shared-pins';
import { agree, suspicion } from './plausibility';
import type { Attempt, AttemptFailure, Reading, ReadingFailure, ReadingProblem, Sample } from './types';

/** As the usual scripts do it (read_retry): with three of four attempts good, all 15 fail once in a billion. */
const MOST_TRIES = 15;
/** Another program may hold the pin for a moment; a driver that holds it does so for good. */
const BUSY_TRIES = 3;

/**
 * A sensor answers with what it measured at the question before, so that after a longer pause its first answer is
 * only a wake-up: it is discarded and the sensor asked once more.
 */
const ANSWER_KEEPS_MS = 120_000;

/** How many tries a problem is worth: many for what may heal by itself, one for what only a person can mend. */
const WORTH_TRIES: Readonly<Record<ReadingProblem, number>> = {
  'no-answer': MOST_TRIES,
  'short-frame': MOST_TRIES,
  'corrupt-frame': MOST_TRIES,
  checksum: MOST_TRIES,
  implausible: MOST_TRIES,
  'driver-failed': MOST_TRIES,
  'helper-failed': MOST_TRIES,
  busy: BUSY_TRIES,
  'no-permission': 1,
  'no-such-pin': 1,
  'no-chip': 1,
  'no-python': 1,
  'no-sensor': 1,
  'several-sensors': 1,
  'coarse-clock': 1,
  cancelled: 1,
};

/** What a cycle works with. */
export interface CycleParts {
  readonly environment: Environment;
  readonly pin: SharedPin;
  readonly gpio: number;
  readonly plausibility: boolean;
  readonly attempt: Attempt;
}

/** Tries until a reading is accepted, the problem cannot heal by itself, or the tries are used up. */
export async function runCycle(
  parts: CycleParts,
  signal: AbortSignal,
): Promise<Result<Reading, ReadingFailure>> {
  const { environment, pin, attempt } = parts;
  let unconfirmed: Sample | undefined;
  let awake = isAwake(parts);
  for (let tries = 1; ;) {
    const result = (await pin.runInTurn(environment, signal, () => attempt(signal))) ?? failed(CANCELLED);
    if (!result.ok) {
      if (tries >= WORTH_TRIES[result.failure.kind]) return failed({ ...result.failure, tries });
      tries += 1;
      continue;
    }
    pin.lastAnswer = environment.monotonic();
    if (!awake) {
      awake = true;
      continue;
    }
    const verdict = checkPlausibility(parts, unconfirmed, result.value);
    if (verdict === 'read-again') {
      unconfirmed = result.value;
      tries += 1;
      continue;
    }
    if (verdict !== 'accepted') return failed({ ...verdict, tries });
    pin.lastAccepted = { reading: result.value, at: environment.monotonic() };
    return success({ ...result.value, tries });
  }
}

function isAwake({ pin, environment }: CycleParts): boolean {
  return pin.lastAnswer !== undefined && environment.monotonic() - pin.lastAnswer <= ANSWER_KEEPS_MS;
}

/** A suspicious reading is read once more, and one of the two is accepted only if they or the last one agree. */
function checkPlausibility(
  { environment, pin, gpio, plausibility }: CycleParts,
  unconfirmed: Sample | undefined,
  sample: Sample,
): 'accepted' | 'read-again' | AttemptFailure {
  if (!plausibility) return 'accepted';
  const reason = suspicion(pin.lastAccepted, sample, environment.monotonic());
  if (reason === undefined) return 'accepted';
  if (unconfirmed === undefined) return 'read-again';
  return agree(unconfirmed, sample)
    ? 'accepted'
    : implausible(gpio, `${reason}, and reading once more did not confirm it`);
}
