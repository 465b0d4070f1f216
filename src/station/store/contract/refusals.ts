import { describe } from '../../../result';
import { refuse } from '../../protocol';
import { MAX_FIELDS, MAX_FIELDS_PER_SOURCE, MAX_SOURCES } from './limits';
import type { NewColumn } from './types';

/**
 * Why columns cannot be stored, and the index of the column that is the reason.
 * - `mixed`: the field has pictures so far and this is none, or the other way round.
 * - `sources`, `fields`: there are as many as there can be.
 */
export interface ColumnProblem {
  readonly reason: 'mixed' | 'sources' | 'fields';
  readonly column: number;
}

/** The refusal of columns that cannot be stored. */
export function refuseColumns({ reason, column }: ColumnProblem, columns: readonly NewColumn[]) {
  const { kind = 'sensor', name = '', field = '', type = 'number' } = columns[column] ?? {};
  if (reason === 'mixed') {
    const [has, got] = type === 'image' ? ['numbers', 'a picture'] : ['pictures', 'a number'];
    const message = `Field ${describe(field)} has ${has} so far, and this is ${got}: give it a field of its own.`;
    return refuse('invalid', message);
  }
  if (reason === 'sources') {
    const message = `The station has ${MAX_SOURCES} sensors and devices, which is the most: there is no room for ${describe(name)}.`;
    return refuse('invalid', message);
  }
  return refuse(
    'invalid',
    `There is no room for field ${describe(field)} of ${kind} ${describe(name)}: ${MAX_FIELDS_PER_SOURCE} fields of one, and ${MAX_FIELDS} of all, are the most.`,
  );
}
