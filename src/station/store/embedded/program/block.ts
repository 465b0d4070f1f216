import { crc32 } from 'node:zlib';
import { DamagedRow } from '../../../../storage';
import type { TimeBucket } from './time-buckets';

/** The rows of one series in one time bucket, in memory: sorted by time, at least one when it is written. */
export interface Block extends TimeBucket {
  /** The id of its row in the table; undefined while there is none. */
  readonly id: number | undefined;
  readonly series: number;
  readonly times: number[];
  readonly values: number[];
}

/** What is known of a block without its rows. Times in milliseconds; among equal values the earliest is taken. */
export interface Summary extends TimeBucket {
  readonly id: number;
  readonly series: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly minAt: number;
  readonly max: number;
  readonly maxAt: number;
  /** CRC-32 of the rows as they are stored. */
  readonly rowsSum: number;
}

/** The rows of a block as they were read. */
export interface StoredRows {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * Blocks have room for a multiple of so many rows. Rows are stored one after the other, a time and a value each, as
 * little-endian doubles (the byte order of every machine that Node.js runs on), followed by zeros: while the size of a
 * blob stays the same, SQLite rewrites only its pages that have changed, and with the newest row at the end that is one.
 */
const ROOM = 32;

/** Numbers in a stored summary: its nine numbers, and the checksum over series, start and these nine. */
const SUMMARY_LENGTH = 10;

/** Encodes the rows and the summary of a block. */
export function encodeBlock({ series, start, width, times, values }: Block): {
  readonly summary: Uint8Array;
  readonly rows: Uint8Array;
} {
  const count = times.length;
  const rows = new Float64Array(lengthFor(count));
  let [lowest, highest] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    const value = values[index] ?? 0;
    rows[index * 2] = times[index] ?? 0;
    rows[index * 2 + 1] = value;
    if (value < (values[lowest] ?? 0)) lowest = index;
    if (value > (values[highest] ?? 0)) highest = index;
  }
  const at = (index: number) => [values[index] ?? 0, times[index] ?? 0] as const;
  const bytes = bytesOf(rows);
  const numbers = [width, count, times[0] ?? 0, times[count - 1] ?? 0, ...at(lowest), ...at(highest)];
  const summary = Float64Array.of(...numbers, crc32(bytes), 0);
  summary[SUMMARY_LENGTH - 1] = summarySum(series, start, summary);
  return { summary: bytesOf(summary), rows: bytes };
}

/** Decodes a summary; throws `DamagedRow` where it is not what was written. */
export function decodeSummary(id: number, series: number, start: number, bytes: unknown): Summary {
  const stored = doublesOf(bytes);
  const [
    width = 0,
    count = 0,
    first = 0,
    last = 0,
    min = 0,
    minAt = 0,
    max = 0,
    maxAt = 0,
    rowsSum = 0,
    sum,
  ] = stored;
  if (stored.length !== SUMMARY_LENGTH || sum !== summarySum(series, start, stored)) {
    throw new DamagedRow('The sum of the summary does not match');
  }
  return { id, series, start, width, count, first, last, min, minAt, max, maxAt, rowsSum };
}

/** Decodes the rows of a block; throws `DamagedRow` where they are not what was written. */
export function decodeRows({ count, rowsSum }: Summary, bytes: unknown): StoredRows {
  const stored = doublesOf(bytes);
  if (stored.length !== lengthFor(count) || crc32(bytesOf(stored)) !== rowsSum) {
    throw new DamagedRow('The sum of the rows does not match');
  }
  const [times, values] = [new Float64Array(count), new Float64Array(count)];
  for (let index = 0; index < count; index += 1) {
    times[index] = stored[index * 2] ?? 0;
    values[index] = stored[index * 2 + 1] ?? 0;
  }
  return { times, values };
}

/** How many numbers a block stores for a count of rows, the zeros at its end included. */
function lengthFor(count: number): number {
  return Math.ceil(count / ROOM) * ROOM * 2;
}

/** One array serves all checksums, because a year has thousands of summaries. */
const summed = new Float64Array(SUMMARY_LENGTH + 1);
const summedBytes = bytesOf(summed);

function summarySum(series: number, start: number, summary: Float64Array): number {
  summed[0] = series;
  summed[1] = start;
  summed.set(summary.subarray(0, SUMMARY_LENGTH - 1), 2);
  return crc32(summedBytes);
}

function bytesOf(doubles: Float64Array): Uint8Array {
  return new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength);
}

function doublesOf(bytes: unknown): Float64Array {
  if (!(bytes instanceof Uint8Array)) throw new DamagedRow('A block is not made of bytes');
  const aligned = bytes.byteOffset % Float64Array.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const length = Math.floor(aligned.byteLength / Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(aligned.buffer, aligned.byteOffset, length);
}
