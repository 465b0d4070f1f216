import type { Connection } from '../../storage';
import type { ListPage } from '../operations';
import { idsAfter, itemsAfter, type ItemRow } from './items';
import type { Ledger } from './ledger';
import { quarantine } from './quarantine';

/** A page has no more items than this. */
const LARGEST_PAGE = 1000;

/** The next items of a list, with their content; damaged ones are taken out of the queue. */
export function readPage(
  connection: Connection,
  ledger: Ledger,
  { destination, list, after = 0, count }: ListPage,
  now: number,
): readonly ItemRow[] {
  const account = ledger.find(destination);
  if (!account) return [];
  const position = [account.number, after];
  const most = Math.min(count, LARGEST_PAGE);
  for (;;) {
    const found = itemsAfter(connection, list, position, most);
    const damaged = found.flatMap((each) => ('damaged' in each ? [each.damaged] : []));
    quarantine(connection, ledger, { account, list, ids: damaged }, now);
    // An empty page is the end, so one that had nothing but damaged items is read again without them.
    if (damaged.length === 0 || damaged.length < found.length)
      return found.flatMap((each) => ('damaged' in each ? [] : [each]));
  }
}

/** The next ids of a list. */
export function readIds(
  connection: Connection,
  ledger: Ledger,
  { destination, list, after = 0, count }: ListPage,
): readonly number[] {
  const account = ledger.find(destination);
  const most = Math.min(count, LARGEST_PAGE);
  return account ? idsAfter(connection, list, [account.number, after], most) : [];
}
