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
  /** What the files of the pictures after a time take, in bytes. */
  bytesAfter(time: number): number;
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
    bytesAfter: (time) => pictureBytes(verified, time),
    invalidate,
  };
}
