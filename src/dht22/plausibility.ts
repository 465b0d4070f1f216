import type { Reading } from './types';

/**
 * Whether an answer of the sensor is believed, given the answers before it. docs/plausibility.md has the reasons and
 * the sources of all numbers.
 */

type Values = Pick<Reading, 'temperature' | 'humidity'>;

/** What the sensor said. Times are monotonic, in milliseconds. */
export interface Answer {
  readonly reading: Values;
  /** When it was asked. */
  readonly at: number;
  /**
   * When it was asked before that: most sensors answer with what they measured then. −Infinity where it is not known.
   */
  readonly since: number;
}

/** How far one of the two quantities can go, in its own unit. */
interface Quantity {
  readonly of: (values: Values) => number;
  /** What two answers may differ by when nothing has changed: the sensor's largest error. */
  readonly accuracy: number;
  /** What an ordinary room changes by in a minute. */
  readonly perMinute: number;
  /** However long it is since the answer before, more than this is far. */
  readonly mostNear: number;
  /** From one end of the range in which the sensor is used to the other. */
  readonly span: number;
  /** The time in which the sensor follows a sudden change to 63 %, at its fastest. */
  readonly timeConstantMs: number;
}

const QUANTITIES: readonly Quantity[] = [
  {
    of: ({ temperature }) => temperature,
    accuracy: 1,
    perMinute: 0.5,
    mostNear: 1.5,
    span: 120,
    timeConstantMs: 10_000,
  },
  {
    of: ({ humidity }) => humidity,
    accuracy: 5,
    perMinute: 1,
    mostNear: 6,
    span: 100,
    timeConstantMs: 5000,
  },
];

const MINUTE_MS = 60_000;

/**
 * Whether the answers before this one, oldest first, bear it out: each of its two values is near that of the last one,
 * or goes on as the last two went.
 */
export function isBorneOut(before: readonly Answer[], answer: Answer): boolean {
  const [last, lastButOne] = [before.at(-1), before.at(-2)];
  if (last === undefined) return false;
  return QUANTITIES.every(
    (quantity) =>
      isNear(quantity, last, answer) ||
      (lastButOne !== undefined && goesOn(quantity, lastButOne, last, answer)),
  );
}

function isNear(quantity: Quantity, one: Answer, other: Answer): boolean {
  return Math.abs(change(quantity, one, other)) <= nearness(quantity, timeBetween(one, other).longest);
}

/** The largest change in that time that is not far. */
function nearness({ accuracy, perMinute, mostNear }: Quantity, milliseconds: number): number {
  return Math.min(accuracy + (perMinute * milliseconds) / MINUTE_MS, mostNear);
}

/**
 * Whether the third answer lies between where the second one was and where the sensor would be if it went on as fast
 * as from the first to the second, as it does while it follows a sudden change: fast at first, then ever slower. In
 * doubt it was slow, and the time is short: a range that is too wide lets a wrong answer pass, one that is too narrow
 * costs a further try.
 */
function goesOn(quantity: Quantity, first: Answer, second: Answer, third: Answer): boolean {
  const time = timeBetween(second, third).shortest;
  const reach = quantity.span * (1 - Math.exp(-time / quantity.timeConstantMs));
  const asBefore = (change(quantity, first, second) / timeBetween(first, second).longest) * time;
  const furthest = Math.min(Math.max(asBefore, -reach), reach);
  const moved = change(quantity, second, third);
  const tolerance = nearness(quantity, time);
  return moved >= Math.min(0, furthest) - tolerance && moved <= Math.max(0, furthest) + tolerance;
}

/** The change from one answer to another, without the noise of binary fractions: values are whole tenths. */
function change({ of }: Quantity, from: Answer, to: Answer): number {
  return Math.round((of(to.reading) - of(from.reading)) * 10) / 10;
}

/**
 * The shortest and the longest time in milliseconds that can lie between the measurements of two answers: each was
 * measured when it was asked, or when the sensor was asked before.
 */
function timeBetween(one: Answer, other: Answer): { shortest: number; longest: number } {
  const times = [other.at - one.at, other.since - one.since];
  return { shortest: Math.min(...times), longest: Math.max(...times) };
}

/** The two values in words. */
export function describe({ temperature, humidity }: Values): string {
  return `${temperature} °C and ${humidity} %`;
}
