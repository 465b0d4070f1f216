import { checkedNumber, checkedText, type Connection } from '../../storage';
import type { Deleted } from '../operations';
import type { CounterTable } from './queue-counters';

const DELETE = {
  waiting:
    'DELETE FROM items WHERE id IN (SELECT value FROM json_each(?)) AND refused IS NULL RETURNING destination, bytes, images',
  refused:
    'DELETE FROM items WHERE id IN (SELECT value FROM json_each(?)) AND refused IS NOT NULL RETURNING destination, bytes, images',
} as const;

/** Deletes items of one list and updates the counters. Ids that are not on the list are ignored. */
export function deleteItems(
  connection: Connection,
  counters: CounterTable,
  list: 'waiting' | 'refused',
  ids: readonly number[],
): Deleted {
  const rows = connection.lists(DELETE[list], JSON.stringify(ids));
  const images = rows.map(([destination, bytes, files]) => {
    const queue = counters.byNumber(checkedNumber(destination, 'destination'));
    queue[list] -= 1;
    queue.bytes -= checkedNumber(bytes, 'bytes');
    counters.markChanged(queue);
    return checkedText(files, 'images');
  });
  return { count: rows.length, images: images.filter((files) => files !== '') };
}
