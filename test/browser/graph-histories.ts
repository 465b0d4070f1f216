/** Histories of every kind that sensors send, drawn by a seed: what the graphs of the station's page are tested with. */
import type { Random } from '../support/random';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Value = number | boolean | string;

/** The readings of one field, oldest first. */
export interface History {
  readonly name: string;
  readonly readings: readonly (readonly [time: number, value: Value])[];
}

/** Draws a number from 0 to below 1. */
type Draw = Random['next'];

type Make = (now: number, random: Draw) => History['readings'];

/** Numbers that walk up and down. */
function walk(random: Draw): () => number {
  let value = 20;
  return () => (value += random() - 0.5);
}

/**
 * Readings up to now, so far apart as a function tells, newest first in the making.
 * @param since how long ago the first is, in milliseconds
 */
function backwards(
  now: number,
  since: number,
  distance: () => number,
  value: () => Value,
): History['readings'] {
  const readings: (readonly [number, Value])[] = [];
  for (let time = now - distance(); time > now - since; time -= Math.max(Math.round(distance()), 1))
    readings.unshift([Math.round(time), value()]);
  return readings;
}

/** Three readings a second apart, every ten minutes. */
const bursts: Make = (now, random) => {
  let index = Math.floor(3 * random());
  return backwards(now, 2 * DAY, () => ((index += 1) % 3 === 0 ? 10 * MINUTE : SECOND), walk(random));
};

/** Sends a change each 8 to 40 s by day, each 20 to 80 min by night. */
const changes: Make = (now, random) => {
  let time = now;
  const distance = () => {
    const isNight = Math.floor(time / (8 * HOUR)) % 3 === 0;
    const next = isNight ? (20 + 60 * random()) * MINUTE : (8 + 32 * random()) * SECOND;
    time -= next;
    return next;
  };
  return backwards(now, 3 * DAY, distance, walk(random));
};

/** One a minute, with outages of many lengths. */
const outages: Make = (now, random) =>
  backwards(now, 5 * DAY, () => (random() < 0.01 ? 40 * MINUTE * 30 ** random() : MINUTE), walk(random));

/** One a minute, with long outages in the midst of which one reading came. */
const islands: Make = (now, random) => {
  let left = 0;
  const distance = () => {
    left = left > 0 ? left - 1 : random() < 0.003 ? 2 : 0;
    return left > 0 ? (5 + 5 * random()) * HOUR : MINUTE;
  };
  return backwards(now, 9 * DAY, distance, walk(random));
};

/** Steady but for single values far away. */
const spikes: Make = (now, random) =>
  backwards(
    now,
    3 * DAY,
    () => MINUTE,
    () => (random() < 0.003 ? 500 : 20 + random()),
  );

const constant: Make = (now) =>
  backwards(
    now,
    2 * DAY,
    () => MINUTE,
    () => 21.5,
  );

/** A few in a year, some of them together. */
const rare: Make = (now, random) =>
  backwards(
    now,
    300 * DAY,
    () => (random() < 0.5 ? 20 * MINUTE * random() : 60 * DAY * random()),
    walk(random),
  );

/** Pairs and single readings at random, as of a motion detector, with values of many sizes. */
const motion: Make = (now, random) =>
  backwards(
    now,
    6 * DAY,
    () => -Math.log(1 - random()) * 30 * MINUTE,
    () => 10 ** (4 * random()) - 2000,
  );

/** One each five seconds, which no graph of a day can show one by one. */
const dense: Make = (now, random) =>
  backwards(
    now,
    10 * HOUR,
    () => 5 * SECOND,
    () => 100 * random(),
  );

/** A switch that is off and on for minutes to days. */
const switched: Make = (now, random) => {
  let isOn = random() < 0.5;
  return backwards(
    now,
    9 * DAY,
    () => MINUTE * 2000 ** random(),
    () => (isOn = !isOn),
  );
};

/** A number that is a text at times, and at last, as of an integration that loses its device. */
const unavailable: Make = (now, random) => {
  const next = walk(random);
  let left = 30;
  return backwards(
    now,
    4 * DAY,
    () => 5 * MINUTE,
    () => {
      left = left > 0 ? left - 1 : random() < 0.02 ? Math.ceil(60 * random()) : 0;
      return left > 0 ? 'unavailable' : next();
    },
  );
};

/** One a minute, of which the last hours are ahead of the time, as after a clock was set back. */
const ahead: Make = (now, random) => backwards(now + 5 * HOUR, 9 * HOUR, () => MINUTE, walk(random));

const KINDS: Readonly<Record<string, Make>> = {
  bursts,
  changes,
  outages,
  islands,
  spikes,
  constant,
  rare,
  motion,
  dense,
  switched,
  unavailable,
  ahead,
};

/** One history of each kind, named after it. */
export function historiesOf(now: number, random: Random): readonly History[] {
  return Object.entries(KINDS).map(([name, make]) => ({ name, readings: make(now, random.next) }));
}
