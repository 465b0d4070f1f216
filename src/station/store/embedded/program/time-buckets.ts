/**
 * Time buckets: the ranges of time that blocks of rows and points of a graph cover. A bucket is a power of two of
 * milliseconds wide and begins at a multiple of its width. So of two buckets either one contains the other or they do
 * not overlap, and a bucket never crosses a boundary between two buckets that are at least as wide as it is.
 */

export interface TimeBucket {
  readonly start: number;
  readonly width: number;
}

/** The widest bucket, in milliseconds: 25 days, so that retention need not look into many blocks. */
const WIDEST = 2 ** 31;

/** The bucket of a width that contains a time. */
export function bucketAt(time: number, width: number): TimeBucket {
  // Exact: dividing and multiplying by a power of two changes the exponent alone.
  return { start: Math.floor(time / width) * width, width };
}

/** The widest bucket that contains `time` and lies between two times, which are ends of buckets. */
export function freeBucket(time: number, from: number, to: number): TimeBucket {
  let bucket = bucketAt(time, WIDEST);
  while (bucket.start < from || endOf(bucket) > to) bucket = bucketAt(time, bucket.width / 2);
  return bucket;
}

/** The time at which a bucket ends, which is not in it any more. */
export function endOf({ start, width }: TimeBucket): number {
  return start + width;
}

/** The two halves of a bucket. */
export function halvesOf({ start, width }: TimeBucket): readonly [TimeBucket, TimeBucket] {
  const half = width / 2;
  return [
    { start, width: half },
    { start: start + half, width: half },
  ];
}
