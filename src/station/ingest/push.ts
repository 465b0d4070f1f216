/** A Databoom push: validated as a whole, then recorded as a whole, over HTTP and inside the process alike. */
import { isPlainObject } from '../../fields';
import { describe, success, type Result } from '../../result';
import { checkName, refuse, type Refusal } from '../protocol';
import { readMeta } from './meta';
import { checkDate, type StationPresent } from './timestamps';
import { MAX_FIELDS_PER_SOURCE, type FieldMeta, type NewColumn } from '../store';
import type { Scalar } from '../vocabulary';
import { MAX_DEVICES_PER_PUSH, MAX_VALUES_PER_PUSH } from './limits';
import type { Recorder } from './recorder';
import { checkScalar } from './values';

/** What the station answers to a push: how many values it held. Databoom itself promises a 2xx only. */
export interface PushAnswer {
  readonly accepted: number;
}

interface Value {
  readonly device: string;
  readonly signal: string;
  readonly timestamp: number;
  readonly value: Scalar;
  readonly meta: FieldMeta;
}

/**
 * Validates and records a push, all or nothing.
 * @param body decoded JSON in one of the documented forms: current values, history, template
 * @param unique the unique value of the address, which the template form needs and the others must not have
 */
export async function ingestPush(
  recorder: Recorder,
  body: unknown,
  unique: string | undefined,
): Promise<Result<PushAnswer, Refusal>> {
  const values = readPush(recorder.present(), body, unique);
  if (!values.ok) return values;
  const recorded = await recorder.record(columnsOf(values.value), []);
  return recorded.ok ? success({ accepted: values.value.length }) : recorded;
}

/** What a push would record; nothing where it would be refused. */
export function columnsOfPush(
  present: StationPresent,
  body: unknown,
  unique: string | undefined,
): readonly NewColumn[] {
  const values = readPush(present, body, unique);
  return values.ok ? columnsOf(values.value) : [];
}

/** Validates a push. A value without a date gets the time at which it was received. */
function readPush(
  present: StationPresent,
  body: unknown,
  unique: string | undefined,
): Result<readonly Value[], Refusal> {
  const reader = new PushReader(present);
  const read = unique === undefined ? reader.readDevice(body) : reader.readTemplates(body, unique);
  if (!read.ok) return read;
  return reader.values.length > 0 ? success(reader.values) : refuse('invalid', 'The push has no values.');
}

