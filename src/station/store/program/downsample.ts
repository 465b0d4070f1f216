import type { Rows } from '../operations';

/** The narrowest bucket, in milliseconds: far below what two readings can be apart and still be seen as two. */
const NARROWEST = 2 ** -12;

/** Rows, of which only the lowest and the highest of each bucket of time stay; of equal ones the earliest. */
export interface Buckets {
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
 * The narrowest width, a power of two in milliseconds, with which no more than `count` buckets cover a stretch of
 * time. Buckets begin at multiples of their width, as the slots of blocks do.
 */
export function bucketWidth(from: number, to: number, count: number): number {
  let width = NARROWEST;
  while (Math.floor(to / width) - Math.floor(from / width) >= count) width *= 2;
  return width;
}

/** @param width a power of two, in milliseconds */
export function createBuckets(width: number): Buckets {
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
