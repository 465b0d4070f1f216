import { decodeRetentionTime, encodeRetentionTime, type RetentionTime } from '../../clock';
import { readTextRow, writeTextRow, type Connection } from '../../storage';

const TABLE = 'retention_time';

/** The stored retention time; undefined where there is none, or where it is damaged: then it begins anew. */
export function readRetentionTime(connection: Connection): RetentionTime | undefined {
  return decodeRetentionTime(readTextRow(connection, TABLE));
}

export function writeRetentionTime(connection: Connection, time: RetentionTime): void {
  writeTextRow(connection, TABLE, encodeRetentionTime(time));
}

// By the table, because it ends with the first row that it finds. As a real, because a damaged number may be too large.
const NEWEST =
  'SELECT CAST(accepted AS REAL) AS accepted FROM items NOT INDEXED WHERE accepted > 0 ORDER BY id DESC LIMIT 1';

/** When the newest item was accepted, in milliseconds; undefined where there is none, or none that knows it. */
export function newestAcceptance(connection: Connection): number | undefined {
  const row = connection.get(NEWEST);
  return row && Number(row['accepted']);
}
