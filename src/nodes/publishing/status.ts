import type { NodeStatus } from 'node-red';
import type { SenderState, DeliveryFailure } from '../../delivery';
import type { OutboxProblem } from '../../outbox';
import type { Failure } from '../../result';
import { timeOfDay } from '../runtime';
import { needsPerson, waitingLanes } from './waiting-lanes';

/** `RED._`: the text of a key in the user's language. */
export type Translate = (key: string, values?: Record<string, string>) => string;

/** A text of `common.status`, by the rest of its key. */
type Say = Translate;

// A ring heals itself, a dot needs a person.
const HEALS: NodeStatus = { fill: 'yellow', shape: 'ring' };
const NEEDS_A_PERSON: NodeStatus = { fill: 'red', shape: 'dot' };
const WORKING: NodeStatus = { fill: 'blue', shape: 'ring' };
const DONE: NodeStatus = { fill: 'green', shape: 'dot' };
// All that was to be done is done, in a way that a person should change.
const WORKS_UNSAFELY: NodeStatus = { fill: 'yellow', shape: 'dot' };
// Nothing is wrong, and it lasts until the user ends it.
const BY_USER: NodeStatus = { fill: 'grey', shape: 'dot' };

/** Why a message was not accepted. */
export type RejectionKind = OutboxProblem | 'misconfigured' | 'unexpected';

// A full disk and a second Node-RED stay until somebody does something.
const HEALING: ReadonlySet<RejectionKind> = new Set(['busy', 'stopped', 'closed']);

/** The status after a message that was not accepted: "wrong input". */
export function failureStatus(translate: Translate, { kind }: Failure<RejectionKind>): NodeStatus {
  const text = translate(`common.status.not-kept.${kind}`);
  return { ...(HEALING.has(kind) ? HEALS : NEEDS_A_PERSON), text };
}

/** The status after a message of which `count` fields were left out: "2 left out". */
export function leftOutStatus(translate: Translate, count: number): NodeStatus {
  return { ...HEALS, text: translate('common.status.left-out', { count: shortCount(count) }) };
}

/** Whether a status tells of something that is wrong. */
export function isPressing({ fill, shape }: NodeStatus): boolean {
  return fill === 'red' || (fill === 'yellow' && shape !== WORKS_UNSAFELY.shape);
}

/** What a publish node has delivered. */
export interface Sent {
  /** When a reading was last delivered, in milliseconds; undefined where none was. */
  readonly lastAt: number | undefined;
  /** How many of the latest ones, in a row, were sent with a corrected time. */
  readonly corrected: number;
  /** By how much the time of the last one was corrected, in milliseconds. */
  readonly correctionMs: number;
}

export const NOTHING_SENT: Sent = { lastAt: undefined, corrected: 0, correctionMs: 0 };

// A correction below a second is within the accuracy of clocks.
const SMALLEST_CORRECTION_MS = 1000;

/** What has been delivered after one more delivery at `now`. */
export function afterDelivery({ corrected }: Sent, correctionMs: number, now: number): Sent {
  const isCorrected = Math.abs(correctionMs) >= SMALLEST_CORRECTION_MS;
  return { lastAt: now, corrected: isCorrected ? corrected + 1 : 0, correctionMs };
}

/** What a publish node adds to the state of its destination. */
export interface PublisherSummary {
  /** What the service calls its credential. */
  readonly credential: 'key' | 'token';
  readonly sent: Sent;
  /** Whether the server's certificate is not checked. */
  readonly isUnverified: boolean;
}

/**
 * The status of a destination's queue, the most pressing first: "disk full", "paused by you", "paused: key refused",
 * "2 devices wait", "12 waiting: offline", "waiting for the time", "time not confirmed", "this clock is not set", "3 refused", "sending", "3 corrected by +3 h 12 min",
 * "unverified 12:03:22", "sent 12:03:22".
 */
export function queueStatus(
  translate: Translate,
  state: SenderState,
  publisher: PublisherSummary,
): NodeStatus {
  const { mode, waiting, refused, underWay, failure, outboxFailure, isPaused } = state;
  const say: Say = (key, values) => translate(`common.status.${key}`, values);
  const count = shortCount(waiting);
  if (mode === 'blocked' && outboxFailure) return failureStatus(translate, outboxFailure);
  if (isPaused) return { ...BY_USER, text: say('paused-by-user') };
  if (mode === 'paused' && failure) {
    return {
      ...NEEDS_A_PERSON,
      text: say('paused', { reason: say(configurationProblem(failure, publisher)) }),
    };
  }
  if (waitingLanes(state).length > 0) return lanesStatus(say, state);
  if (mode === 'awaiting-time' && state.isTimeOverdue && waiting > 0)
    return { ...NEEDS_A_PERSON, text: say('clock-not-set') };
  if (mode === 'awaiting-time')
    return { ...HEALS, text: say(state.isPreviewed ? 'time-not-confirmed' : 'awaiting-time') };
  if (waiting > 0 && failure) {
    return { ...HEALS, text: say('waiting-for', { count, reason: waitReason(say, failure) }) };
  }
  if (refused > 0) return { ...NEEDS_A_PERSON, text: say('refused', { count: shortCount(refused) }) };
  if (waiting > underWay) return { ...WORKING, text: say('waiting', { count }) };
  if (underWay > 0) return { ...WORKING, text: say('sending') };
  if (publisher.sent.lastAt === undefined) return {};
  if (publisher.isUnverified)
    return { ...WORKS_UNSAFELY, text: say('unverified', { time: timeOfDay(publisher.sent.lastAt) }) };
  return { ...DONE, text: sentText(say, publisher.sent) };
}

/** The status of a queue some of whose lanes wait: its node may be one of those that do not. */
function lanesStatus(say: Say, { deferred, deferredCount }: SenderState): NodeStatus {
  const key = deferredCount === 1 ? 'device-waits' : 'devices-wait';
  const look = deferred.some(needsPerson) ? NEEDS_A_PERSON : HEALS;
  return { ...look, text: say(key, { count: shortCount(deferredCount) }) };
}

function sentText(say: Say, { lastAt = 0, corrected, correctionMs }: Sent): string {
  if (corrected === 0) return say('sent', { time: timeOfDay(lastAt) });
  return say('corrected', { count: shortCount(corrected), difference: differenceOf(correctionMs) });
}

function configurationProblem({ kind }: DeliveryFailure, { credential }: PublisherSummary): string {
  return kind === 'unauthorised' ? `pause.${credential}-refused` : `pause.${kind}`;
}

/** A status code says more than any word that fits into a status. */
function waitReason(say: Say, { kind, statusCode }: DeliveryFailure): string {
  const isAnswer = statusCode !== undefined && kind !== 'unreadable';
  return isAnswer ? String(statusCode) : say(`wait.${kind}`);
}

/** A count in few characters: 12, 12k. */
function shortCount(count: number): string {
  return count < 10_000 ? String(count) : `${Math.floor(count / 1000)}k`;
}

const MINUTE_MS = 60_000;

/** A difference of two times, in units that are written the same in all languages: "+3 h 12 min", "−20 s". */
export function differenceOf(ms: number): string {
  const sign = ms < 0 ? '−' : '+';
  const minutes = Math.round(Math.abs(ms) / MINUTE_MS);
  if (minutes === 0) return `${sign}${Math.round(Math.abs(ms) / 1000)} s`;
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts = [days > 0 ? `${days} d` : '', hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : ''];
  return sign + parts.filter(Boolean).join(' ');
}
