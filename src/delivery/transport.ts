import type { Failure, RequestProblem, Result } from '../result';

/** Why an item was not delivered: its request failed, or (`busy`) too many items are waiting for one already. */
export type DeliveryProblem = RequestProblem | 'busy';

/** What an answer tells of the service's clock. */
export interface ServiceTime {
  /** How far, at least, the service's clock is ahead of this machine's, in milliseconds; absent where it does not say. */
  readonly aheadMs?: number;
}

/** A delivery that failed; `statusCode`, `retryAfterMs` and `aheadMs` where an answer carried them. */
export interface DeliveryFailure extends Failure<DeliveryProblem>, ServiceTime {
  readonly statusCode?: number;
  /** Nothing of the request was sent: there was no connection. */
  readonly isUnsent?: true;
  /** The service's own wish, in milliseconds from now, as an answer's Retry-After gives it. */
  readonly retryAfterMs?: number;
}

/** What the service answered to an item that it accepted. */
export interface Acceptance extends ServiceTime {
  readonly statusCode: number;
  /** The answer's body: decoded JSON, or text, or an empty string where there was none. */
  readonly answer: unknown;
}

/**
 * Waits until a delivery may start a request by the policy's limit. The first of a delivery may at once. Resolves early
 * when `signal` is aborted; never rejects.
 */
export type NextRequest = (signal: AbortSignal) => Promise<void>;

/** One way to reach one destination. Never throws and never rejects; `signal` ends it early as `cancelled`. */
export interface Transport<Item> {
  /**
   * @param nextRequest to be asked before each request by a transport that may need several for one item; without it,
   *   there is no limit
   */
  deliver(
    item: Item,
    signal: AbortSignal,
    nextRequest?: NextRequest,
  ): Promise<Result<Acceptance, DeliveryFailure>>;
  /** Whether the service can be reached now, asked without sending it anything; where this is missing, it always can. */
  readonly reach?: (signal: AbortSignal) => Promise<boolean>;
  /**
   * Shows items that wait until this machine knows the time, with the times that they have as of now, in place of those of
   * the last call. Given none, it shows none as soon as it returns. Left out where items cannot be shown before they are
   * delivered. @returns whether any is shown
   */
  readonly preview?: (items: readonly Item[]) => Promise<boolean>;
}
