/** A field's numbers in a range, and what graphs compute from them. All times in milliseconds since 1970. */
import { isGap, isGapAtEnd, positionOf, spacingsOf } from '../station/views/api';
import type { GapRule, SeriesAnswer } from '../station/views/api';
import type { TimeRange } from './range';

export interface Series {
  /** Ascending; as long as `values`. */
  readonly times: number[];
  readonly values: number[];
  /** The times of the readings before which there is a gap. */
  readonly gapEnds: Set<number>;
  /** When there is a gap before a reading that arrives. */
  readonly gapRule: GapRule;
  /** Five times the median distance of neighbours; infinite where it is unknown. */
  readonly gapMs: number;
  /** The width of the time buckets where the data are downsampled; else 0. */
  readonly bucketMs: number;
  /** Readings whose time is not confirmed: not stored yet, and not among the others. */
  readonly unconfirmed: Points;
}

/** Readings in the order of time: two arrays of one length. */
export interface Points {
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly gapEnds: ReadonlySet<number>;
}

/** What a field read at one time; of downsampled data, the lowest and highest value around it. */
export interface Reading {
  readonly time: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** @param gapRule the one by which the answer was asked for */
export function seriesOf(answer: SeriesAnswer, gapRule: GapRule): Series {
  const { times, values, gaps, bucketMs, unconfirmed = { times: [], values: [] } } = answer;
  return {
    times: [...times],
    values: [...values],
    gapEnds: new Set(gaps.map((index) => times[index] ?? Number.NaN)),
    gapRule,
    gapMs: answer.gapMs ?? Infinity,
    bucketMs,
    unconfirmed: { ...unconfirmed, gapEnds: gapEndsOf(unconfirmed.times, gapRule) },
  };
}

function gapEndsOf(times: readonly number[], rule: GapRule): Set<number> {
  const spacings = spacingsOf(times);
  return new Set(times.filter((_, index) => index > 0 && isGap(spacings, index - 1, rule)));
}

/** A series with its unconfirmed readings among the others, for whoever reads values and not how sure they are. */
export function withUnconfirmed(series: Series): Series {
  const { times, values } = series.unconfirmed;
  if (times.length === 0) return series;
  const all = {
    ...series,
    times: [...series.times],
    values: [...series.values],
    gapEnds: new Set(series.gapEnds),
  };
  for (const [index, time] of times.entries()) insert(all, time, values[index] ?? Number.NaN);
  return all;
}

/** Inserts a value at its place, which is nearly always the end; there is one value per time. */
export function insert(series: Series, time: number, value: number): void {
  const index = positionOf(series.times, time);
  if (series.times[index] === time) return;
  series.times.splice(index, 0, time);
  series.values.splice(index, 0, value);
  // It divides the distance between its neighbours in two.
  findGapBefore(series, index);
  findGapBefore(series, index + 1);
}

/** Decides whether there is a gap before a reading. Of downsampled data, what is no longer than a bucket is none. */
function findGapBefore({ times, gapEnds, gapRule, bucketMs }: Series, index: number): void {
  const [before, time] = [times[index - 1], times[index]];
  if (before === undefined || time === undefined) return;
  if (time - before > bucketMs && isGap(spacingsOf(times), index - 1, gapRule)) gapEnds.add(time);
  else gapEnds.delete(time);
}

/** Whether there were too few values to tell what a gap is when they were read, and are enough now. */
export function isGapUnknown({ times, gapMs }: Series): boolean {
  return gapMs === Infinity && times.length > 2;
}

/** The points between two gaps, in the order of time: at least one. */
export interface Segment {
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** The time until which its last value is known to hold, where that is after the last point. */
  readonly heldUntil?: number;
}

/** The points, as far as there is no gap between them. */
export function segmentsOf({ times, values, gapEnds }: Points): Segment[] {
  const segments: Segment[] = [];
  for (let start = 0; start < times.length;) {
    let end = start + 1;
    while (end < times.length && !gapEnds.has(times[end] ?? Number.NaN)) end += 1;
    segments.push({ times: times.slice(start, end), values: values.slice(start, end) });
    start = end;
  }
  return segments;
}

/** The points of a switch: each value holds until the next, and the newest one until now, but none into the future. */
export function heldSegmentsOf(series: Series, now: number): Segment[] {
  const { times, gapEnds, gapRule } = series;
  const ahead = times.find((time) => time > now);
  const segments = segmentsOf(
    ahead === undefined ? series : { ...series, gapEnds: new Set([...gapEnds, ahead]) },
  );
  const newest = segments.findLastIndex((segment) => (segment.times[0] ?? Infinity) <= now);
  return segments.map((segment, index) => {
    const silence = now - (segment.times.at(-1) ?? now);
    const past = times.slice(0, positionOf(times, now));
    const isHeld = index === newest && silence > 0 && !isGapAtEnd(past, silence, gapRule);
    return isHeld ? { ...segment, heldUntil: now } : segment;
  });
}

/**
 * What a series read at a time.
 * @param slackMs how far away a point may always be: the precision of pointing
 * @param holds whether a value holds until the next one comes, as a switch's does
 * @returns `undefined` in a gap, before the first reading, and long after the last
 */
export function readAt(series: Series, time: number, slackMs: number, holds: boolean): Reading | undefined {
  const { times, values, bucketMs } = series;
  const index = holds ? indexHolding(times, time, slackMs) : nearestIndex(times, time);
  const found = times[index];
  const value = values[index];
  if (found === undefined || value === undefined) return undefined;
  if (Math.abs(found - time) > slackMs && isInGap(series, time)) return undefined;
  let [low, high] = [value, value];
  for (
    let at = positionOf(times, time - bucketMs / 2);
    (times[at] ?? Infinity) <= time + bucketMs / 2;
    at++
  ) {
    low = Math.min(low, values[at] ?? low);
    high = Math.max(high, values[at] ?? high);
  }
  return { time: found, value, low, high };
}

/** The last reading at or before a time. */
export function lastReading({ times, values }: Series, time: number): Reading | undefined {
  const index = times.findLastIndex((each) => each <= time);
  const [found, value] = [times[index], values[index]];
  return found === undefined || value === undefined
    ? undefined
    : { time: found, value, low: value, high: value };
}

/** Whether a time lies in a gap, before all readings, or so long after the last that a reading then would end a gap. */
function isInGap({ times, gapEnds, gapRule, bucketMs }: Series, time: number): boolean {
  const next = positionOf(times, time);
  if (next < times.length) return next === 0 || gapEnds.has(times[next] ?? Number.NaN);
  const silence = time - (times.at(-1) ?? time);
  return silence > bucketMs && isGapAtEnd(times, silence, gapRule);
}

/** The lowest and highest value inside of a range; `undefined` where it has none. */
export function extremes(
  { times, values }: Series,
  { from, to }: TimeRange,
): { readonly low: number; readonly high: number } | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (let index = positionOf(times, from); (times[index] ?? Infinity) <= to; index++) {
    const value = values[index] ?? Number.NaN;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? { low, high } : undefined;
}

/**
 * The next point of any series in a direction.
 * @param direction 1 is later, -1 earlier
 */
export function neighbour(all: readonly Series[], time: number, direction: 1 | -1): number | undefined {
  const candidates = all.flatMap(({ times }) => {
    const index = positionOf(times, time);
    const next = direction < 0 ? times[index - 1] : times[times[index] === time ? index + 1 : index];
    return next === undefined ? [] : [next];
  });
  if (candidates.length === 0) return undefined;
  return direction > 0 ? Math.min(...candidates) : Math.max(...candidates);
}

function nearestIndex(times: readonly number[], time: number): number {
  const after = positionOf(times, time);
  const before = after - 1;
  return time - (times[before] ?? -Infinity) < (times[after] ?? Infinity) - time ? before : after;
}

/** The newest point at or before a time; the first one where the time is a little before it. */
function indexHolding(times: readonly number[], time: number, slackMs: number): number {
  const index = positionOf(times, time);
  if (times[index] === time) return index;
  return index === 0 && (times[0] ?? Infinity) - time <= slackMs ? 0 : index - 1;
}

/** Beyond this, the distance of two numbers may exceed the largest number. */
const LARGEST_DRAWN = 1e300;

/** The share of the values' own range that stays free above and below them. */
const MARGIN = 0.08;

/**
 * What a value axis shows: a little more than the values.
 * @param low null where there are no values, like `high`
 * @returns two finite numbers, the first below the second
 */
export function valueRange(low: number | null, high: number | null): [number, number] {
  const [bottom, top] = [drawable(low ?? 0), drawable(high ?? 1)];
  const size = Math.max(Math.abs(bottom), Math.abs(top));
  // Equal values are in the middle, with a tenth of their size above and below.
  const margin = top > bottom ? (top - bottom) * MARGIN : size / 10;
  // Less than this could be lost to rounding beside the values.
  const least = Math.max(size * 1e-9, 1e-9);
  return [bottom - Math.max(margin, least), top + Math.max(margin, least)];
}

function drawable(value: number): number {
  return Math.min(Math.max(value, -LARGEST_DRAWN), LARGEST_DRAWN);
}
