import type { DeliveryFailure, DeliveryProblem } from './transport';

/** How a sender goes about it. */
export interface Policy {
  /** Requests under way at the same time while the service takes them. */
  readonly concurrent: number;
  /** Requests started per second, at most; Infinity is no limit. */
  readonly requestsPerSecond: number;
  /** The longest pause of the circuit after a first failure, in milliseconds; it doubles with each further one. */
  readonly backoffBaseMs: number;
  /** The longest pause of the circuit, in milliseconds. */
  readonly backoffCapMs: number;
  /** The pause of a lane, or of one item alone, after a first failure, in milliseconds; it doubles with each further one. */
  readonly laneBaseMs: number;
  /** The longest pause of a lane or of one item that is not asked for, but for the jitter, in milliseconds. */
  readonly laneCapMs: number;
  /** The pause after an answer that says that the configuration is wrong, in milliseconds. */
  readonly pausedMs: number;
  /** The longest wait that a service may ask for (Retry-After), in milliseconds. */
  readonly retryAfterCapMs: number;
  /**
   * How long readings wait for this machine to learn the time while the service can be reached, in milliseconds; where it
   * shows them meanwhile, see time-gate.ts.
   */
  readonly timeWaitMs: number;
  /** What one merged request holds, at most. */
  readonly batch: { readonly count: number; readonly bytes: number };
}

/**
 * The defaults: 4 requests hide a server's latency and no server takes them for an attack; the pauses are those that
 * are usual for HTTP services; a lane that never works costs 11 requests in its first hour, and 6 in each later one;
 * where a time server can be reached it takes a minute or two to set the clock; a merged request is small enough to be
 * put together in a few milliseconds, in which nothing else runs, and far below the 16 MB that the station takes.
 */
export const DEFAULT_POLICY: Policy = {
  concurrent: 4,
  requestsPerSecond: Infinity,
  backoffBaseMs: 1000,
  backoffCapMs: 300_000,
  laneBaseMs: 5000,
  laneCapMs: 600_000,
  pausedMs: 300_000,
  retryAfterCapMs: 3_600_000,
  timeWaitMs: 600_000,
  batch: { count: 500, bytes: 100_000 },
};

/**
 * Whom a failed delivery concerns.
 * - `account`: no request gets through, whatever it carries: the circuit opens.
 * - `lane`: an answer, which may concern the lane, or the account where other lanes get it too.
 * - `item`: the item will never be taken as it is: it is refused.
 */
export type Scope = 'account' | 'lane' | 'item';

interface Meaning {
  readonly scope: Scope;
  /** Whether a person has to correct something: then it is looked at again every few minutes, instead of ever less often. */
  readonly needsPerson: boolean;
  /** Whether one item alone may be what the service stumbles over, though nothing says so. */
  readonly mayBeItem: boolean;
}

const MEANINGS: Readonly<Record<DeliveryProblem, Meaning>> = {
  // Nobody there, or the connection broke: passes by itself.
  offline: { scope: 'account', needsPerson: false, mayBeItem: false },
  // Too slow now, or this item is too large for the connection.
  timeout: { scope: 'lane', needsPerson: false, mayBeItem: true },
  // 429: as asked.
  throttled: { scope: 'lane', needsPerson: false, mayBeItem: false },
  // 408, 425, 5xx: passes by itself, unless the service stumbles over this very item.
  unavailable: { scope: 'lane', needsPerson: false, mayBeItem: true },
  // Half an answer, or the login page of a network: passes by itself. Where the address is wrong, the longest back-off
  // is the pace of a pause anyway, and the reading may have been taken, so that it must not be refused.
  unreadable: { scope: 'lane', needsPerson: false, mayBeItem: true },
  // Too many before this one.
  busy: { scope: 'account', needsPerson: false, mayBeItem: false },
  // By somebody else than the sender, which knows when it cancels.
  cancelled: { scope: 'account', needsPerson: false, mayBeItem: false },
  // A certificate does not become trusted by trying, but a clock that is set makes it so: look again now and then.
  untrusted: { scope: 'account', needsPerson: true, mayBeItem: false },
  // Passes once this machine knows the time.
  untimely: { scope: 'account', needsPerson: false, mayBeItem: false },
  // 401, 403: a person has to correct the key, or this device's rights.
  unauthorised: { scope: 'lane', needsPerson: true, mayBeItem: false },
  // 404: a person has to correct the address, or add this device.
  missing: { scope: 'lane', needsPerson: true, mayBeItem: false },
  // A redirect, 405 and the like: a person has to correct the address, or to log in to the network.
  misdirected: { scope: 'lane', needsPerson: true, mayBeItem: false },
  // A person has to complete the settings, or the proxy's.
  misconfigured: { scope: 'account', needsPerson: true, mayBeItem: false },
  // Another 4xx.
  refused: { scope: 'item', needsPerson: false, mayBeItem: true },
};

/** What a failed delivery means. */
export function meaningOf({ kind }: DeliveryFailure): Meaning {
  return MEANINGS[kind];
}

/** After these the service may have the item, as where its answer was lost, or came from a gateway. */
const MAY_BE_TAKEN: ReadonlySet<DeliveryProblem> = new Set([
  'offline',
  'timeout',
  'unavailable',
  'unreadable',
  'cancelled',
]);

/** Answers by which a server says itself that it did not take it: too late, too early, not now. */
const NOT_TAKEN: ReadonlySet<number> = new Set([408, 425, 503]);

/** Whether the service may have taken what failed. */
export function mayBeTaken({ kind, isUnsent, statusCode = 0 }: DeliveryFailure): boolean {
  return isUnsent !== true && MAY_BE_TAKEN.has(kind) && !NOT_TAKEN.has(statusCode);
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

/**
 * The pause of the circuit after a failed delivery, in milliseconds; what the service asks for (Retry-After) is its
 * floor.
 */
export function delayMs(failure: DeliveryFailure, failures: number, random: number, policy: Policy): number {
  const own = meaningOf(failure).needsPerson ? policy.pausedMs : backoffMs(failures, random, policy);
  return Math.max(own, retryAfterMs(failure, policy));
}

/** How long something is left alone that failed, in milliseconds. */
export interface Pause {
  /** By the number of its failures in a row. */
  readonly delayMs: (failures: number) => number;
  /** How much of that the service asks for (Retry-After). */
  readonly askedMs: number;
}

/** At most so much longer, so that lanes that failed together do not come back together. */
const LANE_JITTER = 0.1;

/**
 * The pause of a lane, or of one item that the service stumbles over, after a number of failures in a row, in
 * milliseconds.
 * @param failures at least 1
 * @param random from 0 up to 1
 */
export function laneDelayMs(
  failure: DeliveryFailure,
  failures: number,
  random: number,
  policy: Policy,
): number {
  const growing =
    Math.min(policy.laneCapMs, policy.laneBaseMs * 2 ** (failures - 1)) * (1 + LANE_JITTER * random);
  const own = meaningOf(failure).needsPerson ? Math.max(policy.pausedMs, growing) : growing;
  return Math.max(own, retryAfterMs(failure, policy));
}

/** What the service asks for, as far as it is believed, in milliseconds; 0 where it asks for nothing. */
export function retryAfterMs(
  failure: DeliveryFailure,
  { retryAfterCapMs }: Pick<Policy, 'retryAfterCapMs'>,
): number {
  return Math.min(failure.retryAfterMs ?? 0, retryAfterCapMs);
}

/** Milliseconds between the starts of two requests, at least. */
export function spacingMs({ requestsPerSecond }: Pick<Policy, 'requestsPerSecond'>): number {
  return 1000 / requestsPerSecond;
}
