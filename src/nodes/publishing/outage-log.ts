import type { Node } from 'node-red';
import type { SenderMode, SenderState } from '../../delivery';
import { isReleased, needsPerson, waitingLanes } from './waiting-lanes';
import { showInvisible } from '../../visible-text';

/** Modes in which readings wait for something that recovers by itself. */
const OUTAGES: ReadonlySet<SenderMode> = new Set(['offline', 'throttled', 'blocked']);

/** Modes that end an outage; the others leave it as it is. */
const WORKING: ReadonlySet<SenderMode> = new Set(['idle', 'sending']);

// A server that fails now and then must not fill the log.
const BETWEEN_WARNINGS_MS = 600_000;

type Log = Pick<Node, 'warn' | 'log'>;

/**
 * Writes the outages of a destination to the log, because a status has no room for reasons: why one began, at most
 * every ten minutes, and that it is over. What needs a person is an error of the publish nodes instead; but where only
 * a lane of the destination does, it is written too, because the status does not name it.
 * @param now milliseconds
 * @returns the function to call with each state
 */
export function createOutageLog(node: Log, now: () => number): (state: SenderState) => void {
  const log: Log = {
    warn: (text) => node.warn(showInvisible(String(text))),
    log: (text) => node.log(showInvisible(String(text))),
  };
  const writeOutage = createQueueLog(log, now);
  const writeLanes = createLaneLog(log, now);
  return (state) => {
    writeOutage(state);
    writeLanes(state);
  };
}

function createQueueLog(node: Log, now: () => number): (state: SenderState) => void {
  let warnedAt = -Infinity;
  let isOut = false;

  return ({ mode, failure, outboxFailure, waiting }) => {
    const reason = outboxFailure ?? failure;
    if (!isOut && OUTAGES.has(mode) && reason && now() - warnedAt >= BETWEEN_WARNINGS_MS) {
      isOut = true;
      warnedAt = now();
      const meanwhile = outboxFailure
        ? 'Meanwhile nothing is sent, and new readings may not be kept'
        : 'Readings are kept and sent later';
      node.warn(`${reason.message}. ${meanwhile}; ${waiting} waiting`);
    } else if (isOut && WORKING.has(mode)) {
      isOut = false;
      node.log(`Sending again; ${waiting} waiting`);
    }
  };
}

/** A lane that was warned of. */
interface Warned {
  readonly name: string;
  readonly at: number;
  readonly isOver: boolean;
}

/** Each lane has its own ten minutes: of several that are blocked, each has to be corrected. */
function createLaneLog(node: Log, now: () => number): (state: SenderState) => void {
  const warned = new Map<string, Warned>();

  function end(state: SenderState): void {
    for (const [lane, { name, at, isOver }] of warned) {
      if (!isOver && isReleased(lane, state)) {
        node.log(`"${name}" waits no longer`);
        warned.set(lane, { name, at, isOver: true });
      } else if (isOver && now() - at >= BETWEEN_WARNINGS_MS) warned.delete(lane);
    }
  }

  return (state) => {
    end(state);
    for (const { lane, name, failure, waiting } of waitingLanes(state).filter(needsPerson)) {
      if (warned.has(lane)) continue;
      warned.set(lane, { name, at: now(), isOver: false });
      node.warn(
        `"${name}" waits: ${failure.message}. Its readings are kept and sent later; ${waiting} waiting`,
      );
    }
  };
}