/** Groups values by device, signal and kind. */
function columnsOf(values: readonly Value[]): readonly NewColumn[] {
  const groups = new Map<string, Value[]>();
  for (const each of values) {
    const key = JSON.stringify([each.device, each.signal, typeof each.value]);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return [...groups.values()].map(columnOf);
}

/** @param values at least one, all of one kind */
function columnOf(values: readonly Value[]): NewColumn {
  const { device = '', signal = '', value: first, meta = {} } = values[0] ?? {};
  const times = values.map(({ timestamp }) => timestamp);
  const said = Object.keys(meta).length > 0 ? { meta } : {};
  const id = { kind: 'device', name: device, field: signal, times, ...said } as const;
  if (typeof first === 'string')
    return { ...id, type: 'text', values: values.map(({ value }) => String(value)) };
  const type = typeof first === 'boolean' ? 'boolean' : 'number';
  return { ...id, type, values: values.map(({ value }) => Number(value)) };
}

type Reading = Result<unknown, Refusal>;

const DONE: Reading = success(undefined);

/** Reads each element with `read` up to the first that is refused. */
function forEach<Element>(elements: readonly Element[], read: (element: Element) => Reading): Reading {
  for (const element of elements) {
    const reading = read(element);
    if (!reading.ok) return reading;
  }
  return DONE;
}

/** Validates the parts of one push and collects its values. */
class PushReader {
  readonly values: Value[] = [];
  readonly #present: StationPresent;

  constructor(present: StationPresent) {
    this.#present = present;
  }

  readDevice(body: unknown): Reading {
    if (!isPlainObject(body))
      return refuse('invalid', `The body must be an object, and is ${describe(body)}.`);
    if (body['device'] === undefined && body['message'] !== undefined) {
      return refuse('invalid', 'A push with "message" needs a unique value at the end of its address.');
    }
    const device = checkName('"device"', body['device']);
    return device.ok ? this.#readSignals(device.value, body) : device;
  }

  readTemplates(body: unknown, unique: string): Reading {
    if (!isPlainObject(body) || body['type'] !== 'data' || !Array.isArray(body['message'])) {
      return refuse(
        'invalid',
        'A push with a unique value in its address must be {"type":"data","message":[{"template":…,"signals":[…]}]}.',
      );
    }
    const message: readonly unknown[] = body['message'];
    if (message.length > MAX_DEVICES_PER_PUSH) {
      return refuse('invalid', `"message" holds more than ${MAX_DEVICES_PER_PUSH} devices.`);
    }
    return forEach(message, (entry) => {
      if (!isPlainObject(entry))
        return refuse('invalid', `"message" holds ${describe(entry)} where a device belongs.`);
      const template = checkName('"template"', entry['template']);
      if (!template.ok) return template;
      const device = checkName('The device', `${template.value}-${unique}`);
      return device.ok ? this.#readSignals(device.value, entry) : device;
    });
  }

  #readSignals(device: string, { date, signals }: Readonly<Record<string, unknown>>): Reading {
    const timestamp =
      date === undefined ? success(this.#present.now) : checkDate('"date"', date, this.#present);
    if (!timestamp.ok) return timestamp;
    const isList = Array.isArray(signals);
    if (!isList && !isPlainObject(signals)) {
      return refuse('invalid', `"signals" must be an array or an object, and is ${describe(signals)}.`);
    }
    if ((isList ? signals : Object.keys(signals)).length > MAX_FIELDS_PER_SOURCE) {
      return refuse('invalid', `"signals" holds more than ${MAX_FIELDS_PER_SOURCE} signals of one device.`);
    }
    if (isList) return this.#readCurrent(device, signals, timestamp.value);
    return forEach(Object.entries(signals), ([signal, entry]) => this.#readHistory(device, signal, entry));
  }

  #readCurrent(device: string, signals: readonly unknown[], timestamp: number): Reading {
    const seen = new Set<string>();
    return forEach(signals, (entry) => {
      if (!isPlainObject(entry))
        return refuse('invalid', `"signals" holds ${describe(entry)} where a signal belongs.`);
      const signal = checkName('The signal name', entry['name']);
      if (!signal.ok) return signal;
      if (seen.has(signal.value))
        return refuse('invalid', `Signal ${describe(signal.value)} is there twice.`);
      seen.add(signal.value);
      const meta = readMeta(entry['meta']);
      return this.#add({ device, signal: signal.value, timestamp, meta }, entry['value']);
    });
  }

  #readHistory(device: string, signal: string, entry: unknown): Reading {
    const name = checkName('The signal name', signal);
    if (!name.ok) return name;
    const what = `Signal ${describe(signal)}`;
    if (!isPlainObject(entry) || !Array.isArray(entry['history'])) {
      return refuse('invalid', `${what} must be {"history":[{"date":…,"value":…}]}.`);
    }
    const history: readonly unknown[] = entry['history'];
    const meta = readMeta(entry);
    return forEach(history, (item) => {
      if (!isPlainObject(item)) return refuse('invalid', `${what}: its history holds ${describe(item)}.`);
      const timestamp = checkDate(`${what}: "date"`, item['date'], this.#present);
      return timestamp.ok
        ? this.#add({ device, signal, timestamp: timestamp.value, meta }, item['value'])
        : timestamp;
    });
  }

  #add(place: Omit<Value, 'value'>, value: unknown): Reading {
    const checked = checkScalar(`Signal ${describe(place.signal)}`, value);
    if (!checked.ok) return checked;
    this.values.push({ ...place, value: checked.value });
    if (this.values.length <= MAX_VALUES_PER_PUSH) return DONE;
    return refuse('invalid', `The push holds more than ${MAX_VALUES_PER_PUSH} values.`);
  }
}
