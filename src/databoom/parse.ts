import { isUint8Array } from 'node:util/types';
import { parseTimestamp, timestampOfMessage, type Present, type SlashedDates } from '../clock';
import {
  adviseOnBytes,
  adviseOnNumber,
  createReadingRules,
  createUnsendable,
  DEFAULT_OPTIONS,
  isPlainObject,
  parseHeldDecimal,
  readFields,
  readObject,
  type Parsed,
  type PayloadOptions,
  type ReadingRules,
  type Unsendable,
} from '../fields';
import { parsePathSegment } from '../http';
import { describe, failed, success, type Failure, type Result } from '../result';
import { checkCharacters } from './characters';
import type { DataboomTarget, Push, PushContent, SignalHistory, SignalValue, TimedValue } from './push';

/** A payload that cannot be pushed; the message names the signal and the reason. */
export type PushFailure = Failure<'invalid'>;

/** What a flow gives to be pushed. */
export interface PushInput {
  /**
   * Current values: an object of signal to value, or one value. History: an array of `{timestamp, data}`, or an
   * object of signal to `{history: [{date, value}]}`.
   */
  readonly payload: unknown;
  /** When it was taken, see `timestampOfMessage`. */
  readonly timestamp: unknown;
  /** The signal of one value. */
  readonly signal: string;
  /** How the payload is read. */
  readonly options?: PayloadOptions;
  readonly target: DataboomTarget;
}

// Bounds of memory and of the time that an upload takes: usual pushes of so many values have some 8 MB.
const MOST_VALUES = 100_000;

/**
 * Reads a push from what a flow gives.
 */
export function parsePush(input: PushInput, present: Present): Parsed<Push, PushFailure> {
  const target = readTarget(input.target);
  if (!target.ok) return target;
  const timestamp = timestampOfMessage(input.timestamp, present);
  if (!timestamp.ok) return timestamp;
  const { options = DEFAULT_OPTIONS } = input;
  const reading = { present, options, unsendable: createUnsendable(options) };
  const content = readContent(input.payload, input.signal, reading);
  if (!content.ok) return content;
  const push = { target: target.value, timestamp: timestamp.value, content: content.value };
  const tooLong = checkCharacters(content.value);
  return tooLong === undefined ? { ...success(push), leftOut: reading.unsendable.leftOut } : invalid(tooLong);
}

/** The target without blanks around its tokens. */
function readTarget(target: DataboomTarget): Result<DataboomTarget, PushFailure> {
  if ('device' in target) {
    const device = readToken(target.device, 'device token');
    return device.ok ? success({ device: device.value }) : device;
  }
  const template = readToken(target.template, 'HTTP template');
  if (!template.ok) return template;
  const unique = readToken(target.unique, 'unique value of the device');
  return unique.ok ? success({ template: template.value, unique: unique.value }) : unique;
}

function readToken(token: string, term: string): Result<string, PushFailure> {
  const trimmed = token.trim();
  if (trimmed === '') {
    return invalid(`The ${term} is empty: set it in the node, or in what the node takes it from`);
  }
  // A unique value goes into the address; the tokens are short names like it.
  const segment = parsePathSegment(trimmed, term);
  return segment.ok ? success(trimmed) : invalid(segment.failure.message);
}

/** How the payload of one message is read. */
interface Reading {
  readonly present: Present;
  readonly options: PayloadOptions;
  readonly unsendable: Unsendable;
}

function readContent(payload: unknown, signal: string, reading: Reading): Result<PushContent, PushFailure> {
  if (isRequest(payload)) return invalid(WHOLE_REQUEST);
  if (Array.isArray(payload)) return readReadings(payload, reading);
  const counted = { values: 0 };
  const fields = readFields(payload, signal, rulesFor(reading, withHistory(reading, counted)));
  if (counted.values > MOST_VALUES) return tooMany(counted.values);
  if (!fields.ok) return fields;
  const signals = new Map<string, SignalValue>();
  const histories = new Map<string, SignalHistory>();
  for (const [name, value] of fields.value) {
    if (typeof value === 'object') histories.set(name, value);
    else signals.set(name, value);
  }
  if (histories.size === 0) return success({ kind: 'current', signals });
  const [[current] = []] = signals;
  const [[history] = []] = histories;
  if (current !== undefined) {
    return invalid(
      `Signal "${current}" is a current value and "${history}" is not: send current values and history in separate messages`,
    );
  }
  return success({ kind: 'history', signals: histories });
}

