import type { Node } from 'node-red';
import type { SenderMode, SenderState } from '../../delivery';
import { differenceOf } from './status';

/** Modes in which readings wait for something that heals by itself. */
const OUTAGES: ReadonlySet<SenderMode> = new Set(['offline', 'throttled', 'blocked']);

/** What ends an outage; anything else, such as a reading under way, says nothing. */
const SOUND: ReadonlySet<SenderMode> = new Set(['idle', 'sending']);

// A server that fails now and then is one outage, not a log full of them.
const QUIET_MS = 600_000;

/**
 * Warns once where a destination's service has another time than this machine: one of the two is wrong, and with it
 * perhaps every reading's time.
 * @returns what is to be called with each state
 */
export function announceClockDifference(node: Pick<Node, 'warn'>): (state: SenderState) => void {
  let isAnnounced = false;

  return ({ serviceAheadMs }) => {
    if (serviceAheadMs !== undefined && !isAnnounced) {
      const difference = differenceOf(-serviceAheadMs);
      node.warn(
        `This machine's clock differs from the service's by ${difference}: is it set? Readings may have wrong times`,
      );
    }
    isAnnounced = serviceAheadMs !== undefined;
  };
}

/**
 * Writes a destination's outages to the log, because a status has no room for reasons: how it began, at most every ten
 * minutes, and that it is over. What needs a person is an error of the publish nodes.
 * @param now milliseconds
 * @returns what is to be called with each state
 */
export function announceOutages(
  node: Pick<Node, 'warn' | 'log'>,
  now: () => number,
): (state: SenderState) => void {
  let announcedAt = -Infinity;
  let isOut = false;

  return ({ mode, failure, outboxFailure, waiting }) => {
    const reason = outboxFailure ?? failure;
    if (!isOut && OUTAGES.has(mode) && reason && now() - announcedAt >= QUIET_MS) {
      isOut = true;
      announcedAt = now();
      const meanwhile = outboxFailure
        ? 'Meanwhile nothing is sent, and new readings may not be kept'
        : 'Readings are kept and sent later';
      node.warn(`${reason.message}. ${meanwhile}; ${waiting} waiting`);
    } else if (isOut && SOUND.has(mode)) {
      isOut = false;
      node.log(`Sending again; ${waiting} waiting`);
    }
  };
}
