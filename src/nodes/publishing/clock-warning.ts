import type { Node } from 'node-red';
import type { SenderState } from '../../delivery';
import { differenceOf } from './status';

/**
 * Warns once when the clock of a destination's service and that of this machine differ: one of them is wrong, and
 * perhaps every reading's time with it.
 * @returns the function to call with each state
 */
export function createClockWarning(node: Pick<Node, 'warn'>): (state: SenderState) => void {
  let isWarned = false;

  return ({ serviceAheadMs }) => {
    if (serviceAheadMs !== undefined && !isWarned) {
      const difference = differenceOf(-serviceAheadMs);
      node.warn(
        `This machine's clock differs from the service's by ${difference}: is it set? Readings may have wrong times`,
      );
    }
    isWarned = serviceAheadMs !== undefined;
  };
}
