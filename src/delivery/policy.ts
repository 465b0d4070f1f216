import type { LeaseLimits } from '../outbox';
import type { DeliveryFailure, DeliveryProblem } from './transport';

/** How a sender goes about it. */
export interface Policy {
  /** Requests under way at the same time while the service takes them. */
  readonly concurrent: number;
  /** Requests started per second, at most; Infinity is no limit. */
  readonly requestsPerSecond: number;
  /** The longest pause after a first failure, in milliseconds; it doubles with each further one. */
  readonly backoffBaseMs: number;
  /** The longest pause of all, in milliseconds. */
  readonly backoffCapMs: number;
  /** The pause after an answer that says that the configuration is wrong, in milliseconds. */
  readonly pausedMs: number;
  /** How long readings wait for this machine to learn the time while the service can be reached, in milliseconds. */
  readonly timeWaitMs: number;
  /** Items that one merged request holds, at most. */
  readonly merge: LeaseLimits;
}

/**
 * The defaults: 4 requests hide a server's latency and no server takes them for an attack; the pauses are those that
 * are usual for HTTP services; where a time server can be reached it takes a minute or two to set the clock; a merged
 * request is small enough to be put together in a few milliseconds, in which nothing else runs, and far below the
 * 16 MB that the station takes.
 */
export const DEFAULT_POLICY: Policy = {
  concurrent: 4,
  requestsPerSecond: Infinity,
  backoffBaseMs: 1000,
  backoffCapMs: 300_000,
  pausedMs: 300_000,
  timeWaitMs: 600_000,
  merge: { count: 500, bytes: 100_000 },
};

/**
 * What follows from a failed delivery.
 * - `later`: the item is right and so is the configuration: keep it, back off, try again.
 * - `pause`: the configuration is wrong, not the item: keep everything, and look again every few minutes.
 * - `refuse`: the item will never be taken as it is.
 */
export type Verdict = 'later' | 'pause' | 'refuse';

interface Meaning {
  readonly verdict: Verdict;
  /** Whether it may be this one item's fault: an answer to it may be, a connection that cannot be made is not. */
  readonly mayBeItem: boolean;
}

const MEANINGS: Readonly<Record<DeliveryProblem, Meaning>> = {
  // Nobody there, or the connection broke: passes by itself.
  offline: { verdict: 'later', mayBeItem: false },
  // Too slow now, or this item is too large for the connection.
  timeout: { verdict: 'later', mayBeItem: true },
  // 429: as asked.
  throttled: { verdict: 'later', mayBeItem: false },
  // 408, 425, 5xx: passes by itself, unless the service stumbles over this very item.
  unavailable: { verdict: 'later', mayBeItem: true },
  // Half an answer, or the login page of a network: passes by itself. Where the address is wrong, the longest back-off
  // is the pace of a pause anyway, and the reading may have been taken, so that it must not be refused.
  unreadable: { verdict: 'later', mayBeItem: true },
  // Too many before this one.
  busy: { verdict: 'later', mayBeItem: false },
  // By somebody else than the sender, which knows when it cancels.
  cancelled: { verdict: 'later', mayBeItem: false },
  // A certificate does not become trusted by trying, but a clock that is set makes it so: look again now and then.
  untrusted: { verdict: 'pause', mayBeItem: false },
  // 401, 403: a person has to correct the key. A service may also mean one item's sensor or device.
  unauthorised: { verdict: 'pause', mayBeItem: true },
  // 404: a person has to correct the address or the sensor.
  missing: { verdict: 'pause', mayBeItem: true },
  // A person has to complete the settings, or the proxy's.
  misconfigured: { verdict: 'pause', mayBeItem: false },
  // Another 4xx, or a redirect, which would lose the post.
  refused: { verdict: 'refuse', mayBeItem: true },
};

/** What a failed delivery means. */
export function meaningOf({ kind }: DeliveryFailure): Meaning {
  return MEANINGS[kind];
}

/**
 * The pause after a number of failures in a row, in milliseconds: exponential with full jitter, so that many machines
 * do not come back at the same moment (Brooker, "Exponential Backoff And Jitter").
 * @param failures at least 1
 * @param random from 0 up to 1
 */
export function backoffMs(
  failures: number,
  random: number,
  { backoffBaseMs, backoffCapMs }: Pick<Policy, 'backoffBaseMs' | 'backoffCapMs'>,
): number {
  return random * Math.min(backoffCapMs, backoffBaseMs * 2 ** (failures - 1));
}

/** The pause after a failed delivery, in milliseconds; what the service asks for (Retry-After) is its floor. */
export function delayMs(failure: DeliveryFailure, failures: number, random: number, policy: Policy): number {
  const isPause = meaningOf(failure).verdict === 'pause';
  const own = isPause ? policy.pausedMs : backoffMs(failures, random, policy);
  return Math.max(own, failure.retryAfterMs ?? 0);
}

/** Milliseconds between the starts of two requests, at least. */
export function spacingMs({ requestsPerSecond }: Pick<Policy, 'requestsPerSecond'>): number {
  return 1000 / requestsPerSecond;
}
