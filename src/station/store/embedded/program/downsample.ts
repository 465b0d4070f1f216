import type { Rows } from '../../contract';

/** The narrowest bucket, in milliseconds: far below the shortest distance at which two readings can be told apart. */
const NARROWEST = 2 ** -12;

/**
 * Reduces rows to the lowest and the highest value of each time bucket; of equal values the earliest row stays. Of values
 * that hold until the next one comes, as a switch's do, the last row of each bucket stays too: it is what holds after it.
 */
export interface Downsampler {
  add(time: number, value: number): void;
  /** Whether no row of its bucket was added that is as late. */
  isLater(time: number): boolean;
  /** Oldest first. */
  rows(): Rows;
}

interface Kept {
  minAt: number;
  min: number;
  maxAt: number;
  max: number;
  lastAt: number;
  last: number;
}

/** How many rows of a bucket stay at most. @param holds whether values hold until the next one comes */
export function rowsPerBucket(holds: boolean): number {
  return holds ? 3 : 2;
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

/**
 * @param width a power of two, in milliseconds
 * @param holds whether values hold until the next one comes
 */
export function createDownsampler(width: number, holds: boolean): Downsampler {
  const buckets = new Map<number, Kept>();

  function add(time: number, value: number): void {
    const number = Math.floor(time / width);
    const bucket = buckets.get(number);
    if (!bucket) {
      buckets.set(number, { minAt: time, min: value, maxAt: time, max: value, lastAt: time, last: value });
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
    if (time > bucket.lastAt) {
      bucket.last = value;
      bucket.lastAt = time;
    }
  }

  function isLater(time: number): boolean {
    return time > (buckets.get(Math.floor(time / width))?.lastAt ?? -Infinity);
  }

  function rows(): Rows {
    const times: number[] = [];
    const values: number[] = [];
    for (const [, { minAt, min, maxAt, max, lastAt, last }] of [...buckets].toSorted(
      ([one], [other]) => one - other,
    )) {
      const isMinFirst = minAt <= maxAt;
      times.push(isMinFirst ? minAt : maxAt);
      values.push(isMinFirst ? min : max);
      if (minAt !== maxAt) {
        times.push(isMinFirst ? maxAt : minAt);
        values.push(isMinFirst ? max : min);
      }
      if (!holds || lastAt <= Math.max(minAt, maxAt)) continue;
      times.push(lastAt);
      values.push(last);
    }
    return { times, values };
  }

  return { add, isLater, rows };
}
