import { checksum, DamagedRow, numberIn, textIn, type Connection, type Row } from '../../storage';
import type { KnownNamesArgument, NewKnownNamesArgument } from '../operations';
import { numberOf } from './queue-counters';

/** So many names are kept, of all destinations together; those that were added first go first. A row has some 60 bytes. */
const MOST_NAMES = 100_000;

interface NameRow {
  readonly destination: number;
  readonly group: string;
  readonly name: string;
}

/** The names of a group that were added; damaged ones are left out. */
export function readKnownNames(
  connection: Connection,
  { destination, group }: KnownNamesArgument,
): readonly string[] {
  const rows = connection.all(
    'SELECT * FROM known_names WHERE destination = ? AND grp = ?',
    numberOf(destination),
    group,
  );
  return rows.flatMap((row) => soundRow(row) ?? []).map(({ name }) => name);
}

/** Adds names to a group. */
export function addKnownNames(
  connection: Connection,
  { destination, group, names }: NewKnownNamesArgument,
): void {
  const number = numberOf(destination);
  for (const name of names) insertName(connection, { destination: number, group, name });
  connection.run(
    'DELETE FROM known_names WHERE rowid <= (SELECT max(rowid) FROM known_names) - ?',
    MOST_NAMES,
  );
}

/** Copies the names whose rows are sound. */
export function copyKnownNames(damaged: Connection, fresh: Connection): void {
  const rows = damaged.all('SELECT * FROM known_names').flatMap((row) => soundRow(row) ?? []);
  fresh.transaction(() => {
    for (const row of rows) insertName(fresh, row);
  });
}

function insertName(connection: Connection, row: NameRow): void {
  const values = [row.destination, row.group, row.name];
  connection.run(
    'INSERT OR REPLACE INTO known_names (destination, grp, name, sum) VALUES (?, ?, ?, ?)',
    ...values,
    checksum(values),
  );
}

/** A name that was altered might be that of another signal, which nobody knows yet. */
function soundRow(row: Row): NameRow | undefined {
  try {
    const destination = numberIn(row, 'destination');
    const [group, name] = [textIn(row, 'grp'), textIn(row, 'name')];
    const isSound = numberIn(row, 'sum') === checksum([destination, group, name]);
    return isSound ? { destination, group, name } : undefined;
  } catch (error) {
    if (error instanceof DamagedRow || error instanceof RangeError) return undefined;
    throw error;
  }
}
