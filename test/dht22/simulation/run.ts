import { createRandom } from '../../support/random';
import { fakeClock, never, type FakeSysfs } from '../support';
import { openSimulated } from './driver';
import { drawPlace, type Place, type Values } from './place';
import { createSensor, drawNature, type Nature, type Truth } from './sensor';

/** What came of the readings of one simulated sensor. */
export interface Outcome {
  readings: number;
  glitches: number;
  /** Cycles that gave no reading, with what they said. */
  falseRefusals: string[];
  /** Accepted values that the sensor did not measure, in words. */
  falseValues: string[];
  /** Readings for which the sensor was asked once more than it failed to answer. */
  delayed: number;
}

export function nothingYet(): Outcome {
  return { readings: 0, glitches: 0, falseRefusals: [], falseValues: [], delayed: 0 };
}

/**
 * How far a value may be from what the sensor measured, in °C and percent: what docs/plausibility.md calls near. A
 * smaller error is within the sensor's own.
 */
const TOLERANCE: Values = { temperature: 1.5, humidity: 6 };

/** One reading every so many seconds, from a sensor of this nature at this place. */
export async function readAll(
  sysfs: FakeSysfs,
  { place, nature, seed, seconds, count }: Run,
): Promise<Outcome> {
  const clock = fakeClock();
  const simulated = createSensor(place, nature, createRandom(seed));
  const sensor = openSimulated(sysfs, clock, simulated);
  const outcome = nothingYet();
  for (let index = 0; index < count; index += 1) {
    const begin = clock.monotonic();
    const failures = simulated.failures();
    const result = await sensor.read(never());
    outcome.readings += 1;
    if (!result.ok) outcome.falseRefusals.push(`seed ${seed} at ${begin} ms: ${result.failure.message}`);
    else {
      const wrong = wrongness(simulated.truth(), result.value);
      if (wrong !== undefined) outcome.falseValues.push(`seed ${seed} at ${begin} ms: ${wrong}`);
      if (result.value.tries > 1 + simulated.failures() - failures) outcome.delayed += 1;
    }
    clock.pass(Math.max(0, seconds * 1000 - (clock.monotonic() - begin)));
  }
  sensor.close();
  outcome.glitches = simulated.glitches();
  return outcome;
}

/** What is read, and how often. */
export interface Run {
  readonly place: Place;
  readonly nature: Nature;
  /** Decides noise, failures and glitches. */
  readonly seed: number;
  readonly seconds: number;
  readonly count: number;
}

/** A run all of which is drawn from a seed: something happens about every tenth reading. */
export function drawRun(seed: number, seconds: number, count: number): Run {
  const random = createRandom(seed);
  const events = Math.ceil(count / 10);
  const place = drawPlace(random, seconds * count * 1000, events);
  return { place, nature: drawNature(random), seed: random.integer(0, 2 ** 31 - 1), seconds, count };
}

/** What is wrong with an accepted value; undefined where the sensor measured it now or for the answer before. */
function wrongness({ before, now }: Truth, said: Values): string | undefined {
  const isWrong = (name: keyof Values) =>
    said[name] < Math.min(before[name], now[name]) - TOLERANCE[name] ||
    said[name] > Math.max(before[name], now[name]) + TOLERANCE[name];
  if (!isWrong('temperature') && !isWrong('humidity')) return undefined;
  return `${words(said)}, where it measured ${words(now)}, and ${words(before)} before`;
}

const words = ({ temperature, humidity }: Values) => `${temperature} °C ${humidity} %`;
