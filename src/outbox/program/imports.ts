import type { Connection } from '../../storage';
import { idInIdentity, identityOf } from '../identity';
import type { IdentitiesArgument, ImportArgument } from '../operations';
import type { OutboxContext } from './context';
import { itemsAfter } from './items';
import { numberOf } from './queue-counters';
import { acceptOne } from './queue-operations';

/**
 * So many imported readings are remembered, of all destinations together; those that were imported first go first: some
 * months of readings, one a minute, in some 15 MB.
 */
const MOST_IMPORTED = 200_000;

/** Inserts those items that the destination has not had. @returns whether each was inserted */
export function importItems(
  context: OutboxContext,
  { destination, items }: ImportArgument,
): readonly boolean[] {
  const { connection } = context;
  const number = numberOf(destination);
  const inserted = items.map(({ identity, ...item }) => {
    if (isKnown(connection, number, identity)) return false;
    acceptOne(context, item);
    remember(connection, number, identity);
    return true;
  });
  connection.run(
    'DELETE FROM imported_items WHERE rowid <= (SELECT max(rowid) FROM imported_items) - ?',
    MOST_IMPORTED,
  );
  return inserted;
}

/** Those of the identities that a destination has had by an import, or has now. */
export function knownIdentities(
  connection: Connection,
  { destination, identities }: IdentitiesArgument,
): readonly string[] {
  const number = numberOf(destination);
  return identities.filter((identity) => isKnown(connection, number, identity));
}

/** Copies what is known of imports; an identity that was altered is that of no reading. */
export function copyImports(damaged: Connection, fresh: Connection): void {
  const rows = damaged.all('SELECT destination, identity FROM imported_items ORDER BY rowid');
  fresh.transaction(() => {
    for (const { destination = null, identity = null } of rows) fresh.run(REMEMBER, destination, identity);
  });
}

const REMEMBER = 'INSERT OR IGNORE INTO imported_items (destination, identity) VALUES (?, ?)';

function remember(connection: Connection, destination: number, identity: string): void {
  connection.run(REMEMBER, destination, identity);
}

function isKnown(connection: Connection, destination: number, identity: string): boolean {
  const row = connection.get(
    'SELECT 1 FROM imported_items WHERE destination = ? AND identity = ?',
    destination,
    identity,
  );
  return row !== undefined || isThere(connection, destination, identity);
}

/** Whether the reading waits, or is refused, where it was exported. */
function isThere(connection: Connection, destination: number, identity: string): boolean {
  const id = idInIdentity(identity);
  if (id === undefined) return false;
  const [found] = itemsAfter(connection, 'all', [id - 1], 1);
  return (
    found !== undefined &&
    'id' in found &&
    found.destination === destination &&
    identityOf(found) === identity
  );
}
