import type { Node, NodeMessage } from 'node-red';
import type { SenderState } from '../../delivery';
import { nodeError } from '../runtime';

/**
 * Tells Catch nodes that a destination is blocked by its settings, which a person has to correct: once for each reason,
 * until it is no longer blocked.
 * @returns the function to call with each state, and with a waiting message of the node, where there is one
 */
export function createBlockReport(
  node: Node,
): (state: SenderState, waiting: NodeMessage | undefined) => void {
  let reported: string | undefined;

  return ({ mode, failure }, waiting) => {
    if (mode !== 'paused' || !failure) reported = mode === 'held' ? reported : undefined;
    else if (waiting && reported !== failure.message) {
      reported = failure.message;
      const message = `${failure.message}. Readings are kept, and sent once this is corrected`;
      node.error(nodeError({ kind: failure.kind, message }), waiting);
    }
  };
}
