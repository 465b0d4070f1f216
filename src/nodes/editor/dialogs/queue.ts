import type { FieldName } from './validators';
import { currentValue, noteOnFold } from './form';
import type { EditedNode } from '../red';

/** Two inputs share a label: the number of days is beside it. */
export const KEPT_MEGABYTES: FieldName = { label: 'common.label.keep', unit: 'common.unit.megabytes' };

const INPUTS = ['concurrent', 'perMinute', 'keepDays', 'keepMegabytes'];

/** Shows what is set in the folded queue section of a config node's dialog beside its title. */
export function noteQueue(node: EditedNode<unknown>): void {
  noteOnFold(
    '#sensorpost-queue-fold',
    INPUTS.map((name) => `#node-config-input-${name}`),
    () => {
      const values = INPUTS.map((name) => [name, currentValue(node, name, 'node-config-input')] as const);
      return node._('common.fold.queueNote', Object.fromEntries(values));
    },
  );
}
