import type { Connection } from '../../storage';
import type { Account, Ledger } from './ledger';

/** Damaged items that are kept for a look, at most; the oldest make room. */
const MOST_KEPT = 1000;

const COPY = `
  INSERT OR REPLACE INTO damaged_items (id, found, problem, content)
  SELECT id, ?, ?, concat_ws(',', quote(destination), quote(grp), quote(timestamp), quote(accepted), quote(bytes),
    quote(body), quote(origin), quote(images), quote(refused), quote(reason), quote(sum),
    quote(boot), quote(uptime), quote(trust))
  FROM items WHERE id = ?`;

const FORGET =
  'DELETE FROM damaged_items WHERE id NOT IN (SELECT id FROM damaged_items ORDER BY found DESC, id DESC LIMIT ?)';

/** Keeps a damaged row apart, as SQL literals, so that nothing of it has to be understood. */
export function keepApart(connection: Connection, id: number, problem: string, now: number): void {
  connection.run(COPY, now, problem, id);
  connection.run(FORGET, MOST_KEPT);
}

/** Takes damaged items of one destination out of the queue, counts them, and tells the user. */
export function quarantine(
  connection: Connection,
  ledger: Ledger,
  found: { readonly account: Account; readonly list: 'waiting' | 'refused'; readonly ids: readonly number[] },
  now: number,
): void {
  const { account, list, ids } = found;
  if (ids.length === 0) return;
  connection.transaction(() => {
    for (const id of ids) {
      keepApart(connection, id, 'The sum does not match', now);
      connection.run('DELETE FROM items WHERE id = ?', id);
      account[list] -= 1;
      account.damaged += 1;
    }
    // The damaged rows' own sizes cannot be trusted.
    const row = connection.get(
      'SELECT total(bytes) AS bytes FROM items WHERE destination = ?',
      account.number,
    );
    account.bytes = Number(row?.['bytes'] ?? 0);
    ledger.touch(account);
    ledger.write();
  });
  for (const id of ids) {
    const message = `Item ${id} came back from the disk altered: the disk may be failing. It is kept apart and will not be delivered.`;
    connection.notify({ kind: 'damaged-row', message, row: id, lost: 1 });
  }
}
