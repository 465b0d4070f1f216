import type { Connection } from '../../storage';
import type { ListPage } from '../operations';
import { idsAfter, itemsAfter, type ItemRow } from './items';
import type { CounterTable } from './queue-counters';
import { quarantine } from './quarantine';

/** Most items on a page. */
const LARGEST_PAGE = 1000;

/** The next items of a list, with their content; damaged ones are quarantined. */
export function readPage(
  connection: Connection,
  counters: CounterTable,
  { destination, list, after = 0, count }: ListPage,
  now: number,
): readonly ItemRow[] {
  const queue = counters.find(destination);
  if (!queue) return [];
  const position = [queue.number, after];
  const most = Math.min(count, LARGEST_PAGE);
  for (;;) {
    const found = itemsAfter(connection, list, position, most);
    const damaged = found.flatMap((each) => ('damaged' in each ? [each.damaged] : []));
    quarantine(connection, counters, { queue, list, ids: damaged }, now);
    // An empty page would mean the end of the list, so a page with nothing but damaged items is read again.
    if (damaged.length === 0 || damaged.length < found.length)
      return found.flatMap((each) => ('damaged' in each ? [] : [each]));
  }
}

/** The next ids of a list. */
export function readIds(
  connection: Connection,
  counters: CounterTable,
  { destination, list, after = 0, count }: ListPage,
): readonly number[] {
  const queue = counters.find(destination);
  const most = Math.min(count, LARGEST_PAGE);
  return queue ? idsAfter(connection, list, [queue.number, after], most) : [];
}
