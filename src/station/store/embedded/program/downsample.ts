import type { Rows } from '../../contract';

/** The narrowest bucket, in milliseconds: far below the shortest distance at which two readings can be told apart. */
const NARROWEST = 2 ** -12;

/** Reduces rows to the lowest and the highest value of each time bucket; of equal values the earliest row stays. */
export interface Downsampler {
  add(time: number, value: number): void;
  /** Oldest first. */
  rows(): Rows;
}

interface Extremes {
  minAt: number;
  min: number;
  maxAt: number;
  max: number;
}

/**
 * The narrowest width, a power of two in milliseconds, with which no more than `count` buckets cover a range of
 * time. These are the time buckets of `time-buckets.ts`.
 */
export function bucketWidth(from: number, to: number, count: number): number {
  let width = NARROWEST;
  while (Math.floor(to / width) - Math.floor(from / width) >= count) width *= 2;
  return width;
}

/** @param width a power of two, in milliseconds */
export function createDownsampler(width: number): Downsampler {
  const buckets = new Map<number, Extremes>();

  function add(time: number, value: number): void {
    const number = Math.floor(time / width);
    const bucket = buckets.get(number);
    if (!bucket) {
      buckets.set(number, { minAt: time, min: value, maxAt: time, max: value });
      return;
    }
    if (value < bucket.min || (value === bucket.min && time < bucket.minAt)) {
      bucket.min = value;
      bucket.minAt = time;
    }
    if (value > bucket.max || (value === bucket.max && time < bucket.maxAt)) {
      bucket.max = value;
      bucket.maxAt = time;
    }
  }

  function rows(): Rows {
    const times: number[] = [];
    const values: number[] = [];
    for (const [, { minAt, min, maxAt, max }] of [...buckets].toSorted(([one], [other]) => one - other)) {
      const isMinFirst = minAt <= maxAt;
      times.push(isMinFirst ? minAt : maxAt);
      values.push(isMinFirst ? min : max);
      if (minAt === maxAt) continue;
      times.push(isMinFirst ? maxAt : minAt);
      values.push(isMinFirst ? max : min);
    }
    return { times, values };
  }

  return { add, rows };
}
