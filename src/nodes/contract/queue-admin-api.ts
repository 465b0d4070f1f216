/** The JSON of the queue admin service, for its endpoints and for the sidebar. Times are milliseconds since 1970. */

/** The services that readings go to; the first word of a destination's key. */
export type Service = 'senio' | 'databoom';

/** What a destination's key says. It holds no secret. */
export interface Place {
  /** Undefined where another version of this package knows more services. */
  readonly service: Service | undefined;
  /** Whether it is the station of this Node-RED. */
  readonly isStation: boolean;
  /** The server's address with the path of the service, or the path alone at the station. */
  readonly address: string;
  /** Whether each of its readings is of the Senio sensor that its message named: the queue is not that of one sensor. */
  readonly namesSensors: boolean;
  /** The name that tells Databoom accounts of one server apart; empty where there is none. */
  readonly account: string;
  /** A short name for users: the one sensor, or the account, or its server. */
  readonly name: string;
}

/** The graph of a destination: six hours in time buckets of five minutes. */
export const BUCKET_MS = 300_000;
export const BUCKETS = 72;

/** What a destination sent and had waiting since Node-RED started. */
export interface MetricsReport {
  /** Readings that the service took. */
  readonly sent: number;
  /** When it took the last one. */
  readonly lastSentAt: number | undefined;
  /** The last error; `at` is when it began. */
  readonly error: MetricsError | undefined;
  /** Readings sent in each bucket, the oldest first; the last bucket is the current one. */
  readonly sentPerBucket: readonly number[];
  /** The most readings that waited in each bucket. */
  readonly waitingPerBucket: readonly number[];
}

/** An error, and whether it lasts. */
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

/** Why the service does not take a device's readings; any other failure concerns the whole queue. */
export type DeferralCause =
  | 'timeout'
  | 'throttled'
  | 'unavailable'
  | 'unreadable'
  | 'unauthorised'
  | 'missing'
  | 'misdirected';

/** A device (a lane of a queue) that the service does not take now, though it may take others. */
export interface DeferredView {
  /** What its owner calls it: text of a user, or of a message. */
  readonly name: string;
  readonly cause: DeferralCause;
  /** The cause in words, with what the server said. */
  readonly message: string;
  /** Whether somebody has to correct something. */
  readonly needsPerson: boolean;
  readonly waiting: number;
  /** When it is tried again; undefined where it is as soon as the queue sends. */
  readonly retryAt: number | undefined;
}

/** A destination and its queue. */
export interface DestinationView extends Place, MetricsReport {
  readonly key: string;
  /** The config nodes that lead there. */
  readonly nodes: readonly { readonly id: string; readonly type: string }[];
  readonly state: DestinationState;
  readonly waiting: number;
  /** When the oldest waiting reading was taken. */
  readonly oldest: number | undefined;
  readonly refused: number;
  readonly dropped: number;
  readonly damaged: number;
  /** When it continues by itself; undefined where it does not wait for that. */
  readonly retryAt: number | undefined;
  /** How many devices are deferred, and the first of them, those that need a person before others. */
  readonly deferredCount: number;
  readonly deferred: readonly DeferredView[];
  /** Readings sent with a corrected time, and with one that is no more than an estimate, since the last deploy. */
  readonly corrected: number;
  readonly estimated: number;
  /** How far the service's clock is ahead of this machine's (negative: behind), in ms; undefined where they agree. */
  readonly serviceAheadMs: number | undefined;
}

/** All destinations. */
export interface Overview {
  /** This machine's time: the browser's clock may differ. */
  readonly now: number;
  /** Whether flows run; while they do not, nothing is known of the queues. */
  readonly isRunning: boolean;
  /** By how many days this machine's clock has jumped ahead, so that nothing is dropped for its age; 0 mostly. */
  readonly clockDaysAhead: number;
  readonly destinations: readonly DestinationView[];
}

/** A picture of a reading. */
export interface PictureView {
  readonly field: string;
  /** Bytes. */
  readonly size: number;
}

/** A reading of the refused list, without its content. */
export interface RefusedView {
  readonly id: number;
  /** When it was taken. */
  readonly timestamp: number;
  readonly refusedAt: number;
  readonly reason: string;
  /** What people call its device; empty where the queue has none. */
  readonly device: string;
}

