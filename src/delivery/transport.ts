import type { Failure, Result } from '../result';

/**
 * Why an item was not delivered.
 * - `offline`: no connection could be made, or it broke.
 * - `untrusted`: the server's certificate is not one that this machine trusts.
 * - `timeout`: no complete answer in time.
 * - `throttled`: the service asks to slow down (429).
 * - `unavailable`: the service cannot take it now (408, 425, 5xx).
 * - `unreadable`: there was an answer, but not one that this service gives (no JSON where JSON is promised, too large).
 * - `unauthorised`: the key or token was refused (401, 403).
 * - `missing`: the service does not know this address or sensor (404).
 * - `refused`: the service refuses this item (another 4xx, or a redirect).
 * - `misconfigured`: it cannot even be tried: the destination's own settings are incomplete or wrong.
 * - `busy`: too many items are waiting already.
 * - `cancelled`: the node was stopped meanwhile.
 */
export type DeliveryProblem =
  | 'offline'
  | 'untrusted'
  | 'timeout'
  | 'throttled'
  | 'unavailable'
  | 'unreadable'
  | 'unauthorised'
  | 'missing'
  | 'refused'
  | 'misconfigured'
  | 'busy'
  | 'cancelled';

/** What an answer tells of the service's clock. */
export interface ServiceTime {
  /** How far, at least, the service's clock is ahead of this machine's, in milliseconds; absent where it does not say. */
  readonly aheadMs?: number;
}

/** A delivery that failed; `statusCode`, `retryAfterMs` and `aheadMs` where an answer carried them. */
export interface DeliveryFailure extends Failure<DeliveryProblem>, ServiceTime {
  readonly statusCode?: number;
  /** The service's own wish, in milliseconds from now, as an answer's Retry-After gives it. */
  readonly retryAfterMs?: number;
}

/** What the service answered to an item that it accepted. */
export interface Acceptance extends ServiceTime {
  readonly statusCode: number;
  /** The answer's body: decoded JSON, or text, or an empty string where there was none. */
  readonly answer: unknown;
}

/** One way to reach one destination. Never throws and never rejects; `signal` ends it early as `cancelled`. */
export interface Transport<Item> {
  deliver(item: Item, signal: AbortSignal): Promise<Result<Acceptance, DeliveryFailure>>;
  /** Whether the service can be reached now, asked without sending it anything; where this is missing, it always can. */
  readonly reach?: (signal: AbortSignal) => Promise<boolean>;
}
