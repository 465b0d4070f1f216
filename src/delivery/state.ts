import type { Counts, OutboxFailure } from '../outbox';
import type { Circuit } from './circuit-breaker';
import type { DeferredLane } from './lanes';
import { meaningOf } from './policy';
import type { TimeSummary } from './time-record';
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
 *   `retryAt`, where that is known, it is sent with the time that the clock gave it. Or the service's certificate is not
 *   valid at the time that the clock shows, which is not set.
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

/** A lane that the service does not take now, though it may take others. */
export interface LaneActivity {
  /** The items' group in the outbox. */
  readonly lane: string;
  readonly failure: DeliveryFailure;
  /** When it is tried again, in milliseconds since 1970; undefined where it is as soon as anything is sent. */
  readonly retryAt: number | undefined;
}

/** What a sender is doing. */
export interface Activity extends TimeSummary {
  readonly mode: SenderMode;
  /** Requests under way. */
  readonly underWay: number;
  /** Why the mode is what it is, where a delivery is the reason. */
  readonly failure: DeliveryFailure | undefined;
  /** Why the outbox does not work; undefined where it does. */
  readonly outboxFailure: OutboxFailure | undefined;
  /** When it goes on by itself, in milliseconds since 1970; undefined where nothing is waited for. */
  readonly retryAt: number | undefined;
  /** Whether items wait for this machine to know the time, and have done so for minutes: somebody should look. */
  readonly isTimeOverdue: boolean;
  /** Whether the destination shows already what waits for this machine to know the time. */
  readonly isPreviewed: boolean;
  /** When the service last took an item, in milliseconds since 1970. */
  readonly lastSentAt: number | undefined;
  /** How many lanes are deferred. */
  readonly deferredCount: number;
  /** The first of the deferred lanes: those that need a person, then the others, as they are tried again. */
  readonly deferred: readonly LaneActivity[];
}

/** A deferred lane as people see it. */
export interface LaneState extends LaneActivity {
  /** What its owner calls it, such as a device. */
  readonly name: string;
  readonly waiting: number;
}

/** A sender and its queue. The counts are those of a moment ago (a quarter of a second where much happens). */
export interface SenderState extends Omit<Activity, 'deferred'>, Counts {
  readonly deferred: readonly LaneState[];
}

/** As many lanes as anybody looks at; the state is made often. */
const MOST_LANES_SHOWN = 20;

/** What an activity is told by. Times are of the monotonic clock unless they are said to be others. */
export interface ActivitySource {
  readonly isClosed: boolean;
  readonly isHeld: boolean;
  readonly outboxFailure: OutboxFailure | undefined;
  readonly outboxRetryAt: number | undefined;
  readonly circuit: Pick<Circuit, 'state' | 'failure' | 'retryAt'>;
  readonly underWay: number;
  /** Batches leased and not started. */
  readonly ready: number;
  readonly isAwaitingTime: boolean;
  readonly isTimeOverdue: boolean;
  readonly isPreviewed: boolean;
  readonly gateOpensAt: number | undefined;
  readonly deferred: readonly DeferredLane[];
  /** When the next item is due that failed alone; undefined where there is none. */
  readonly itemsDueAt: number | undefined;
  readonly lastFailure: DeliveryFailure | undefined;
  /** In milliseconds since 1970. */
  readonly lastSentAt: number | undefined;
  readonly times: TimeSummary;
  readonly toWallTime: (at: number) => number;
}

export function activityOf(source: ActivitySource): Activity {
  const { deferred, toWallTime } = source;
  const mode = modeOf(source);
  const retryAt = retryAtOf(mode, source);
  const shown = deferred.toSorted(byNeed).slice(0, MOST_LANES_SHOWN);
  return {
    mode,
    underWay: source.underWay,
    failure: failureOf(mode, source),
    outboxFailure: source.outboxFailure,
    isTimeOverdue: source.isTimeOverdue,
    isPreviewed: source.isPreviewed,
    retryAt: retryAt === undefined ? undefined : toWallTime(retryAt),
    lastSentAt: source.lastSentAt,
    deferredCount: deferred.length,
    deferred: shown.map(({ lane, failure, dueAt }) => ({
      lane,
      failure,
      retryAt: Number.isFinite(dueAt) ? toWallTime(dueAt) : undefined,
    })),
    ...source.times,
  };
}

/** Nobody must miss a lane that needs a person because many others are tried again sooner. */
function byNeed(one: DeferredLane, other: DeferredLane): number {
  const [first, second] = [meaningOf(one.failure).needsPerson, meaningOf(other.failure).needsPerson];
  return Number(second) - Number(first) || one.dueAt - other.dueAt;
}

function modeOf(source: ActivitySource): SenderMode {
  const { circuit } = source;
  if (source.isClosed) return 'closed';
  if (source.isHeld) return 'held';
  if (source.outboxFailure) return 'blocked';
  if (circuit.state !== 'closed' && circuit.failure) {
    if (meaningOf(circuit.failure).needsPerson) return 'paused';
    if (circuit.failure.kind === 'untimely') return 'awaiting-time';
    return circuit.failure.kind === 'throttled' ? 'throttled' : 'offline';
  }
  if (source.underWay > 0 || source.ready > 0) return 'sending';
  if (source.isAwaitingTime) return 'awaiting-time';
  return nextRetryAt(source) === undefined ? 'idle' : 'retrying';
}

/** When the next lane or item is tried again that failed while the service took others. */
function nextRetryAt({ deferred, itemsDueAt = Infinity }: ActivitySource): number | undefined {
  const next = Math.min(itemsDueAt, ...deferred.map(({ dueAt }) => dueAt));
  return Number.isFinite(next) ? next : undefined;
}

function retryAtOf(mode: SenderMode, source: ActivitySource): number | undefined {
  if (mode === 'blocked') return source.outboxRetryAt;
  if (mode === 'retrying') return nextRetryAt(source);
  if (mode === 'awaiting-time' && source.circuit.state === 'closed') return source.gateOpensAt;
  return ['paused', 'offline', 'throttled', 'awaiting-time'].includes(mode)
    ? source.circuit.retryAt
    : undefined;
}

function failureOf(mode: SenderMode, source: ActivitySource): DeliveryFailure | undefined {
  if (mode !== 'retrying') return source.circuit.failure;
  const [first] = source.deferred.toSorted((a, b) => a.dueAt - b.dueAt);
  return first?.failure ?? source.lastFailure;
}
