import type { Connection } from '../../storage';
import type { ListName } from '../operations';
import type { QueueCounters, CounterTable } from './queue-counters';

/** Most damaged items that are stored for inspection; the oldest are deleted. */
const MOST_QUARANTINED = 1000;

const COPY = `
  INSERT OR REPLACE INTO damaged_items (id, found, problem, content)
  SELECT id, ?, ?, concat_ws(',', quote(destination), quote(grp), quote(timestamp), quote(accepted), quote(bytes),
    quote(body), quote(origin), quote(images), quote(refused), quote(reason), quote(sum),
    quote(boot), quote(uptime), quote(trust))
  FROM items WHERE id = ?`;

const DELETE_OLDEST =
  'DELETE FROM damaged_items WHERE id NOT IN (SELECT id FROM damaged_items ORDER BY found DESC, id DESC LIMIT ?)';

/** Copies a damaged row as SQL literals, which works whatever its columns contain. */
function copyToQuarantine(connection: Connection, id: number, problem: string, now: number): void {
  connection.run(COPY, now, problem, id);
  connection.run(DELETE_OLDEST, MOST_QUARANTINED);
}

/** Damaged items of one list. */
export interface FoundDamage {
  readonly queue: QueueCounters;
  readonly list: ListName;
  readonly ids: readonly number[];
}

/** Moves damaged items out of the queue, counts them, and reports them, in a transaction of its own. */
export function quarantine(
  connection: Connection,
  counters: CounterTable,
  found: FoundDamage,
  now: number,
): void {
  if (found.ids.length === 0) return;
  try {
    connection.transaction(() => {
      quarantineInTransaction(connection, counters, found, now);
      counters.write();
    });
  } catch (error) {
    // The counters in memory were changed already.
    counters.reload();
    throw error;
  }
}

/** As `quarantine`, in the current transaction. */
export function quarantineInTransaction(
  connection: Connection,
  counters: CounterTable,
  found: FoundDamage,
  now: number,
): void {
  const { queue, list, ids } = found;
  if (ids.length === 0) return;
  for (const id of ids) {
    copyToQuarantine(connection, id, 'The sum does not match', now);
    connection.run('DELETE FROM items WHERE id = ?', id);
    queue[list] -= 1;
    queue.damaged += 1;
  }
  // Sizes in damaged rows cannot be trusted, so the bytes of the sound ones are added up.
  const row = connection.get('SELECT total(bytes) AS bytes FROM items WHERE destination = ?', queue.number);
  queue.bytes = Number(row?.['bytes'] ?? 0);
  counters.markChanged(queue);
  connection.afterCommit(() => {
    for (const id of ids)
      connection.notify({ kind: 'damaged-row', message: damageMessage(id), row: id, lost: 1 });
  });
}

function damageMessage(id: number): string {
  return `Item ${id} came back from the disk altered: the disk may be failing. It is kept apart and will not be delivered.`;
}
