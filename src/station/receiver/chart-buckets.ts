/** Values of a chart, one for each hour, day or month in UTC. */
import type { ListedValue } from '../store';
import type { Scalar } from '../vocabulary';

/** An hour, a day, or a month. */
export type Period = 'h' | 'd' | 'm';

/** One element of a chart, with Databoom's names. Numbers only where there is a number. */
export interface ChartEntry {
  /** ISO 8601: the time of a value, or the beginning of its hour, day or month. */
  readonly date: string;
  /** The last value. */
  readonly value: Scalar;
  readonly mean?: number;
  readonly min_t?: number;
  readonly max_t?: number;
  readonly total_sum?: number;
  /** How many values it stands for. */
  readonly count?: number;
}

interface Bucket {
  readonly start: number;
  value: Scalar;
  sum: number;
  lowest: number;
  highest: number;
  count: number;
}

export interface Buckets {
  /** Adds a value that is not before the last one. */
  add(value: ListedValue): void;
  readonly count: number;
  entries(): readonly ChartEntry[];
}

export function createBuckets(period: Period): Buckets {
  const buckets: Bucket[] = [];

  function add({ timestamp, value }: ListedValue): void {
    const start = startOf(period, timestamp);
    let bucket = buckets.at(-1);
    if (bucket?.start !== start) {
      bucket = { start, value, sum: 0, lowest: Infinity, highest: -Infinity, count: 0 };
      buckets.push(bucket);
    }
    bucket.value = value;
    if (typeof value === 'string') return;
    const number = Number(value);
    bucket.sum += number;
    bucket.count += 1;
    bucket.lowest = Math.min(bucket.lowest, number);
    bucket.highest = Math.max(bucket.highest, number);
  }

  return {
    add,
    get count() {
      return buckets.length;
    },
    entries: () => buckets.map(entryOf),
  };
}

function startOf(period: Period, timestamp: number): number {
  const date = new Date(timestamp);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (period === 'm') return Date.UTC(year, month);
  return period === 'd' ? Date.UTC(year, month, day) : Date.UTC(year, month, day, date.getUTCHours());
}

function entryOf({ start, value, sum, lowest, highest, count }: Bucket): ChartEntry {
  const date = new Date(start).toISOString();
  if (count === 0) return { date, value };
  return { date, value, mean: sum / count, min_t: lowest, max_t: highest, total_sum: sum, count };
}
