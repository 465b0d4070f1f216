import type { Node } from 'node-red';
import type { DeliveryFailure, SenderState } from '../../delivery';
import { nodeError } from '../runtime';
import type { PendingMessages } from './pending';
import { isReleased, needsPerson, waitingLanes } from './waiting-lanes';

/** The waiting messages of a publish node. */
type WaitingMessages = Pick<PendingMessages, 'oldest' | 'oldestOf'>;

/**
 * Tells Catch nodes that a destination, or a lane of it, is blocked by something that a person has to correct: once for
 * each reason, until it is no longer blocked.
 * @returns the function to call with each state, and with the waiting messages of the node
 */
export function createBlockReport(
  node: Pick<Node, 'error'>,
): (state: SenderState, waiting: WaitingMessages) => void {
  const reportQueue = createQueueReport(node);
  const reportLanes = createLaneReport(node);
  return (state, waiting) => {
    reportQueue(state, waiting);
    reportLanes(state, waiting);
  };
}

function createQueueReport(
  node: Pick<Node, 'error'>,
): (state: SenderState, waiting: WaitingMessages) => void {
  let reported: string | undefined;

  return ({ mode, failure }, messages) => {
    if (mode !== 'paused' || !failure) reported = mode === 'held' ? reported : undefined;
    else if (reported !== failure.message) {
      const waiting = messages.oldest();
      if (!waiting) return;
      reported = failure.message;
      const message = `${failure.message}. Readings are kept, and sent once this is corrected`;
      node.error(nodeError({ kind: failure.kind, message }), waiting);
    }
  };
}

function createLaneReport(node: Pick<Node, 'error'>): (state: SenderState, waiting: WaitingMessages) => void {
  // By kind: a service may give each of its answers another text.
  const reported = new Map<string, DeliveryFailure['kind']>();

  return (state, messages) => {
    for (const lane of reported.keys()) if (isReleased(lane, state)) reported.delete(lane);
    for (const { lane, name, failure } of waitingLanes(state).filter(needsPerson)) {
      const waiting = reported.get(lane) === failure.kind ? undefined : messages.oldestOf(lane);
      if (!waiting) continue;
      reported.set(lane, failure.kind);
      const message = `"${name}" waits: ${failure.message}. Its readings are kept, and sent once this is corrected`;
      node.error(nodeError({ kind: failure.kind, message }), waiting);
    }
  };
}
