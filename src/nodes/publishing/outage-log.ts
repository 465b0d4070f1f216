import type { Node } from 'node-red';
import type { SenderMode, SenderState } from '../../delivery';

/** Modes in which readings wait for something that recovers by itself. */
const OUTAGES: ReadonlySet<SenderMode> = new Set(['offline', 'throttled', 'blocked']);

/** Modes that end an outage; the others leave it as it is. */
const WORKING: ReadonlySet<SenderMode> = new Set(['idle', 'sending']);

// A server that fails now and then must not fill the log.
const BETWEEN_WARNINGS_MS = 600_000;

/**
 * Writes the outages of a destination to the log, because a status has no room for reasons: why one began, at most
 * every ten minutes, and that it is over. What needs a person is an error of the publish nodes instead.
 * @param now milliseconds
 * @returns the function to call with each state
 */
export function createOutageLog(
  node: Pick<Node, 'warn' | 'log'>,
  now: () => number,
): (state: SenderState) => void {
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
