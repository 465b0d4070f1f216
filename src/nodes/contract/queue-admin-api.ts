/** What the sidebar is told: declared here once for the endpoints and for the editor. Times are milliseconds since 1970. */

/** The services that readings go to; the first word of a destination's key. */
export type Service = 'senio' | 'databoom';

/** What a destination's key says. Nothing in it is secret. */
export interface Place {
  /** Undefined where another version of this package knows more services. */
  readonly service: Service | undefined;
  /** Whether it is the station of this Node-RED. */
  readonly isStation: boolean;
  /** The server's address with the path of the service, or the path alone at the station. */
  readonly address: string;
  /** What tells accounts of one server apart; empty where nothing does. */
  readonly account: string;
  /** The shortest that a user may know it by: the sensor, or the account or its server. */
  readonly name: string;
}

/** The graph of a destination: six hours in slots of five minutes. */
export const SLOT_MS = 300_000;
export const SLOTS = 72;

/** What went through a destination since Node-RED started. */
export interface MetricsReport {
  /** Readings that the service took. */
  readonly sent: number;
  /** When it took the last one. */
  readonly lastSentAt: number | undefined;
  /** What went wrong last; `at` is when it began, in milliseconds since 1970. */
  readonly error: MetricsError | undefined;
  /** Readings sent in each slot, the oldest first; the last slot is the one under way. */
  readonly sentPerSlot: readonly number[];
  /** Readings that waited in each slot, at most. */
  readonly waitingPerSlot: readonly number[];
}

/** Something that went wrong, and whether it still does. */
export interface MetricsError {
  readonly message: string;
  readonly at: number;
  readonly isCurrent: boolean;
}

/** A sender's mode (see `SenderMode`), or: the user paused it; no config node leads there any more. */
export type DestinationState =
  | 'idle'
  | 'sending'
  | 'offline'
  | 'throttled'
  | 'paused'
  | 'retrying'
  | 'blocked'
  | 'awaiting-time'
  | 'held'
  | 'closed'
  | 'paused-by-user'
  | 'orphaned';

/** A destination and its queue. */
export interface DestinationView extends Place, MetricsReport {
  readonly key: string;
  /** The config nodes that lead there. */
  readonly nodes: readonly { readonly id: string; readonly type: string }[];
  readonly state: DestinationState;
  readonly waiting: number;
  /** When the reading was taken that waits longest. */
  readonly oldest: number | undefined;
  readonly refused: number;
  readonly dropped: number;
  readonly damaged: number;
  /** When it goes on by itself; undefined where nothing is waited for. */
  readonly retryAt: number | undefined;
  /** Readings sent with another time than the clock gave them, and with an estimated one, since the last deploy. */
  readonly corrected: number;
  readonly estimated: number;
  /** How far the service's clock is ahead of this machine's (negative: behind), in ms; undefined where they agree. */
  readonly serviceAheadMs: number | undefined;
}

/** All destinations. */
export interface Overview {
  /** This machine's time: the browser's may be another. */
  readonly now: number;
  /** Whether flows run; otherwise nothing is known of the queues. */
  readonly isRunning: boolean;
  readonly destinations: readonly DestinationView[];
}

/** A picture of a reading. */
export interface PictureView {
  readonly field: string;
  /** Bytes. */
  readonly size: number;
}

/** A reading of the refused list, without what it carries. */
export interface RefusedView {
  readonly id: number;
  /** When it was taken. */
  readonly timestamp: number;
  readonly refusedAt: number;
  readonly reason: string;
}

/** A part of a refused list, the oldest first. */
export interface RefusedPageView {
  readonly readings: readonly RefusedView[];
  readonly isLast: boolean;
}

/** What a refused reading carries. */
export interface ReadingView {
  /** JSON text, for people; only its beginning where it is long. */
  readonly text: string;
  readonly isCut: boolean;
  readonly pictures: readonly PictureView[];
}

/** How many readings an action changed. */
export interface ChangedView {
  readonly count: number;
}

/**
 * Why an action was not done.
 * - `invalid`: the request is not one that the sidebar makes.
 * - `stopped`: flows do not run, so the outbox is closed.
 * - `unknown`: there is no such destination or reading (any more).
 * - `in-use`: a config node leads to the destination.
 * - `other-service`: the destinations are of different services.
 * - `no-room`: the other queue keeps less than both have.
 * - `outbox`: the outbox does not work.
 * - `unexpected`: a defect of this package.
 */
export type ProblemKind =
  | 'invalid'
  | 'stopped'
  | 'unknown'
  | 'in-use'
  | 'other-service'
  | 'no-room'
  | 'outbox'
  | 'unexpected';

/** The answer to an action that was not done. */
export interface ProblemView {
  readonly kind: ProblemKind;
  readonly message: string;
}
