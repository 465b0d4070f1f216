import {
  checkReadingTime,
  parseTimestamp,
  readDateText,
  type Present,
  type TimestampFailure,
} from '../../clock';
import { describe, success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';

/** What the timestamps of readings are validated against. */
export interface StationPresent extends Present {
  /** Whether a time server has set this machine's clock: where it has not, the clock may be behind. */
  readonly isSynchronised: boolean;
}

/**
 * Validates a timestamp in milliseconds, as Senio has them.
 * @param what names it, as in `"timestamp"`
 */
export function checkTimestamp(
  what: string,
  value: number,
  present: StationPresent,
): Result<number, Refusal> {
  return refuseTime(what, parseTimestamp(value, present), present);
}

/**
 * Validates a date as Databoom documents it: what JavaScript's Date reads. Of that, these are decided here, so that no
 * value gets a wrong time:
 * - a time of day without an offset is refused: Date reads it in the time zone of this machine, which may not be the
 *   client's;
 * - a day alone is its beginning in UTC, as ECMAScript has it for `2018-03-23`: Databoom's own clock shows UTC;
 * - in two numbers with a slash the month comes first, as in Databoom's `04/23/2018`.
 * @param what names it, as in `"date"`
 */
export function checkDate(what: string, value: unknown, present: StationPresent): Result<number, Refusal> {
  if (typeof value === 'number') return checkTimestamp(what, value, present);
  const date = typeof value === 'string' ? readDateText(value) : undefined;
  if (!date) {
    const message = `${what} must be text like 2020-02-05T02:59:33.000+0000, and is ${describe(value)}.`;
    return refuse('invalid', message);
  }
  if (date.hasTimeOfDay && date.offset === undefined) {
    const message = `${what}: ${describe(value)} is the time of an unknown time zone: put Z or an offset like +0200 at its end.`;
    return refuse('invalid', message);
  }
  return refuseTime(what, checkReadingTime(date.written - (date.offset ?? 0), value, present), present);
}

/**
 * A time that is ahead of this machine's clock is refused for good only where that clock is known to be right; otherwise
 * the sender is to try again, because it may be the only one of the two that knows the time.
 */
function refuseTime(
  what: string,
  timestamp: Result<number, TimestampFailure>,
  { isSynchronised }: StationPresent,
): Result<number, Refusal> {
  if (timestamp.ok) return success(timestamp.value);
  const { kind, message } = timestamp.failure;
  if (kind === 'invalid') return refuse('invalid', `${what}: ${message}.`);
  return isSynchronised
    ? refuse('invalid', `${what}: ${message}, which a time server has set.`)
    : refuse(
        'behind',
        `${what}: ${message}, which no time server has set: it may be behind. Set it, or send it later.`,
      );
}
