import type { Node, NodeMessage } from 'node-red';
import type { SenderState } from '../../delivery';
import { nodeError } from '../runtime';

/**
 * Tells Catch nodes once for each pause of a destination that a person has to correct its configuration.
 * @returns what is to be called with each state, and a message of the node that waits, where there is one
 */
export function createPauseReport(
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
