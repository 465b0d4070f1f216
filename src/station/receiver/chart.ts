/** Databoom's way to read back: `POST /v1/chart`, the values of some signals in a range of time. */
import { readDateText } from '../../clock';
import { isPlainObject } from '../../fields';
import { describe, success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import type { ListedValue, Store, TimeRange } from '../store';
import { MAX_CHART_SCAN, MAX_CHART_SIGNALS, MAX_CHART_VALUES } from './limits';
import { createBuckets, type ChartEntry, type Period } from './chart-buckets';
import type { Signal } from './signal-list';

/** All values (`*`), or one for each hour, day or month. */
type Granularity = '*' | Period;

/** A request, validated. */
export interface ChartRequest extends TimeRange {
  readonly signals: readonly string[];
  /** `a`: the finest that fits. */
  readonly granularity: Granularity | 'a';
}

interface ChartOfSignal {
  readonly entries: readonly ChartEntry[];
  readonly granularity: Granularity;
  /** Whether there are more values than these. */
  readonly overBound: boolean;
}

const STEP = 1000;
const HOUR_MS = 3_600_000;

export function readChartRequest(body: unknown): Result<ChartRequest, Refusal> {
  if (!isPlainObject(body)) return refuse('invalid', `The body must be an object, and is ${describe(body)}.`);
  const { signals, startDate, endDate, granularity = 'a' } = body;
  if (!Array.isArray(signals) || signals.length === 0 || signals.length > MAX_CHART_SIGNALS) {
    const message = `"signals" must be a list of 1 to ${MAX_CHART_SIGNALS} ids, as GET v1/signals has them in "_id".`;
    return refuse('invalid', message);
  }
  const ids = signals.filter((id): id is string => typeof id === 'string');
  if (ids.length < signals.length) return refuse('invalid', '"signals" must be a list of texts.');
  const from = readChartDate('"startDate"', startDate);
  if (!from.ok) return from;
  const to = readChartDate('"endDate"', endDate);
  if (!to.ok) return to;
  if (from.value > to.value) return refuse('invalid', '"startDate" is after "endDate".');
  if (!isGranularity(granularity)) {
    return refuse('invalid', `"granularity" must be a, *, h, d or m, and is ${describe(granularity)}.`);
  }
  return success({ signals: ids, from: from.value, to: to.value, granularity });
}

/** Databoom's answer: a list for each id, and in `info` how it was made. */
export async function chartAnswer(
  store: Pick<Store, 'read'>,
  known: readonly Signal[],
  request: ChartRequest,
): Promise<Result<object, Refusal>> {
  const answer: Record<string, unknown> = {};
  const info: Record<string, object> = {};
  const scan = { left: MAX_CHART_SCAN };
  for (const id of request.signals) {
    const signal = known.find((each) => each.id === id);
    if (!signal) return refuse('missing', `There is no signal with the id ${describe(id)} here.`);
    const chart = await chartOf(store, signal, request, scan);
    if (!chart.ok) return chart;
    const { entries, granularity, overBound } = chart.value;
    answer[id] = entries;
    info[id] = { granularity, overBound };
  }
  return success({ ...answer, info });
}

/** How many values may still be read for one request. */
interface Scan {
  left: number;
}

async function chartOf(
  store: Pick<Store, 'read'>,
  signal: Signal,
  { from, to, granularity }: ChartRequest,
  scan: Scan,
): Promise<Result<ChartOfSignal, Refusal>> {
  const range = { from, to };
  if (granularity === '*') return readAll(store, signal, range, scan);
  if (granularity !== 'a') return readPeriods(store, signal, range, granularity, scan);
  const all = await readAll(store, signal, range, scan);
  if (!all.ok || !all.value.overBound) return all;
  const period = (to - from) / HOUR_MS <= MAX_CHART_VALUES ? 'h' : 'd';
  return readPeriods(store, signal, range, period, scan);
}

async function readAll(
  store: Pick<Store, 'read'>,
  signal: Signal,
  range: TimeRange,
  scan: Scan,
): Promise<Result<ChartOfSignal, Refusal>> {
  const values: ListedValue[] = [];
  let overBound = false;
  const read = await forEachValue(store, signal, range, scan, (value) => {
    overBound = values.length >= MAX_CHART_VALUES;
    if (!overBound) values.push(value);
    return !overBound;
  });
  if (!read.ok) return read;
  const entries = values.map(entryOfValue);
  return success({ entries, granularity: '*', overBound: overBound || !read.value });
}

async function readPeriods(
  store: Pick<Store, 'read'>,
  signal: Signal,
  range: TimeRange,
  period: Period,
  scan: Scan,
): Promise<Result<ChartOfSignal, Refusal>> {
  const buckets = createBuckets(period);
  const read = await forEachValue(store, signal, range, scan, (value) => {
    buckets.add(value);
    return buckets.count <= MAX_CHART_VALUES;
  });
  if (!read.ok) return read;
  const entries = buckets.entries();
  const overBound = !read.value || entries.length > MAX_CHART_VALUES;
  return success({ entries: entries.slice(0, MAX_CHART_VALUES), granularity: period, overBound });
}

function entryOfValue({ timestamp, value }: ListedValue): ChartEntry {
  const date = new Date(timestamp).toISOString();
  if (typeof value === 'string') return { date, value };
  const number = Number(value);
  return { date, value, mean: number, min_t: number, max_t: number, total_sum: number, count: 1 };
}

/**
 * Calls `take` with the values of a signal, oldest first, until it returns false. The kinds of a field never have two
 * values at one time, so each kind is read up to the last time of a page of all.
 * @returns whether all values of the range were read
 */
async function forEachValue(
  store: Pick<Store, 'read'>,
  { device, name, kinds }: Signal,
  { from, to }: TimeRange,
  scan: Scan,
  take: (value: ListedValue) => boolean,
): Promise<Result<boolean, Refusal>> {
  const field = { kind: 'device', name: device, field: name } as const;
  for (let [after, isAfterFrom] = [from, false]; ;) {
    const pages: (readonly ListedValue[])[] = [];
    for (const type of kinds) {
      const page = await store.read('values', { ...field, type, from: after, to, isAfterFrom, count: STEP });
      if (!page.ok) return page;
      pages.push(page.value);
    }
    // Beyond the end of a full page there may be further values of that kind before those of others.
    const ends = pages.flatMap((page) => (page.length < STEP ? [] : (page.at(-1)?.timestamp ?? [])));
    const end = Math.min(Infinity, ...ends);
    const values = pages
      .flat()
      .filter(({ timestamp }) => timestamp <= end)
      .toSorted((one, other) => one.timestamp - other.timestamp);
    for (const value of values) {
      if (scan.left <= 0 || !take(value)) return success(false);
      scan.left -= 1;
    }
    if (end === Infinity) return success(true);
    [after, isAfterFrom] = [end, true];
  }
}

function readChartDate(what: string, value: unknown): Result<number, Refusal> {
  const date = typeof value === 'string' ? readDateText(value) : undefined;
  if (!date || (date.hasTimeOfDay && date.offset === undefined)) {
    const message = `${what} must be text like 2018-12-31T08:20:00+02:00, and is ${describe(value)}.`;
    return refuse('invalid', message);
  }
  return success(date.written - (date.offset ?? 0));
}

function isGranularity(value: unknown): value is ChartRequest['granularity'] {
  return ['a', '*', 'h', 'd', 'm'].some((each) => each === value);
}