/** A part of a refused list, the oldest first. */
export interface RefusedPageView {
  readonly readings: readonly RefusedView[];
  /** Where the next part begins. */
  readonly next: number;
  readonly isLast: boolean;
}

/** A reading that the service took. */
export interface SentView {
  /** What people call its device; empty where the queue has none. */
  readonly device: string;
  /** The time with which it was sent. */
  readonly timestamp: number;
  readonly sentAt: number;
  /** Of the service's answer. */
  readonly statusCode: number;
}

/** What was sent in the last day, the newest first. */
export interface SentPageView {
  readonly readings: readonly SentView[];
  readonly isLast: boolean;
}

/** The content of a refused reading. */
export interface ReadingView {
  /** JSON text for users; only its beginning where it is long. */
  readonly text: string;
  readonly isCut: boolean;
  readonly pictures: readonly PictureView[];
}

/**
 * Why a line of a file cannot be imported.
 * - `no-reading`: it is no JSON object.
 * - `newer`: a newer version wrote it.
 * - `other-service`: it is of another service than the queue.
 * - `incomplete`: the export could not read on there.
 * - `no-time`: it has no timestamp.
 * - `picture`: a picture of it is not whole.
 * - `refused`: the service's own rules do not take it.
 */
export type LineProblem =
  | 'no-reading'
  | 'newer'
  | 'other-service'
  | 'incomplete'
  | 'no-time'
  | 'picture'
  | 'refused';

/** A line of a file that cannot be imported. */
export interface LineProblemView {
  /** From 1. */
  readonly line: number;
  readonly problem: LineProblem;
  /** The reason in words. */
  readonly message: string;
}

/** What a file has of a device, or of a sensor. */
export interface ImportedDevice {
  readonly name: string;
  readonly count: number;
  /** When the first and the last reading were taken. */
  readonly from: number;
  readonly to: number;
}

/** What an import does, or has done. */
export interface ImportView {
  /** Readings that the queue has not had. */
  readonly readings: number;
  /** Those that it has, or has had by an import, and those that the file has twice: they are left out. */
  readonly duplicates: number;
  /** Lines that cannot be imported, and the first of them. */
  readonly unreadable: number;
  readonly problems: readonly LineProblemView[];
  readonly pictures: number;
  /** How many devices the new readings are of, and the first of these. */
  readonly deviceCount: number;
  readonly devices: readonly ImportedDevice[];
}

/** How many readings an action changed. */
export interface ChangedView {
  readonly count: number;
}

/**
 * Why an action failed.
 * - `invalid`: the request is not one that the sidebar makes.
 * - `foreign`: a page of another website may have made the request.
 * - `stopped`: flows do not run, so the outbox is closed.
 * - `unknown`: there is no such destination or reading (any more).
 * - `in-use`: a config node leads to the destination.
 * - `other-service`: the destinations are of different services.
 * - `other-sensors`: the readings of one destination name their sensors, and those of the other do not.
 * - `no-room`: the bounds of the other queue are too small for both.
 * - `rules`: the service's rules do not take what a reading was changed to.
 * - `importing`: another import is under way.
 * - `too-large`: the file is larger than any that is imported.
 * - `queue-full`: the queue has no room for the file.
 * - `outbox`: the outbox failed.
 * - `unexpected`: a defect of this package.
 */
export type ProblemKind =
  | 'invalid'
  | 'foreign'
  | 'stopped'
  | 'unknown'
  | 'in-use'
  | 'other-service'
  | 'other-sensors'
  | 'no-room'
  | 'rules'
  | 'importing'
  | 'too-large'
  | 'queue-full'
  | 'outbox'
  | 'unexpected';

/** The most ids of readings in one request. */
export const MOST_IDS = 1000;

/** The most readings of a refused list in one answer. */
export const LARGEST_PAGE = 1000;

/** The longest text that is looked for in a refused list, in characters. */
export const LONGEST_SEARCH = 200;

/** The answer to an action that failed. */
export interface ProblemView {
  readonly kind: ProblemKind;
  readonly message: string;
}