/** Whether a payload is the body of a request as Databoom documents it, and not what the node takes. */
function isRequest(payload: unknown): boolean {
  if (!isPlainObject(payload) || !Array.isArray(payload['signals'])) return false;
  const signals: readonly unknown[] = payload['signals'];
  return signals.length > 0 && signals.every((each) => isPlainObject(each) && Object.hasOwn(each, 'name'));
}

const WHOLE_REQUEST =
  'msg.payload is a whole request to Databoom, which the node makes itself: send the values alone, as {temp: 22}, their time in msg.timestamp, and set the device in the node';

type ReadValue<Value> = (signal: string, value: unknown) => Result<Value | undefined, PushFailure>;

function rulesFor<Value>({ options, unsendable }: Reading, read: ReadValue<Value>): ReadingRules<Value> {
  return createReadingRules({ term: 'signal', read, isValue: isHistory }, options, unsendable);
}

/** Whether an object is Databoom's own form of a signal's history, which is no nested value. */
function isHistory(value: unknown): value is { readonly history: readonly unknown[] } {
  return isPlainObject(value) && Array.isArray(value['history']);
}

/** Reads a current value or the history of a signal. @param counted the values of histories so far */
function withHistory(reading: Reading, counted: { values: number }): ReadValue<SignalValue | SignalHistory> {
  return (signal, value) => {
    if (isHistory(value)) {
      counted.values += value.history.length;
      return counted.values > MOST_VALUES ? success(undefined) : readHistory(signal, value, reading);
    }
    const isWrongHistory = isPlainObject(value) && Object.hasOwn(value, 'history');
    return isWrongHistory
      ? invalid(`Signal "${signal}" is an object without a "history" array`)
      : readValue(signal, value, reading.options);
  };
}

function readHistory(
  signal: string,
  entry: { readonly history: readonly unknown[]; readonly description?: unknown },
  reading: Reading,
): Result<SignalHistory | undefined, PushFailure> {
  const { history, description } = entry;
  if (history.length === 0) return invalid(`Signal "${signal}" has an empty history`);
  if (description !== undefined && typeof description !== 'string') {
    return invalid(`Signal "${signal}": its description is ${describe(description)}, not a text`);
  }
  const values: TimedValue[] = [];
  for (const [index, item] of history.entries()) {
    const value = readHistoryItem(signal, index, item, reading);
    const refused = value.ok ? undefined : reading.unsendable.leaveOut(signal, value.failure);
    if (refused) return failed(refused);
    if (value.ok && value.value) values.push(value.value);
  }
  if (values.length === 0) return success(undefined);
  return success({ values, ...(description === undefined ? {} : { description }) });
}

