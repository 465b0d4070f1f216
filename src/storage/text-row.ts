import { checksum, DamagedRow, numberIn, textIn } from './rows';
import type { Connection } from './types';

/**
 * The text of a table with one row, `(text TEXT NOT NULL, sum INTEGER NOT NULL)`; undefined where there is none, or where
 * it differs from what was written.
 * @param table its name, never text from outside
 */
export function readTextRow(connection: Connection, table: string): string | undefined {
  const row = connection.get(`SELECT text, CAST(sum AS REAL) AS sum FROM ${table} LIMIT 1`);
  if (!row) return undefined;
  try {
    const text = textIn(row, 'text');
    return numberIn(row, 'sum') === checksum([text]) ? text : undefined;
  } catch (error) {
    if (error instanceof DamagedRow) return undefined;
    throw error;
  }
}

/** Writes the text of such a table, in place of the one that it has. */
export function writeTextRow(connection: Connection, table: string, text: string): void {
  connection.run(`DELETE FROM ${table}`);
  connection.run(`INSERT INTO ${table} (text, sum) VALUES (?, ?)`, text, checksum([text]));
}
