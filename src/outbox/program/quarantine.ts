import type { Connection } from '../../storage';
import type { ListName } from '../operations';
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

/** Damaged items of one list. */
export interface FoundDamage {
  readonly account: Account;
  readonly list: ListName;
  readonly ids: readonly number[];
}

/** Takes damaged items out of the queue, counts them, and tells the user, in a transaction of its own. */
export function quarantine(connection: Connection, ledger: Ledger, found: FoundDamage, now: number): void {
  if (found.ids.length === 0) return;
  try {
    connection.transaction(() => {
      setAside(connection, ledger, found, now);
      ledger.write();
    });
  } catch (error) {
    // What was counted already is as before.
    ledger.reload();
    throw error;
  }
}

/** As `quarantine`, in the transaction under way. */
export function setAside(connection: Connection, ledger: Ledger, found: FoundDamage, now: number): void {
  const { account, list, ids } = found;
  if (ids.length === 0) return;
  for (const id of ids) {
    keepApart(connection, id, 'The sum does not match', now);
    connection.run('DELETE FROM items WHERE id = ?', id);
    account[list] -= 1;
    account.damaged += 1;
  }
  // The damaged rows' own sizes cannot be trusted.
  const row = connection.get('SELECT total(bytes) AS bytes FROM items WHERE destination = ?', account.number);
  account.bytes = Number(row?.['bytes'] ?? 0);
  ledger.touch(account);
  connection.afterCommit(() => {
    for (const id of ids)
      connection.notify({ kind: 'damaged-row', message: damageMessage(id), row: id, lost: 1 });
  });
}

function damageMessage(id: number): string {
  return `Item ${id} came back from the disk altered: the disk may be failing. It is kept apart and will not be delivered.`;
}