/** An item of a history; `undefined` where its value is none. */
function readHistoryItem(
  signal: string,
  index: number,
  item: unknown,
  { present, options }: Reading,
): Result<TimedValue | undefined, PushFailure> {
  const place = `Signal "${signal}", history item ${index}`;
  if (!isPlainObject(item)) return invalid(`${place} is ${describe(item)}, not {date, value}`);
  const { date, value } = item;
  if (isNone(value) && Object.hasOwn(item, 'value')) return success(undefined);
  // Databoom's own form, whose dates have the month first where there are slashes.
  const timestamp = readDate({ place, name: 'date', slashed: 'month first' }, date, present);
  if (!timestamp.ok) return timestamp;
  const read = readValue(signal, value, options);
  if (!read.ok) return invalid(`History item ${index}: ${read.failure.message}`);
  return success({ timestamp: timestamp.value, value: read.value });
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

const TIMES = ['timestamp', 'Timestamp', 'time', 'Time'] as const;

/** Readings `{timestamp, data}` turned into a history of each signal. */
function readReadings(readings: readonly unknown[], reading: Reading): Result<PushContent, PushFailure> {
  if (readings.length === 0) return invalid('msg.payload is an empty array: it has no reading to publish');
  const rules = rulesFor(reading, (signal, value) => readValue(signal, value, reading.options));
  const histories = new Map<string, TimedValue[]>();
  let count = 0;
  for (const [index, item] of readings.entries()) {
    const place = `Reading ${index}`;
    if (!isPlainObject(item)) return invalid(`${place} is ${describe(item)}, not {timestamp, data}`);
    // The names that a time may have in a payload that is one measurement.
    const name = TIMES.find((each) => !isNone(item[each])) ?? 'timestamp';
    const timestamp = readDate({ place, name, slashed: 'unclear' }, item[name], reading.present);
    if (!timestamp.ok) return timestamp;
    const { data } = item;
    if (data === undefined) return invalid(`${place} is not {timestamp, data}: put its values into "data"`);
    if (!isPlainObject(data))
      return invalid(`${place}: its data is ${describe(data)}, not an object of signals`);
    const size = Object.keys(data).length;
    if (size === 0) return invalid(`${place} has no signal in its data`);
    if (count + size > MOST_VALUES) return tooMany(count + size);
    const read = readObject(data, MOST_VALUES - count, rules);
    if (!read.ok) return invalid(`${place}: ${read.failure.message}`);
    count += Math.max(size, read.value.values.size);
    for (const [signal, value] of read.value.values) {
      const values = histories.get(signal) ?? [];
      histories.set(signal, values);
      values.push({ timestamp: timestamp.value, value });
    }
  }
  if (histories.size === 0) return invalid(noReading(reading.unsendable));
  const signals = new Map([...histories].map(([signal, values]) => [signal, { values }]));
  return success({ kind: 'history', signals });
}

function noReading({ leftOut: [first] }: Unsendable): string {
  return first === undefined
    ? 'msg.payload has no value: all values of its readings are null or empty'
    : `msg.payload has no signal that can be sent. ${first.reason}`;
}

/** Where a date is, and how it may be written. */
interface DatePlace {
  readonly place: string;
  readonly name: string;
  readonly slashed: SlashedDates;
}

function readDate(
  { place, name, slashed }: DatePlace,
  date: unknown,
  present: Present,
): Result<number, PushFailure> {
  if (date === undefined || date === null || date === '') {
    return invalid(`${place} has no ${name}: a value of the past needs its time`);
  }
  const timestamp = parseTimestamp(date, present, slashed);
  return timestamp.ok ? timestamp : invalid(`${place}: its ${name} ${timestamp.failure.message}`);
}

function readValue(
  signal: string,
  value: unknown,
  { keepText }: PayloadOptions,
): Result<SignalValue, PushFailure> {
  if (typeof value === 'string') return keepText ? success(value) : readText(signal, value);
  if (typeof value === 'boolean') return success(value);
  if (typeof value === 'number' && Number.isFinite(value)) return success(value);
  const advice = adviseOnValue(value);
  return invalid(
    `Signal "${signal}" is ${describe(value)}, but Databoom takes numbers, texts, true and false${advice === undefined ? '' : `: ${advice}`}`,
  );
}

function adviseOnValue(value: unknown): string | undefined {
  if (isPlainObject(value) || Array.isArray(value)) return 'tick "Take nested values" in the node';
  if (typeof value === 'bigint') return 'make it a number with Number(…)';
  return isUint8Array(value) ? adviseOnBytes(value) : undefined;
}

/** A text: the number that it stands for, or a text, unless it was meant as a number. */
function readText(signal: string, text: string): Result<SignalValue, PushFailure> {
  const advice = adviseOnNumber(text);
  return advice === undefined
    ? success(parseHeldDecimal(text) ?? text)
    : invalid(
        `Signal "${signal}" is ${describe(text)}, which is no number: ${advice}, or tick "Keep text" in the node`,
      );
}

function tooMany(count: number) {
  return invalid(
    `msg.payload has ${count} values or more: at most ${MOST_VALUES} fit one message, so split it`,
  );
}

function invalid(message: string) {
  return failed<PushFailure>({ kind: 'invalid', message });
}
