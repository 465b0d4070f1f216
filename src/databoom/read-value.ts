/** Values and times as Databoom's API gives them back. */
import { EARLIEST_TIMESTAMP, LATEST_TIMESTAMP, readDateText } from '../clock';
import type { SignalValue } from './push';

/** A value that a signal can have; undefined for `null` and what is none. */
export function readBackValue(value: unknown): SignalValue | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON may write a number that is too large for any.
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/**
 * A date as milliseconds since 1970; undefined where it may be another time to whoever wrote it (a time of day without
 * an offset, a month before the day in numbers), and outside of the years 2000 to 2099.
 */
export function readBackDate(value: unknown): number | undefined {
  const date = typeof value === 'string' ? readDateText(value) : undefined;
  if (!date || date.isMonthFirst || (date.hasTimeOfDay && date.offset === undefined)) return undefined;
  const timestamp = date.written - (date.offset ?? 0);
  return timestamp >= EARLIEST_TIMESTAMP && timestamp < LATEST_TIMESTAMP ? timestamp : undefined;
}
