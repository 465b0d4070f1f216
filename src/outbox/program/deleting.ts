import { numberIn, textIn, type Connection } from '../../storage';
import type { Deleted } from '../operations';
import type { Ledger } from './ledger';

const DELETE = {
  waiting:
    'DELETE FROM items WHERE id IN (SELECT value FROM json_each(?)) AND refused IS NULL RETURNING destination, bytes, images',
  refused:
    'DELETE FROM items WHERE id IN (SELECT value FROM json_each(?)) AND refused IS NOT NULL RETURNING destination, bytes, images',
} as const;

/** Deletes items of one list, in step with the ledger. Ids that are not on the list are passed over. */
export function deleteItems(
  connection: Connection,
  ledger: Ledger,
  list: 'waiting' | 'refused',
  ids: readonly number[],
): Deleted {
  const rows = connection.all(DELETE[list], JSON.stringify(ids));
  for (const row of rows) {
    const account = ledger.byNumber(numberIn(row, 'destination'));
    account[list] -= 1;
    account.bytes -= numberIn(row, 'bytes');
    ledger.touch(account);
  }
  return {
    count: rows.length,
    images: rows.map((row) => textIn(row, 'images')).filter((images) => images !== ''),
  };
}
