/**
 * Timestamps: when a reading was taken, in milliseconds since 1970-01-01T00:00:00Z, possibly with a fraction.
 *
 * Whatever is not certainly a time is a failure, because a reading with a wrong time is a wrong reading.
 */
import { isDate } from 'node:util/types';
import { describe, failed, success, type Failure, type Result } from '../result';
import { readDateText } from './date-text';

/** 2000-01-01T00:00:00Z: an earlier time comes from a clock that was never set, or is in seconds. */
export const EARLIEST_TIMESTAMP = 946_684_800_000;

/** 2025-01-01T00:00:00Z: this package is newer, so a clock that shows an earlier time is not set. */
export const EARLIEST_PRESENT = 1_735_689_600_000;

/** 2100-01-01T00:00:00Z: a later time is in microseconds or nanoseconds. */
export const LATEST_TIMESTAMP = 4_102_444_800_000;

/** How far a timestamp may be ahead of this machine's clock, in milliseconds: a day. */
export const FURTHEST_AHEAD_MS = 86_400_000;

/** What a reading's time is checked against, in milliseconds. */
export interface Present {
  /** This machine's time. */
  readonly now: number;
  /** The latest that a reading's time can be. */
  readonly latest: number;
}

/** The present by a clock that is set. */
export function presentAt(now: number): Present {
  return { now, latest: now + FURTHEST_AHEAD_MS };
}

/**
 * A timestamp that cannot be used; the message says what was seen.
 * - `ahead`: it is later than it can be by this machine's clock, which may be behind.
 * - `invalid`: it is wrong whatever the clock says.
 */
export type TimestampFailure = Failure<'invalid' | 'ahead'>;

/**
 * What 03/04/2018 is: `unclear` where half of the world has the day first, or `month first` where a service documents
 * that, and JavaScript's Date reads it so.
 */
export type SlashedDates = 'unclear' | 'month first';

/**
 * Reads a timestamp.
 * @param value milliseconds as a number, a Date, or text as `readDateText` reads it: a day alone is midnight UTC, a time
 *   without an offset is this machine's local time. Two numbers with a slash are no time where that is unclear.
 * @returns milliseconds, with a fraction where `value` had one
 */
export function parseTimestamp(
  value: unknown,
  present: Present,
  slashed: SlashedDates = 'unclear',
): Result<number, TimestampFailure> {
  const timestamp = millisecondsOf(value, slashed);
  if (timestamp === undefined || !Number.isFinite(timestamp)) {
    return invalid(
      `${describe(value)} is not a time: give milliseconds since 1970, a Date, or text like 2026-05-01T12:00:00Z${hintOfText(value)}`,
    );
  }
  return checkReadingTime(timestamp, value, present);
}

/**
 * Checks that a time can be that of a reading.
 * @param timestamp in milliseconds
 * @param value what it was read from, for the message
 */
export function checkReadingTime(
  timestamp: number,
  value: unknown,
  { now, latest }: Present,
): Result<number, TimestampFailure> {
  if (timestamp < EARLIEST_TIMESTAMP) {
    const inSeconds = timestamp * 1000 >= EARLIEST_TIMESTAMP && timestamp * 1000 <= latest;
    const hint = inSeconds ? ': it looks like seconds, and milliseconds are needed' : '';
    return invalid(`${describe(value)} is before the year 2000${hint}`);
  }
  if (timestamp > latest) {
    const kind = timestamp < LATEST_TIMESTAMP ? 'ahead' : 'invalid';
    const message = `${describe(value)} is more than a day ahead of this machine's clock (${new Date(now).toISOString()})`;
    return failed<TimestampFailure>({ kind, message });
  }
  if (timestamp >= LATEST_TIMESTAMP) {
    return invalid(`${describe(value)} is after the year 2099: milliseconds since 1970 are needed`);
  }
  return success(timestamp);
}

/**
 * The timestamp of a message: its own if it has one, or else this machine's time.
 * @param value `msg.timestamp`; `undefined` or `null` if the message has none
 */
export function timestampOfMessage(value: unknown, present: Present): Result<number, Failure<'invalid'>> {
  const { now } = present;
  if (value === undefined || value === null) {
    if (now >= EARLIEST_TIMESTAMP) return success(now);
    return invalid(
      `This machine's clock is not set (${new Date(now).toISOString()}), so the time of the reading is unknown: wait until it is, or give msg.timestamp`,
    );
  }
  const timestamp = parseTimestamp(value, present);
  return timestamp.ok ? timestamp : invalid(`msg.timestamp ${timestamp.failure.message}`);
}

function invalid(message: string) {
  return failed<Failure<'invalid'>>({ kind: 'invalid', message });
}

/** What a number in text may have been meant for; '' where the value is none. */
function hintOfText(value: unknown): string {
  if (typeof value !== 'string') return '';
  if (readDateText(value)?.isMonthFirst) return '. Which of its two numbers is the month, nobody can know';
  const number = readDigits(value);
  if (number === undefined) return '';
  if (isInRange(number * 1000))
    return `. It looks like seconds in a text: in milliseconds that is the number ${number * 1000}`;
  return isInRange(number) ? '. It looks like milliseconds in a text: give the number' : '';
}

/** The number of a text that has one that may count from 1970 in some unit: 9 digits or more, no sign, no exponent. */
export function readDigits(text: string): number | undefined {
  const trimmed = text.length < 40 ? text.trim() : '';
  return /^\d{9,19}(?:\.\d{1,9})?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/** Whether milliseconds since 1970 are in the years from 2000 to 2099. */
export function isInRange(timestamp: number): boolean {
  return timestamp >= EARLIEST_TIMESTAMP && timestamp < LATEST_TIMESTAMP;
}

function millisecondsOf(value: unknown, slashed: SlashedDates): number | undefined {
  if (typeof value === 'number') return value;
  if (isDate(value)) return value.getTime();
  return typeof value === 'string' ? millisecondsOfText(value, slashed) : undefined;
}

/** @returns undefined also where the text may mean another day to whoever wrote it */
function millisecondsOfText(text: string, slashed: SlashedDates): number | undefined {
  const date = readDateText(text);
  if (!date || (date.isMonthFirst && slashed === 'unclear')) return undefined;
  if (date.offset !== undefined || !date.hasTimeOfDay) return date.written - (date.offset ?? 0);
  const whole = new Date(Math.floor(date.written));
  const day = [whole.getUTCFullYear(), whole.getUTCMonth(), whole.getUTCDate()] as const;
  const time = [whole.getUTCHours(), whole.getUTCMinutes(), whole.getUTCSeconds()] as const;
  return new Date(...day, ...time).getTime() + (date.written % 1000);
}
