/** The values of one signal in a range of time: `POST /v1/chart`. */
import { isPlainObject } from '../fields';
import { failed, success, type Result } from '../result';
import type { SignalValue, TimedValue } from './push';
import { readBackDate, readBackValue } from './read-value';
import type { DataboomReads, Granularity, ReadFailure } from './reads';

/** Which of an hour's, a day's or a month's values stands for it: their mean, or the one that the service names first. */
export type PeriodValue = 'mean' | 'value';

/** What is asked of each signal; times in milliseconds since 1970, both included. */
export interface ChartRange {
  readonly from: number;
  readonly to: number;
  readonly granularity: Granularity;
  readonly periodValue: PeriodValue;
}

export interface Chart {
  readonly values: readonly TimedValue[];
  /** As the service says that it is; as it was asked for where that does not say. */
  readonly granularity: Granularity;
  /** Whether the range has more values than these. */
  readonly overBound: boolean;
  /** How many values have no time that can be told. */
  readonly undated: number;
}

/** Reads the values of the signal with this id. */
export async function readChart(
  reads: DataboomReads,
  id: string,
  range: ChartRange,
  signal: AbortSignal,
): Promise<Result<Chart, ReadFailure>> {
  const startDate = chartDate(Math.floor(range.from / 1000));
  const endDate = chartDate(Math.ceil(range.to / 1000));
  const { granularity } = range;
  const answer = await reads.chart({ signals: [id], startDate, endDate, granularity }, signal);
  if (!answer.ok) return answer;
  const chart = readAnswer(answer.value, id, range);
  return chart ? success(chart) : failed(NO_CHART);
}

const NO_CHART: ReadFailure = {
  kind: 'unreadable',
  message: 'The answer is not a chart of the signal as Databoom gives it: is the server address right',
};

/** `YYYY-MM-DDTHH:MM:SS+HH:MM`, the form that Databoom documents. */
function chartDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, '+00:00');
}

function readAnswer(body: unknown, id: string, range: ChartRange): Chart | undefined {
  const entries: unknown = isPlainObject(body) && Object.hasOwn(body, id) ? body[id] : undefined;
  if (!isPlainObject(body) || !Array.isArray(entries)) return undefined;
  const info = infoOf(body['info'], id);
  const granularity = isGranularity(info['granularity']) ? info['granularity'] : range.granularity;
  const values: TimedValue[] = [];
  let undated = 0;
  for (const entry of entries.filter(isPlainObject)) {
    const value = valueOf(entry, granularity, range.periodValue);
    const timestamp = readBackDate(entry['date']);
    if (value === undefined) continue;
    if (timestamp === undefined) undated += 1;
    // An hour, day or month begins before the range where the range begins within it.
    else if (granularity !== '*' || isWithin(timestamp, range)) values.push({ timestamp, value });
  }
  return { values, granularity, overBound: info['overBound'] === true, undated };
}

/** What is said of the signal by itself, or of all of them. */
function infoOf(info: unknown, id: string): Readonly<Record<string, unknown>> {
  if (!isPlainObject(info)) return {};
  const own: unknown = Object.hasOwn(info, id) ? info[id] : undefined;
  return isPlainObject(own) ? own : info;
}

/** Texts have no mean. A number without one is left out where a mean is wanted: nobody knows what it stands for. */
function valueOf(
  entry: Readonly<Record<string, unknown>>,
  granularity: Granularity,
  periodValue: PeriodValue,
): SignalValue | undefined {
  const value = readBackValue(entry['value']);
  if (granularity === '*' || periodValue === 'value' || typeof value === 'string') return value;
  const mean = readBackValue(entry['mean']);
  if (typeof mean === 'number') return mean;
  return typeof value === 'boolean' || granularity === 'a' ? value : undefined;
}

// Requests have whole seconds.
function isWithin(timestamp: number, { from, to }: ChartRange): boolean {
  return timestamp >= from && timestamp <= to;
}

function isGranularity(value: unknown): value is Granularity {
  return ['*', 'h', 'd', 'm'].some((each) => each === value);
}
