import type { Node } from 'node-red';
import type { SenderState } from '../../delivery';

/**
 * Asks for help once where readings have waited for minutes for this machine to know the time.
 * @returns the function to call with each state
 */
export function createTimeWarning(node: Pick<Node, 'warn'>): (state: SenderState) => void {
  let isWarned = false;

  return ({ isTimeOverdue, waiting }) => {
    const isOverdue = isTimeOverdue && waiting > 0;
    if (isOverdue && !isWarned) {
      node.warn(
        `${waiting} readings wait because this machine's clock has not been set for minutes: is there a network, and does ` +
          'a time server answer ("timedatectl status", "chronyc tracking")? They are kept, and sent with their true times once it is set',
      );
    }
    isWarned = isOverdue;
  };
}
