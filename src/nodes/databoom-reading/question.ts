/** What a message asks databoom-in for. */
import { EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, parseTimestamp } from '../../clock';
import type { ChartRange, Granularity, SignalChoice } from '../../databoom';
import { describe, failed, success, type Failure, type Result } from '../../result';
import type { DATABOOM_IN } from '../contract';

/** A typed input: a text as the user typed it, or what was found where it leads. */
export type Input = { readonly typed: string } | { readonly found: unknown; readonly source: string };

/** The values of the typed inputs for one message. */
export interface Inputs {
  readonly device: Input;
  readonly signals: Input;
  readonly start: Input;
  readonly end: Input;
  readonly granularity: unknown;
}

export type ReadSettings = Pick<typeof DATABOOM_IN, 'operation' | 'periodValue'>;

/** What is asked for; `range` undefined for the last values. */
export interface Question {
  readonly choice: SignalChoice;
  readonly range: ChartRange | undefined;
}

type Wrong = Failure<'invalid'>;

/** As many tokens as anybody lists, and their characters. */
const MOST_SIGNALS = 1000;
const LONGEST_TOKEN = 200;

/** @param now this machine's time, in milliseconds since 1970 */
export function readQuestion(settings: ReadSettings, inputs: Inputs, now: number): Result<Question, Wrong> {
  const device = readDevice(inputs.device);
  if (!device.ok) return device;
  const signals = readSignals(inputs.signals);
  if (!signals.ok) return signals;
  const choice = { device: device.value, signals: signals.value };
  if (settings.operation !== 'history') return success({ choice, range: undefined });
  const range = readRange(settings, inputs, now);
  return range.ok ? success({ choice, range: range.value }) : range;
}

function readDevice(input: Input): Result<string, Wrong> {
  if ('typed' in input) return success(input.typed.trim());
  const { found, source } = input;
  const device = typeof found === 'number' ? String(found) : found;
  if (isToken(device)) return success(device.trim());
  return invalid(`The device is taken from ${source}, which is ${describe(found)} and no token of a device`);
}

/** A text with commas between the tokens, or a list of tokens. */
function readSignals(input: Input): Result<readonly string[], Wrong> {
  if ('typed' in input) return success(tokensOf(input.typed));
  const { found, source } = input;
  const list: readonly unknown[] =
    typeof found === 'string' ? tokensOf(found) : Array.isArray(found) ? found : [];
  const signals = list.filter(isToken).map((name) => name.trim());
  const isUsable = signals.length === list.length && signals.length > 0 && signals.length <= MOST_SIGNALS;
  if (isUsable) return success([...new Set(signals)]);
  return invalid(
    `The signals are taken from ${source}, which is ${describe(found)} and no list of their tokens`,
  );
}

function tokensOf(text: string): readonly string[] {
  return [...new Set(text.split(',').map((token) => token.trim()))].filter((token) => token !== '');
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TOKEN;
}

/** Where no start is set. */
const USUAL_RANGE = '-24h';

function readRange(
  { periodValue }: ReadSettings,
  { start, end, granularity }: Inputs,
  now: number,
): Result<ChartRange, Wrong> {
  const to = isEmpty(end) ? success(now) : readTime('end', end, now, now);
  if (!to.ok) return to;
  const from = readTime('start', isEmpty(start) ? { typed: USUAL_RANGE } : start, to.value, now);
  if (!from.ok) return from;
  if (from.value > to.value) {
    return invalid(`The start (${dateOf(from.value)}) is after the end (${dateOf(to.value)})`);
  }
  if (!isGranularity(granularity)) {
    return invalid(`The granularity is ${describe(granularity)}, and a, *, h, d or m is needed`);
  }
  const wanted = periodValue === 'value' ? 'value' : 'mean';
  return success({ from: from.value, to: to.value, granularity, periodValue: wanted });
}

function isEmpty(input: Input): boolean {
  return 'typed' in input && input.typed.trim() === '';
}

/** @param base what a relative time counts from */
function readTime(name: 'start' | 'end', input: Input, base: number, now: number): Result<number, Wrong> {
  const value: unknown = 'typed' in input ? input.typed : input.found;
  const relative = typeof value === 'string' ? readRelative(value) : undefined;
  if (relative !== undefined) return success(Math.max(base - relative, EARLIEST_TIMESTAMP));
  const time = parseTimestamp(value, { now, latest: LATEST_TIMESTAMP });
  if (time.ok) return time;
  const where = 'typed' in input ? '' : `, taken from ${input.source},`;
  return invalid(`The ${name}${where} ${time.failure.message}, or -24h`);
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A span of time before something, as in `-24h`, in milliseconds. */
function readRelative(text: string): number | undefined {
  const [, count, unit = ''] = /^\s*-\s?(\d{1,6})\s?([smhdw])\s*$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS_MS[unit] ?? 0);
}

function isGranularity(value: unknown): value is Granularity {
  return ['a', '*', 'h', 'd', 'm'].some((each) => each === value);
}

function dateOf(timestamp: number): string {
  return new Date(timestamp).toISOString();
}

function invalid(message: string) {
  return failed<Wrong>({ kind: 'invalid', message });
}
