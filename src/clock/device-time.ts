import { isDate } from 'node:util/types';
import { describe, failed, success, type Result } from '../result';
import { readDateText } from './date-text';
import {
  EARLIEST_PRESENT,
  FURTHEST_AHEAD_MS,
  isInRange,
  parseTimestamp,
  readDigits,
  type Present,
  type TimestampFailure,
} from './timestamp';

/**
 * What a device says of when it took its values.
 * - a number: then, in milliseconds since 1970.
 * - `arrival`: it says too little to be better than the time at which its message came.
 * - undefined: nothing, the value is no time.
 */
export type DeviceTime = number | 'arrival' | undefined;

/** Units in which a number may count since 1970, in milliseconds. Their values from 2000 to 2099 do not overlap. */
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['seconds', 1000],
  ['milliseconds', 1],
  ['microseconds', 1e-3],
  ['nanoseconds', 1e-6],
];

/** How far from now a number of another unit than milliseconds may be: what counts something else is there by chance. */
const FURTHEST_FROM_NOW_MS = 86_400_000;

/**
 * How long a message may be on its way if its time without an offset is to be this machine's: below half of 15 minutes, by
 * which time zones differ.
 */
const LONGEST_WAY_MS = 7 * 60_000;

/**
 * Reads the time that a device has put beside its values.
 *
 * Milliseconds, Dates and text with an offset are read as `parseTimestamp` reads them. A number in seconds, microseconds
 * or nanoseconds is read where that gives a time within a day of now. Text without an offset is the time of the device's
 * time zone, which nobody knows: it is read where it agrees with this machine's local time. All other times are failures.
 */
export function readDeviceTime(value: unknown, present: Present): Result<DeviceTime, TimestampFailure> {
  if (typeof value === 'number') return readNumber(value, present);
  if (typeof value === 'string') return readText(value, present);
  return isDate(value) ? parseTimestamp(value, present) : success(undefined);
}

function readNumber(value: number, present: Present): Result<DeviceTime, TimestampFailure> {
  const unit = unitOf(value);
  if (!unit) return success(undefined);
  const [name, ms] = unit;
  if (ms === 1) return parseTimestamp(value, present);
  const timestamp = value * ms;
  if (isNearNow(timestamp, present)) return success(timestamp);
  return unclear(
    `${describe(value)} may be ${name} since 1970 (${new Date(timestamp).toISOString()}), which is more than a day from now: give milliseconds, or another name to a value that is no time`,
  );
}

function isNearNow(timestamp: number, { now, latest }: Present): boolean {
  // A clock that is not set cannot tell what is near.
  if (!isClockKnown({ latest })) return timestamp >= EARLIEST_PRESENT;
  return timestamp >= now - FURTHEST_FROM_NOW_MS && timestamp <= now + FURTHEST_AHEAD_MS;
}

function isClockKnown({ latest }: Pick<Present, 'latest'>): boolean {
  return Number.isFinite(latest);
}

function readText(text: string, present: Present): Result<DeviceTime, TimestampFailure> {
  const date = readDateText(text);
  if (!date) {
    const number = readDigits(text);
    return number !== undefined && unitOf(number) ? parseTimestamp(text, present) : success(undefined);
  }
  const isLocal = date.offset === undefined && date.hasTimeOfDay && !date.isMonthFirst;
  if (!isLocal) return parseTimestamp(text, present);
  if (!isClockKnown(present)) return success('arrival');
  const timestamp = parseTimestamp(text, present);
  if (!timestamp.ok || Math.abs(timestamp.value - present.now) <= LONGEST_WAY_MS) return timestamp;
  return unclear(
    `${describe(text)} has no offset, and is not the time of this machine (${new Date(present.now).toString()}): set the clock or the time zone of the device, have it write an offset such as Z or +0200, or delete that field where the reading is of now`,
  );
}

/** The unit in which a number may be a time. */
function unitOf(value: number) {
  return UNITS.find(([, ms]) => isInRange(value * ms));
}

function unclear(message: string) {
  return failed<TimestampFailure>({ kind: 'invalid', message });
}
