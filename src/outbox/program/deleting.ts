import { checkedNumber, checkedText, type Connection } from '../../storage';
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
  const rows = connection.lists(DELETE[list], JSON.stringify(ids));
  const images = rows.map(([destination, bytes, files]) => {
    const account = ledger.byNumber(checkedNumber(destination, 'destination'));
    account[list] -= 1;
    account.bytes -= checkedNumber(bytes, 'bytes');
    ledger.touch(account);
    return checkedText(files, 'images');
  });
  return { count: rows.length, images: images.filter((files) => files !== '') };
}
