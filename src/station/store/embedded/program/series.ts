import { positionOf, READINGS_AROUND, type GapRule } from '../../../vocabulary';
import type { FieldId, Rows, SeriesRows, TimeRange } from '../../contract';
import type { StoredRows, Summary } from './block';
import type { BlockTable } from './block-table';
import type { SeriesEntry } from './names';
import { bucketWidth, createDownsampler, rowsPerBucket, type Downsampler } from './downsample';
import { createGapFinder, type GapFinder } from './gaps';
import type { StoreState } from './state';

/** `gapMs` is so many times the median distance of neighbours. */
const GAP_FACTOR = 5;

/**
 * The lowest value of one bucket and the highest of the next can be two widths apart, or a little less; what is
 * further apart has an empty bucket between.
 */
const GAP_BUCKETS = 2;

/** So many rows on each side of a range tell how often rows come where few or none are inside it. */
const NEIGHBOURS = READINGS_AROUND;

/** So many of them count for `gapMs`. */
const COARSE_NEIGHBOURS = 4;

interface Row {
  readonly time: number;
  readonly value: number;
}

/** The numbers (booleans as 0 and 1) of a field in a range, and one row on each side of it where there is one. */
export function readSeries(
  state: StoreState,
  {
    from,
    to,
    points,
    gap,
    ...field
  }: FieldId & TimeRange & { readonly points: number; readonly gap: GapRule },
): SeriesRows {
  const table = state.tables.blockTable;
  const series = (state.catalogue.find(field)?.series ?? []).filter(
    ({ field: name, type }) => name === field.field && (type === 'number' || type === 'boolean'),
  );
  const ids = series.map(({ id }) => id);
  const all = readAll(table, ids, { from, to }, points);
  const before = nearest(ids, (id) => rowsBefore(table, id, from)).slice(-NEIGHBOURS);
  const after = nearest(ids, (id) => rowsAfter(table, id, to)).slice(0, NEIGHBOURS);
  const gaps = createGapFinder();
  addRows(gaps, before);
  if (all) addRows(gaps, all);
  const inside = all
    ? { rows: all, gapMs: gapBetween(before, all, after), bucketMs: 0 }
    : downsample(state, series, { from, to }, points, gaps);
  addRows(gaps, after);
  const rows = [...before.slice(-1), ...inside.rows, ...after.slice(0, 1)];
  const times = rows.map(({ time }) => time);
  return {
    times,
    values: rows.map(({ value }) => value),
    downsampled: !all,
    bucketMs: inside.bucketMs,
    gaps: positionsOf(gaps.ends(gap, inside.bucketMs), times),
    gapMs: inside.gapMs,
  };
}

function addRows(gaps: GapFinder, rows: readonly Row[]): void {
  for (const { time } of rows) gaps.add(time, time, 1);
}

/**
 * The indices of the rows before which there are gaps. The reading at which a gap ends need not be a row of downsampled
 * data, but the first row of its bucket is not before it: the gap is longer than a bucket.
 */
function positionsOf(ends: readonly number[], times: readonly number[]): readonly number[] {
  const positions = ends.map((end) => positionOf(times, end));
  return positions.filter((position) => position > 0 && position < times.length);
}

/** All rows in a range; undefined where there are more than `most`. */
function readAll(
  table: BlockTable,
  ids: readonly number[],
  { from, to }: TimeRange,
  most: number,
): readonly Row[] | undefined {
  const found: Row[] = [];
  for (const id of ids) {
    for (const summary of table.summaries(id, from, to)) {
      const { times, values } = table.rows(summary);
      for (let index = positionOf(times, from); index < times.length; index += 1) {
        const time = times[index] ?? 0;
        if (time > to) break;
        if (found.length >= most) return undefined;
        found.push({ time, value: values[index] ?? 0 });
      }
    }
  }
  // Those of one series are sorted already.
  return ids.length > 1 ? found.toSorted(byTime) : found;
}

function byTime(one: Row, other: Row): number {
  return one.time - other.time;
}

interface SpacedRows {
  readonly rows: readonly Row[];
  readonly gapMs: number | null;
  readonly bucketMs: number;
}

function gapBetween(before: readonly Row[], all: readonly Row[], after: readonly Row[]): number | null {
  const rows = [...before.slice(-COARSE_NEIGHBOURS), ...all, ...after.slice(0, COARSE_NEIGHBOURS)];
  const times = rows.map(({ time }) => time);
  return gapOf(
    times.slice(1).map((time, index) => ({ distance: time - (times[index] ?? 0), weight: 1 })),
    0,
  );
}

