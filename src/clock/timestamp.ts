/**
 * Timestamps: when a reading was taken, in milliseconds since 1970-01-01T00:00:00Z, possibly with a fraction.
 *
 * Whatever is not certainly a time is a failure, because a reading with a wrong time is a wrong reading.
 */
import { isDate } from 'node:util/types';
import { describe, failed, success, type Failure, type Result } from '../result';

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
 * Reads a timestamp.
 * @param value milliseconds as a number, a Date, or ISO 8601 text (a date alone is midnight UTC, a time without an
 *   offset is this machine's local time: both as ECMAScript defines them)
 * @returns milliseconds, with a fraction where `value` had one
 */
export function parseTimestamp(value: unknown, { now, latest }: Present): Result<number, TimestampFailure> {
  const timestamp = millisecondsOf(value);
  if (timestamp === undefined || !Number.isFinite(timestamp)) {
    return invalid(
      `${describe(value)} is not a time: give milliseconds since 1970, a Date, or text like 2026-05-01T12:00:00Z`,
    );
  }
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

function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (isDate(value)) return value.getTime();
  if (typeof value === 'string') return isoMilliseconds(value);
  return undefined;
}

const LONGEST_ISO_TEXT = 50;
// Years start with 1000, because `Date.UTC` adds 1900 to a year below 100.
const ISO_DATE = String.raw`(?<year>[1-9]\d{3})-(?<month>\d\d)-(?<day>\d\d)`;
const ISO_TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?`;
const ISO_OFFSET = String.raw`(?<offset>Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)`;
const ISO = new RegExp(`^${ISO_DATE}(?:[T ]${ISO_TIME}${ISO_OFFSET}?)?$`, 'i');

function isoMilliseconds(text: string): number | undefined {
  const parts = text.length <= LONGEST_ISO_TEXT ? ISO.exec(text.trim())?.groups : undefined;
  if (!parts) return undefined;
  const field = (name: string) => Number(parts[name] ?? 0);
  const date = [field('year'), field('month') - 1, field('day')] as const;
  const time = [field('hour'), field('minute'), field('second')] as const;
  if (!isCalendarDate(...date) || time[0] > 23 || time[1] > 59 || time[2] > 59) return undefined;

  const fraction = Number((parts['fraction'] ?? '').padEnd(9, '0')) / 1e6;
  const isLocal = parts['hour'] !== undefined && parts['offset'] === undefined;
  if (isLocal) return new Date(...date, ...time).getTime() + fraction;
  return Date.UTC(...date, ...time) - offsetMilliseconds(parts['offset'] ?? 'Z') + fraction;
}

function isCalendarDate(year: number, monthIndex: number, day: number): boolean {
  const date = new Date(Date.UTC(year, monthIndex, day));
  return date.getUTCMonth() === monthIndex && date.getUTCDate() === day;
}

function offsetMilliseconds(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
