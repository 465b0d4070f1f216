/** What the dates in an answer's headers say: when to come back, and what time it is at the server. */

import type { AheadBounds } from '../clock';

/** More is not believed: a mistaken server would stop a queue for days, and the readings are the user's. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Retry-After as milliseconds from `now`: seconds, also with a fraction as some servers send them, or an HTTP date (RFC
 * 9110, 10.2.3); at most an hour.
 */
export function parseRetryAfter(
  { retryAfter, date }: { readonly retryAfter: string; readonly date: string },
  now: number,
): number | undefined {
  const answeredAt = parseHttpDate(date);
  const from = Number.isNaN(answeredAt) ? now : answeredAt;
  const milliseconds = /^\d+(?:\.\d+)?$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : parseHttpDate(retryAfter) - from;
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(milliseconds, 0), LONGEST_RETRY_AFTER_MS);
}

/** Milliseconds since 1970; NaN for what is no date of HTTP (RFC 9110, 5.6.7). */
function parseHttpDate(text: string): number {
  // `Date.parse` makes a date of almost any text with a number in it; one of HTTP ends in GMT.
  return text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
}

/** When a request was sent and its answer was there, by this machine's clock, in milliseconds. */
export interface AttemptTimes {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** A date of HTTP is in whole seconds. */
const DATE_SPAN_MS = 999;

/** What a server's Date says of its clock; undefined without one, or where this machine's was set meanwhile. */
export function aheadBoundsOf(date: string, { sentAt, answeredAt }: AttemptTimes): AheadBounds | undefined {
  const writtenAt = parseHttpDate(date);
  if (Number.isNaN(writtenAt) || answeredAt < sentAt) return undefined;
  return { leastMs: writtenAt - answeredAt, mostMs: writtenAt + DATE_SPAN_MS - sentAt };
}

/**
 * How far a server's clock is ahead of this machine's at least, in milliseconds (negative: behind): nothing, where its
 * Date can have been written between the request and the answer; undefined without a Date.
 */
export function aheadOf(date: string, times: AttemptTimes): number | undefined {
  const bounds = aheadBoundsOf(date, times);
  return bounds && (bounds.leastMs > 0 ? bounds.leastMs : Math.min(0, bounds.mostMs));
}