interface Distance {
  /** From one row to the next, in milliseconds. */
  readonly distance: number;
  /** How often. */
  readonly weight: number;
}

/** @param least no gap is narrower, in milliseconds */
function gapOf(distances: readonly Distance[], least: number): number | null {
  let remaining = distances.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { distance, weight } of distances.toSorted((one, other) => one.distance - other.distance)) {
    remaining -= weight;
    if (remaining <= 0) return Math.max(distance * GAP_FACTOR, least);
  }
  return null;
}

function downsample(
  { bounds, tables: { blockTable: table } }: StoreState,
  series: readonly SeriesEntry[],
  range: TimeRange,
  points: number,
  gaps: GapFinder,
): SpacedRows {
  const allBounds = series.map((each) => bounds.of(each));
  const from = Math.max(range.from, Math.min(...allBounds.map(({ first = Infinity }) => first)));
  const to = Math.min(range.to, Math.max(...allBounds.map(({ latest }) => latest?.timestamp ?? -Infinity)));
  const holds = series.some(({ type }) => type === 'boolean');
  const width = bucketWidth(from, to, Math.floor(points / rowsPerBucket(holds)));
  const downsampler = createDownsampler(width, holds);
  const distances: Distance[] = [];
  const summarized: Summary[] = [];
  for (const { id } of series) {
    for (const summary of table.summaries(id, range.from, range.to)) {
      const { first, last, count } = summary;
      if (count > 1) distances.push({ distance: (last - first) / (count - 1), weight: count - 1 });
      if (summary.width <= width && first >= range.from && last <= range.to) {
        downsampler.add(summary.minAt, summary.min);
        downsampler.add(summary.maxAt, summary.max);
        gaps.add(first, last, count);
        summarized.push(summary);
        continue;
      }
      const { times, values } = table.rows(summary);
      for (let index = positionOf(times, range.from); index < times.length; index += 1) {
        const time = times[index] ?? 0;
        if (time > range.to) break;
        downsampler.add(time, values[index] ?? 0);
        gaps.add(time, time, 1);
      }
    }
  }
  if (holds) addLast(downsampler, table, summarized);
  return { rows: rowsOf(downsampler.rows()), gapMs: gapOf(distances, width * GAP_BUCKETS), bucketMs: width };
}

/** Adds the last rows of buckets, which summaries do not have: backward, so that only one block of each is read. */
function addLast(downsampler: Downsampler, table: BlockTable, summaries: readonly Summary[]): void {
  for (const summary of summaries.toReversed()) {
    const { last, min, max } = summary;
    if (!downsampler.isLater(last)) continue;
    const value = min === max ? min : table.rows(summary).values.at(-1);
    if (value !== undefined) downsampler.add(last, value);
  }
}

function rowsOf({ times, values }: Rows): readonly Row[] {
  return times.map((time, index) => ({ time, value: values[index] ?? 0 }));
}

/** The rows of several series beside a range, oldest first. */
function nearest(ids: readonly number[], read: (id: number) => readonly Row[]): readonly Row[] {
  return ids.flatMap(read).toSorted(byTime);
}

/** The last rows before a time, oldest first. */
function rowsBefore(table: BlockTable, series: number, time: number): readonly Row[] {
  let found: Row[] = [];
  let summary = table.before(series, time);
  while (summary && found.length < NEIGHBOURS) {
    const stored = table.rows(summary);
    const end = positionOf(stored.times, time);
    found = [...slice(stored, Math.max(end - NEIGHBOURS + found.length, 0), end), ...found];
    summary = table.previous(summary);
  }
  return found;
}

/** The first rows after a time, oldest first. */
function rowsAfter(table: BlockTable, series: number, time: number): readonly Row[] {
  const found: Row[] = [];
  let summary = table.before(series, time) ?? table.after(series, time);
  while (summary && found.length < NEIGHBOURS) {
    const stored = table.rows(summary);
    const position = positionOf(stored.times, time);
    const start = stored.times[position] === time ? position + 1 : position;
    found.push(...slice(stored, start, start + NEIGHBOURS - found.length));
    summary = table.after(series, summary.start);
  }
  return found;
}

function slice({ times, values }: StoredRows, start: number, end: number): readonly Row[] {
  return Array.from(times.subarray(start, end), (time, index) => ({
    time,
    value: values[start + index] ?? 0,
  }));
}
