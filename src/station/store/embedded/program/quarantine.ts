import type { Connection } from '../../../../storage';

/** Damaged rows in quarantine, at most, a few kilobytes each; beyond that the oldest are deleted. */
const MAX_QUARANTINED = 200;

const COLUMNS = {
  sources: ['id', 'kind', 'name', 'seen', 'sum'],
  series: ['id', 'position', 'source', 'field', 'type', 'sum'],
  field_meta: ['id', 'source', 'field', 'meta', 'sum'],
  blocks: ['id', 'series', 'start', 'summary', 'rows'],
  texts: ['id', 'series', 'timestamp', 'value', 'sum'],
  pictures: ['id', 'series', 'timestamp', 'file', 'bytes', 'type', 'sum'],
} as const;

export type Table = keyof typeof COLUMNS;

/** What a damaged row was, for the user. */
const DESCRIPTIONS: Readonly<Record<Table, string>> = {
  sources: 'The name of a sensor or device',
  series: 'The name of a field',
  field_meta: 'The description of a field',
  blocks: 'A block of up to 512 readings of one field',
  texts: 'A text',
  pictures: 'The entry of a picture',
};

const DELETE_OLDEST = 'DELETE FROM damaged_rows WHERE id <= (SELECT max(id) FROM damaged_rows) - ?';

/**
 * Moves a damaged row from its table to the quarantine, as SQL literals, so that none of it has to be decoded, and tells
 * the user once that is committed. Needs a transaction.
 */
export function quarantineRow(connection: Connection, table: Table, id: number): void {
  const content = COLUMNS[table].map((column) => `quote(${column})`).join(', ');
  connection.run(
    `INSERT INTO damaged_rows (origin, content) SELECT ?, concat_ws(',', ${content}) FROM ${table} WHERE id = ?`,
    table,
    id,
  );
  connection.run(DELETE_OLDEST, MAX_QUARANTINED);
  connection.run(`DELETE FROM ${table} WHERE id = ?`, id);
  const message = `${DESCRIPTIONS[table]} came back from the disk altered: the disk may be failing. It is kept apart and not shown.`;
  connection.afterCommit(() => connection.notify({ kind: 'damaged-row', message, row: id, lost: 1 }));
}
