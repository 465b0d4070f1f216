import type { Random } from '../../support/random';
import { drawGlitch, frameOf, type Frame, type Glitch } from './glitches';
import type { Place, Values } from './place';

/** How a simulated sensor is. */
export interface Nature {
  /** Time constants in milliseconds with which the sensor follows the air. */
  readonly temperatureLag: number;
  readonly humidityLag: number;
  /** Whether it answers with what it measured at the question before, as a DHT22 does, or when it is asked. */
  readonly answersLate: boolean;
  /** How many questions fail without an answer, and how many answers are glitches: from 0 to 1. */
  readonly failures: number;
  readonly glitches: number;
  /** The kind of all its glitches; any kind where it is undefined. */
  readonly glitch?: Glitch;
}

/** What the sensor truly measured for one answer and for the answer before it, without glitches. */
export interface Truth {
  readonly before: Values;
  readonly now: Values;
}

/** A sensor in a place, as its bytes come. */
export interface SimulatedSensor {
  /** Asks at a time in milliseconds, which never goes back: the frame, or nothing where the question fails. */
  ask(time: number): Frame | undefined;
  /** The truth about the newest answer. */
  truth(): Truth;
  /** How many answers were glitches, and how many questions had none. */
  glitches(): number;
  failures(): number;
}

/** Standard deviations: a third of the data sheet's repeatability of ±0.2 °C and ±1 %. */
const NOISE = { temperature: 0.07, humidity: 0.33 };
/** Between two wrong answers at least so many are right: a glitch that comes again and again is a defect. */
const SOUND_BETWEEN_GLITCHES = 2;
const STEP_MS = 500;
/** After so long the sensor has forgotten what was before: five of the longest time constants. */
const MEMORY_MS = 300_000;

export function drawNature(random: Random): Nature {
  return {
    temperatureLag: random.integer(10_000, 60_000),
    humidityLag: random.integer(5000, 30_000),
    answersLate: random.chance(0.7),
    failures: random.pick(0, 0.1, 0.25),
    glitches: random.pick(0, 0.02, 0.1),
  };
}

export function createSensor(place: Place, nature: Nature, random: Random): SimulatedSensor {
  const follow = createLag(place, nature);
  let measured: Values | undefined;
  let truth: Truth | undefined;
  let [sound, glitchCount, failureCount] = [0, 0, 0];
  const earlier: Frame[] = [];

  function measure(time: number): Values {
    const { temperature, humidity } = follow(time);
    return {
      temperature: roundTenth(temperature + NOISE.temperature * gaussian(random)),
      humidity: Math.min(roundTenth(humidity + NOISE.humidity * gaussian(random)), 99.9),
    };
  }

  return {
    ask: (time) => {
      const fresh = measure(time);
      const value = nature.answersLate ? (measured ?? fresh) : fresh;
      measured = fresh;
      if (random.chance(nature.failures)) {
        failureCount += 1;
        return undefined;
      }
      truth = { before: truth?.now ?? value, now: value };
      const right = frameOf(value);
      earlier.push(right);
      sound += 1;
      if (sound <= SOUND_BETWEEN_GLITCHES || !random.chance(nature.glitches)) return right;
      [sound, glitchCount] = [0, glitchCount + 1];
      return (nature.glitch ?? drawGlitch(random))(right, random, earlier);
    },
    truth: () => {
      if (truth === undefined) throw new Error('the sensor has not answered yet');
      return truth;
    },
    glitches: () => glitchCount,
    failures: () => failureCount,
  };
}

/** Follows the air as a first-order lag. */
function createLag(place: Place, { temperatureLag, humidityLag }: Nature): (time: number) => Values {
  let at = 0;
  let { temperature, humidity } = place(0);
  return (time) => {
    if (time - at > MEMORY_MS) {
      at = time - MEMORY_MS;
      ({ temperature, humidity } = place(at));
    }
    while (at < time) {
      const step = Math.min(STEP_MS, time - at);
      const air = place(at);
      temperature += (air.temperature - temperature) * (1 - Math.exp(-step / temperatureLag));
      humidity += (air.humidity - humidity) * (1 - Math.exp(-step / humidityLag));
      at += step;
    }
    return { temperature, humidity };
  };
}

const roundTenth = (value: number) => Math.round(value * 10) / 10;

/** Normally distributed with a deviation of 1 (Box and Muller). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
