import type { Counts, OutboxFailure } from '../outbox';
import type { DeliveryFailure } from './transport';

/**
 * What a sender is doing.
 * - `idle`: nothing is waiting, as far as it knows.
 * - `sending`: items are under way.
 * - `offline`: the service cannot be reached or does not work; one probe at `retryAt`.
 * - `throttled`: the service asked to slow down; one probe at `retryAt`.
 * - `paused`: the configuration is wrong (see `failure`); one probe at `retryAt`, if that can help at all.
 * - `retrying`: the service takes other items, but not these; they are tried again at `retryAt`.
 * - `blocked`: the outbox does not work (see `outboxFailure`); tried again at `retryAt`.
 * - `awaiting-time`: what waits was read before this machine knew the time, and gets its time once it does; at
 *   `retryAt`, where that is known, it is sent with the time that the clock gave it.
 * - `held`: by `hold()`.
 * - `closed`: by `close()`.
 */
export type SenderMode =
  | 'idle'
  | 'sending'
  | 'offline'
  | 'throttled'
  | 'paused'
  | 'retrying'
  | 'blocked'
  | 'awaiting-time'
  | 'held'
  | 'closed';

/** What a sender is doing. */
export interface Activity {
  readonly mode: SenderMode;
  /** Requests under way. */
  readonly underWay: number;
  /** Why the mode is what it is, where a delivery is the reason. */
  readonly failure: DeliveryFailure | undefined;
  /** Why the outbox does not work; undefined where it does. */
  readonly outboxFailure: OutboxFailure | undefined;
  /** When it goes on by itself, in milliseconds since 1970; undefined where nothing is waited for. */
  readonly retryAt: number | undefined;
  /** When the service last took an item, in milliseconds since 1970. */
  readonly lastSentAt: number | undefined;
  /** Items delivered with another time than the clock gave them, by a second or more, since the sender was made. */
  readonly corrected: number;
  /** By how much the time of the last one of those was put forward, in milliseconds; 0 where there is none. */
  readonly correctionMs: number;
  /** Items delivered with an estimated time: of an earlier boot of this machine, which never knew the time. */
  readonly estimated: number;
  /**
   * How far the service's clock is ahead of this machine's (negative: behind), in milliseconds, where that is more than
   * two minutes: one of the two is wrong. Otherwise undefined.
   */
  readonly serviceAheadMs: number | undefined;
}

/** A sender and its queue. The counts are those of a moment ago (a quarter of a second where much happens). */
export interface SenderState extends Activity, Counts {}
