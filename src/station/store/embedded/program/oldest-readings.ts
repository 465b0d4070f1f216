/**
 * Which numbers and texts go first where room is needed: the oldest of all series. Retention deletes them, and what would
 * be one of them is refused.
 */
import type { Catalogue } from './catalogue';
import type { SeriesEntry } from './names';
import { BYTES_PER_NUMBER, bytesOfText } from './reading-sizes';
import type { BoundsCache } from './series-bounds';
import type { ValueTables } from './value-tables';

/** Texts that are read in one step. */
const TEXTS = 50;

type Tables = Pick<ValueTables, 'blockTable' | 'texts'>;

/** Which series there are, and their bounds. */
export interface StoredSeries {
  readonly catalogue: Pick<Catalogue, 'sources'>;
  readonly bounds: Pick<BoundsCache, 'of'>;
}

/** The series with their readings. */
export interface StoredReadings extends StoredSeries {
  readonly tables: Tables;
}

interface Reading {
  /** In milliseconds. */
  readonly time: number;
  /** What it takes on the disk. */
  readonly bytes: number;
}

/** The series of numbers and texts that have one before a time, that with the oldest first. */
export function seriesBefore({ catalogue, bounds }: StoredSeries, before: number): readonly SeriesEntry[] {
  const found = catalogue.sources
    .flatMap(({ series }) => series)
    .flatMap((series) => {
      const first = series.type === 'image' ? undefined : bounds.of(series).first;
      return first !== undefined && first < before ? [{ series, first }] : [];
    });
  return found.toSorted((one, other) => one.first - other.first).map(({ series }) => series);
}

/**
 * The time, in milliseconds, before which the oldest numbers and texts take at least so many bytes; `Infinity` where all
 * of them take less. What lies within one millisecond is not divided. Everything must have been flushed. Reads no more
 * of each series than what lies before that time, and the block or texts in which it lies.
 */
export function endOfOldest(state: StoredReadings, bytes: number): number {
  const oldest = createOldest(bytes);
  for (const series of seriesBefore(state, Infinity)) {
    if ((state.bounds.of(series).first ?? Infinity) >= oldest.end()) break;
    for (const reading of readingsOf(state.tables, series)) {
      if (reading.time >= oldest.end()) break;
      oldest.add(reading);
    }
  }
  return oldest.narrow();
}

/** Collects readings, of which it keeps the oldest that take at least so many bytes. */
function createOldest(wanted: number) {
  let readings: Reading[] = [];
  let bytes = 0;
  let end = Infinity;
  // Sorting is worth it when there are twice as many as the last time.
  let narrowAt = 2 * wanted;

  function add(reading: Reading): void {
    readings.push(reading);
    bytes += reading.bytes;
    if (bytes >= narrowAt) narrow();
  }

  function narrow(): number {
    if (bytes < wanted) return end;
    readings.sort((one, other) => one.time - other.time);
    let sum = 0;
    const last = readings.find((reading) => (sum += reading.bytes) >= wanted);
    end = last ? Math.floor(last.time) + 1 : end;
    readings = readings.filter(({ time }) => time < end);
    bytes = readings.reduce((total, reading) => total + reading.bytes, 0);
    narrowAt = 2 * bytes;
    return end;
  }

  return { add, narrow, end: () => end };
}

/** The readings of a series, oldest first. */
function readingsOf(tables: Tables, { id, type }: SeriesEntry): Iterable<Reading> {
  return type === 'text' ? textsOf(tables, id) : numbersOf(tables, id);
}

function* numbersOf({ blockTable }: Tables, series: number): Generator<Reading> {
  for (let start = -Infinity; ;) {
    const block = blockTable.after(series, start);
    if (!block) return;
    for (const time of blockTable.rows(block).times) yield { time, bytes: BYTES_PER_NUMBER };
    ({ start } = block);
  }
}

function* textsOf({ texts }: Tables, series: number): Generator<Reading> {
  for (let after = -Infinity; ;) {
    const rows = texts.select('series = ? AND timestamp > ?', `ORDER BY timestamp LIMIT ${TEXTS}`, [
      series,
      after,
    ]);
    const last = rows.at(-1);
    if (!last) return;
    for (const { timestamp, value } of rows) yield { time: timestamp, bytes: bytesOfText(value) };
    after = last.timestamp;
  }
}
