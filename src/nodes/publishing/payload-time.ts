/** Where a payload tells when its values were taken. */
import { isDate } from 'node:util/types';
import {
  parseTimestamp,
  readDeviceTime,
  type DeviceTime,
  type Present,
  type TimestampFailure,
} from '../../clock';
import { isPlainObject } from '../../fields';
import type { Result } from '../../result';

/** A time in a payload. */
export interface PayloadTime {
  /** The field that has it. */
  readonly name: string;
  readonly value: unknown;
  /** The payload without it. */
  readonly values: unknown;
  /** Whether the payload is a time and values beside each other, `{timestamp, data}`, so that it is no object of values. */
  readonly isMeasurement: boolean;
  /** Reads the time; undefined where the field is a value all the same. */
  readonly read: (present: Present) => Result<DeviceTime, TimestampFailure>;
}

/** The fields that tell a time, the first before the others; those of the second list only where they hold one. */
const TIMES = ['timestamp', 'Timestamp'];
const POSSIBLE_TIMES = ['time', 'Time'];

/** What may stand beside `timestamp` and `data`: Senio answers with tags. */
const NAMES_OF_MEASUREMENT: ReadonlySet<string> = new Set([...TIMES, ...POSSIBLE_TIMES, 'data', 'tags']);

/**
 * Finds the time in a payload: of `{timestamp, data: {…}}`, which is the services' own form, or of a field `timestamp` or
 * `time` beside values. Undefined where there is none.
 */
export function findPayloadTime(payload: unknown): PayloadTime | undefined {
  if (!isPlainObject(payload)) return undefined;
  const told = [...TIMES, ...POSSIBLE_TIMES].map((each) => ({ name: each, value: fieldOf(payload, each) }));
  const time = told.find(({ value }) => mayBeTime(value));
  if (!time) return undefined;
  const { name, value } = time;
  const data = fieldOf(payload, 'data');
  const names = Object.keys(payload);
  if (isPlainObject(data) && names.every((each) => NAMES_OF_MEASUREMENT.has(each))) {
    return {
      name,
      value,
      values: data,
      isMeasurement: true,
      read: (present) => parseTimestamp(value, present),
    };
  }
  // Alone it is the value that is to be published.
  if (names.length === 1) return undefined;
  const values = pick(
    payload,
    names.filter((each) => each !== name),
  );
  return { name, value, values, isMeasurement: false, read: (present) => readField(name, value, present) };
}

/** A field of a payload; undefined also where it cannot be read, which is told when it is read as a value. */
function fieldOf(payload: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return Object.hasOwn(payload, name) ? payload[name] : undefined;
  } catch {
    return undefined;
  }
}

function mayBeTime(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string' || isDate(value);
}

/** Some fields of a payload, each read when it is needed: a getter may throw, and then that field alone is wrong. */
function pick(payload: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  const picked = {};
  for (const name of names)
    Object.defineProperty(picked, name, { enumerable: true, get: () => payload[name] });
  return picked;
}

function readField(name: string, value: unknown, present: Present): Result<DeviceTime, TimestampFailure> {
  const time = readDeviceTime(value, present);
  const isNone = time.ok && time.value === undefined;
  return isNone && TIMES.includes(name) ? parseTimestamp(value, present) : time;
}
