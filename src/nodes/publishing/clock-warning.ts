import type { Node } from 'node-red';
import type { SenderState } from '../../delivery';
import { differenceOf } from './status';

/**
 * Warns once when the clock of a destination's service and that of this machine differ: one of them is wrong, and
 * perhaps every reading's time with it. Which one it is, it only says where a time server has set this machine's.
 * @returns the function to call with each state
 */
export function createClockWarning(
  node: Pick<Node, 'warn'>,
  isSynchronised: () => boolean,
): (state: SenderState) => void {
  let isWarned = false;

  return ({ serviceAheadMs }) => {
    if (serviceAheadMs !== undefined && !isWarned)
      node.warn(
        isSynchronised()
          ? `The service's clock differs from this machine's by ${differenceOf(serviceAheadMs)}, and a time server has set this machine's: the service's is wrong. Readings have right times`
          : `This machine's clock differs from the service's by ${differenceOf(-serviceAheadMs)}: is it set? Readings may have wrong times`,
      );
    isWarned = serviceAheadMs !== undefined;
  };
}
