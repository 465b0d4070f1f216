import { numberIn, type Connection } from '../../../../storage';
import type { PictureFile } from '../../contract';
import type { TimedRow } from './row-table';
import { pictureBytes, type ValueTables } from './value-tables';
import type { VerifiedConnection } from './verified-connection';

/** The rows of pictures, and what their files take on the disk. */
export interface PictureRows {
  /** Whether a row names a picture. */
  has(id: string): boolean;
  add(series: number, timestamp: number, picture: PictureFile): void;
  /** Deletes a row. @returns whether no other names its file, which is then noted as removed */
  delete(row: TimedRow<PictureFile>): boolean;
  /** What the files of all pictures take on the disk, in bytes. */
  bytes(): number;
  /**
   * Whether a picture of a time would outlast the deletion of so many bytes for room: none is newer, or those up to its time
   * have as many. Reads no more pictures than that takes, and not more than a bound.
   */
  outlasts(time: number, excess: number): boolean;
  /** Drops what is in memory. */
  invalidate(): void;
}

export function createPictureRows(
  verified: VerifiedConnection,
  tables: Pick<ValueTables, 'pictures'>,
): PictureRows {
  const { connection } = verified;
  let counted: number | undefined;

  function has(id: string): boolean {
    return connection.get('SELECT 1 FROM pictures WHERE file = ? LIMIT 1', id) !== undefined;
  }

  function bytes(): number {
    counted ??= pictureBytes(verified);
    return counted;
  }

  function add(series: number, timestamp: number, picture: PictureFile): void {
    const before = bytes();
    if (!has(picture.id)) counted = before + picture.bytes;
    connection.run('DELETE FROM removed_pictures WHERE file = ?', picture.id);
    tables.pictures.insert(series, timestamp, picture);
  }

  function deleteRow(row: TimedRow<PictureFile>): boolean {
    const before = bytes();
    tables.pictures.delete(row);
    if (has(row.value.id)) return false;
    counted = before - row.value.bytes;
    connection.run('INSERT OR IGNORE INTO removed_pictures (file) VALUES (?)', row.value.id);
    return true;
  }

  function invalidate(): void {
    counted = undefined;
  }

  return {
    has,
    add,
    delete: deleteRow,
    bytes,
    outlasts: (time, excess) =>
      excess <= 0 || !hasNewer(connection, time) || areEnough(verified, tables, time, excess),
    invalidate,
  };
}

function hasNewer(connection: Connection, time: number): boolean {
  return connection.get('SELECT 1 FROM pictures WHERE timestamp > ? LIMIT 1', time) !== undefined;
}

/** Pictures that are looked at, at most: one that so many go before is not the first to go. */
const MOST_OLDER = 1000;

/** Pictures that are read in one step. */
const STEP = 50;

/** Whether deleting the pictures up to a time frees so many bytes. */
function areEnough(
  { connection }: VerifiedConnection,
  { pictures }: Pick<ValueTables, 'pictures'>,
  time: number,
  bytes: number,
): boolean {
  const files = new Set<string>();
  let freed = 0;
  let after = [-Infinity, 0];
  for (let count = 0; count < MOST_OLDER; count += STEP) {
    const condition = 'timestamp <= ? AND (timestamp, rowid) > (?, ?)';
    const rows = pictures.select(condition, `ORDER BY timestamp, rowid LIMIT ${STEP}`, [time, ...after]);
    const last = rows.at(-1);
    if (!last) return false;
    for (const { value } of rows) {
      if (!files.has(value.id) && !isNamedAfter(connection, value.id, time)) freed += value.bytes;
      if (freed >= bytes) return true;
      files.add(value.id);
    }
    after = [last.timestamp, last.id];
  }
  return true;
}

/** Rows of one file that are looked at, those that were stored last. */
const MOST_ROWS = 20;

/** Whether a row after a time names a file, so that it stays. */
function isNamedAfter(connection: Connection, file: string, time: number): boolean {
  const sql = 'SELECT timestamp FROM pictures WHERE file = ? ORDER BY bytes DESC, id DESC LIMIT ?';
  return connection.all(sql, file, MOST_ROWS).some((row) => numberIn(row, 'timestamp') > time);
}
