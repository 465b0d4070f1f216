import { parseTimestamp, timestampOfMessage, type Present } from '../clock';
import { checkName, isPlainObject, readFields } from '../fields';
import { parsePathSegment } from '../http';
import { describe, failed, success, type Failure, type Result } from '../result';
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
  readonly target: DataboomTarget;
}

// Bounds of memory and of the time that an upload takes: usual pushes of so many values have some 8 MB.
const MOST_VALUES = 100_000;
// Of values, descriptions and names; a name counts with each of its values, because a template's form repeats it.
const MOST_CHARACTERS = 4_000_000;

/**
 * Reads a push from what a flow gives.
 */
export function parsePush(input: PushInput, present: Present): Result<Push, PushFailure> {
  const target = readTarget(input.target);
  if (!target.ok) return target;
  const timestamp = timestampOfMessage(input.timestamp, present);
  if (!timestamp.ok) return timestamp;
  const content = readContent(input.payload, input.signal, present);
  if (!content.ok) return content;
  return (
    checkText(content.value) ??
    success({ target: target.value, timestamp: timestamp.value, content: content.value })
  );
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

function readContent(payload: unknown, signal: string, present: Present): Result<PushContent, PushFailure> {
  if (Array.isArray(payload)) return readReadings(payload, present);
  const fields = readFields(payload, signal, 'signal');
  if (!fields.ok) return fields;
  const wrongName = findWrongName(fields.value);
  if (wrongName) return failed(wrongName);
  const histories = fields.value.filter(([, value]) => isPlainObject(value));
  if (histories.length === 0) return readCurrent(fields.value);
  const current = fields.value.find(([, value]) => !isPlainObject(value));
  if (current) {
    return invalid(
      `Signal "${current[0]}" is a current value and "${histories[0]?.[0]}" is not: send current values and history in separate messages`,
    );
  }
  return readHistories(fields.value, present);
}

type Fields = readonly (readonly [string, unknown])[];

function findWrongName(fields: Fields): PushFailure | undefined {
  for (const [signal] of fields) {
    const wrongName = checkName(signal, 'signal');
    if (wrongName) return wrongName;
  }
  return undefined;
}

function readCurrent(fields: Fields): Result<PushContent, PushFailure> {
  const signals = new Map<string, SignalValue>();
  for (const [signal, value] of fields) {
    const parsed = readValue(signal, value);
    if (!parsed.ok) return parsed;
    signals.set(signal, parsed.value);
  }
  return success({ kind: 'current', signals });
}

function readHistories(fields: Fields, present: Present): Result<PushContent, PushFailure> {
  const signals = new Map<string, SignalHistory>();
  let count = 0;
  for (const [signal, entry] of fields) {
    const history = isPlainObject(entry) ? entry['history'] : undefined;
    if (!isPlainObject(entry) || !Array.isArray(history)) {
      return invalid(`Signal "${signal}" is an object without a "history" array`);
    }
    count += history.length;
    if (count > MOST_VALUES) return tooMany(count);
    const values = readTimedValues(signal, history, present);
    if (!values.ok) return values;
    const { description } = entry;
    if (description !== undefined && typeof description !== 'string') {
      return invalid(`Signal "${signal}": its description is ${describe(description)}, not a text`);
    }
    signals.set(signal, { values: values.value, ...(description === undefined ? {} : { description }) });
  }
  return success({ kind: 'history', signals });
}

function readTimedValues(
  signal: string,
  history: readonly unknown[],
  present: Present,
): Result<readonly TimedValue[], PushFailure> {
  if (history.length === 0) return invalid(`Signal "${signal}" has an empty history`);
  const values: TimedValue[] = [];
  for (const [index, item] of history.entries()) {
    const place = `Signal "${signal}", history item ${index}`;
    if (!isPlainObject(item)) return invalid(`${place} is ${describe(item)}, not {date, value}`);
    const timestamp = readDate(place, 'date', item['date'], present);
    if (!timestamp.ok) return timestamp;
    const value = readValue(signal, item['value']);
    if (!value.ok) return invalid(`History item ${index}: ${value.failure.message}`);
    values.push({ timestamp: timestamp.value, value: value.value });
  }
  return success(values);
}

/** Readings `{timestamp, data}` turned into a history of each signal. */
function readReadings(readings: readonly unknown[], present: Present): Result<PushContent, PushFailure> {
  if (readings.length === 0) return invalid('msg.payload is an empty array: it has no reading to publish');
  const histories = new Map<string, TimedValue[]>();
  let count = 0;
  for (const [index, reading] of readings.entries()) {
    const place = `Reading ${index}`;
    if (!isPlainObject(reading)) return invalid(`${place} is ${describe(reading)}, not {timestamp, data}`);
    const timestamp = readDate(place, 'timestamp', reading['timestamp'], present);
    if (!timestamp.ok) return timestamp;
    const { data } = reading;
    if (!isPlainObject(data))
      return invalid(`${place}: its data is ${describe(data)}, not an object of signals`);
    const fields = Object.entries(data);
    if (fields.length === 0) return invalid(`${place} has no signal in its data`);
    count += fields.length;
    if (count > MOST_VALUES) return tooMany(count);
    const wrongName = findWrongName(fields);
    if (wrongName) return invalid(`${place}: ${wrongName.message}`);
    for (const [signal, value] of fields) {
      const parsed = readValue(signal, value);
      if (!parsed.ok) return invalid(`${place}: ${parsed.failure.message}`);
      const values = histories.get(signal) ?? [];
      histories.set(signal, values);
      values.push({ timestamp: timestamp.value, value: parsed.value });
    }
  }
  const signals = new Map([...histories].map(([signal, values]) => [signal, { values }]));
  return success({ kind: 'history', signals });
}

function readDate(place: string, name: string, date: unknown, present: Present): Result<number, PushFailure> {
  if (date === undefined || date === null || date === '') {
    return invalid(`${place} has no ${name}: a value of the past needs its time`);
  }
  const timestamp = parseTimestamp(date, present);
  return timestamp.ok ? timestamp : invalid(`${place}: its ${name} ${timestamp.failure.message}`);
}

function readValue(signal: string, value: unknown): Result<SignalValue, PushFailure> {
  if (typeof value === 'string' || typeof value === 'boolean') return success(value);
  if (typeof value === 'number' && Number.isFinite(value)) return success(value);
  return invalid(
    `Signal "${signal}" is ${describe(value)}, but Databoom takes numbers, texts, true and false`,
  );
}

function checkText(content: PushContent) {
  const characters = countCharacters(content);
  if (characters <= MOST_CHARACTERS) return undefined;
  const names = [...content.signals.keys()].slice(0, 5).map((signal) => `"${signal}"`);
  return invalid(
    `Signal ${names.join(', ')}: ${(characters / 1e6).toFixed(1)} million characters of text, but at most ${MOST_CHARACTERS / 1e6} million fit one message`,
  );
}

function lengthOf(value: SignalValue): number {
  return typeof value === 'string' ? value.length : 0;
}

function countCharacters(content: PushContent): number {
  let characters = 0;
  if (content.kind === 'current') {
    for (const [signal, value] of content.signals) characters += signal.length + lengthOf(value);
    return characters;
  }
  for (const [signal, { description = '', values }] of content.signals) {
    characters += description.length + signal.length * values.length;
    for (const { value } of values) characters += lengthOf(value);
  }
  return characters;
}

function tooMany(count: number) {
  return invalid(
    `msg.payload has ${count} values or more: at most ${MOST_VALUES} fit one message, so split it`,
  );
}

function invalid(message: string) {
  return failed<PushFailure>({ kind: 'invalid', message });
}
