import { failed, success, type Result } from '../result';
import type { Environment } from './environment';
import { CANCELLED, deadHumidity, implausible } from './failures';
import type { SharedPin } from './shared-pins';
import { describe, isBorneOut, type Answer } from './plausibility';
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
  'no-humidity': MOST_TRIES,
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

/** What comes of an answer, be it one that cannot be believed: the sensor is there, and has power. */
const ANSWERED = ['good', 'short-frame', 'corrupt-frame', 'checksum', 'implausible', 'no-humidity'] as const;

/** Whether the sensor was asked, and gave no answer at all. */
function isSilent(outcomes: ReadonlySet<ReadingProblem | 'good'>): boolean {
  return outcomes.has('no-answer') && !ANSWERED.some((outcome) => outcomes.has(outcome));
}

/** What a cycle works with. */
export interface CycleParts {
  readonly environment: Environment;
  readonly pin: SharedPin;
  readonly gpio: number;
  readonly plausibility: boolean;
  readonly veryDry: boolean;
  readonly attempt: Attempt;
}

/** Tries until a reading is accepted, the problem cannot heal by itself, or the tries are used up. */
export async function runCycle(
  parts: CycleParts,
  signal: AbortSignal,
): Promise<Result<Reading, ReadingFailure>> {
  const { environment, pin, attempt } = parts;
  let isAwake = answeredLately(parts);
  // What each answer is checked against. Answers from before a long pause say less than the one that wakes the sensor.
  const before = isAwake && pin.lastAccepted !== undefined ? [pin.lastAccepted] : [];
  const outcomes = new Set<ReadingProblem | 'good'>();
  for (let tries = 1; ;) {
    const attempted = await pin.runInTurn(environment, signal, () => attempt(signal));
    const result = refuseDeadHumidity(parts, attempted ?? failed(CANCELLED));
    outcomes.add(result.ok ? 'good' : result.failure.kind);
    if (!result.ok) {
      if (tries >= WORTH_TRIES[result.failure.kind])
        return failed({ ...result.failure, tries, isSilent: isSilent(outcomes) });
      tries += 1;
      continue;
    }
    const answer = answerOf(parts, result.value);
    pin.lastAnswer = answer.at;
    if (isAwake && (!parts.plausibility || isBorneOut(before, answer))) {
      pin.lastAccepted = answer;
      return success({ ...result.value, tries });
    }
    before.push(answer);
    if (!isAwake) {
      isAwake = true;
      continue;
    }
    if (tries >= MOST_TRIES) return failed({ ...contradictory(parts.gpio, before), tries });
    tries += 1;
  }
}

/**
 * Percent up to which a humidity is what a dead humidity element sends beside good temperatures: 0.0, 0.1 and 1.0 in
 * reports (kizniche/Mycodo#669). Within its ±2 % the sensor cannot tell that from none, and no room is that dry.
 */
const DEAD_HUMIDITY = 1;

function refuseDeadHumidity(
  { veryDry, gpio }: CycleParts,
  result: Result<Sample, AttemptFailure>,
): Result<Sample, AttemptFailure> {
  if (veryDry || !result.ok || result.value.humidity > DEAD_HUMIDITY) return result;
  return failed(deadHumidity(gpio, result.value));
}

function answeredLately({ pin, environment }: CycleParts): boolean {
  return pin.lastAnswer !== undefined && environment.monotonic() - pin.lastAnswer <= ANSWER_KEEPS_MS;
}

function answerOf({ environment, pin }: CycleParts, reading: Sample): Answer {
  return { reading, at: environment.monotonic(), since: pin.lastAnswer ?? Number.NEGATIVE_INFINITY };
}

/** The failure of a cycle in which no answer bore out another. */
function contradictory(gpio: number, answers: readonly Answer[]): AttemptFailure {
  const [last, ...earlier] = answers.toReversed().map(({ reading }) => describe(reading));
  return implausible(gpio, `${last} after ${earlier[0]}, and no two answers in a row agreed`);
}
