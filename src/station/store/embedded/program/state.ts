import type { Connection } from '../../../../storage';
import type { FieldKind } from '../../../vocabulary';
import type { FieldId, PictureFile } from '../../contract';
import { Catalogue } from './catalogue';
import type { SeriesEntry } from './names';
import type { TimedRow } from './row-table';
import { createBoundsCache, type BoundsCache } from './series-bounds';
import { createValueTables, pictureBytes, type ValueTables } from './value-tables';
import { createVerifiedConnection, type VerifiedConnection } from './verified-connection';

/** All tables of the store, and what is cached of them in memory; both change together, transaction by transaction. */
export interface StoreState {
  readonly verified: VerifiedConnection;
  readonly catalogue: Catalogue;
  readonly tables: ValueTables;
  readonly bounds: BoundsCache;
  hasPicture(id: string): boolean;
  addPicture(series: number, timestamp: number, picture: PictureFile): void;
  /** Deletes the row of a picture. @returns whether no other row names its file */
  deletePicture(row: TimedRow<PictureFile>): boolean;
  /** The series that a column belongs to; undefined where it is not known yet. */
  seriesOf(column: FieldId & { readonly type: FieldKind }): SeriesEntry | undefined;
  /** What all rows take on the disk, in bytes. */
  databaseBytes(): number;
  /** What all rows and pictures take on the disk, in bytes. */
  usedBytes(): number;
  /** What the files of the pictures after a time take on the disk, in bytes. */
  pictureBytesAfter(time: number): number;
  /** Writes what has changed in memory only. */
  readonly flush: () => void;
  /** Drops everything that is in memory, so that it is read anew. */
  readonly invalidate: () => void;
}

export function openState(connection: Connection): StoreState {
  const verified: VerifiedConnection = createVerifiedConnection(connection, (series) => {
    tables.blocks.invalidate(series);
    bounds.invalidate(series);
    bytesOfPictures = undefined;
  });
  const tables = createValueTables(verified);
  const catalogue = new Catalogue(verified);
  const bounds = createBoundsCache(tables);
  let bytesOfPictures: number | undefined;

  function hasPicture(id: string): boolean {
    return connection.get('SELECT 1 FROM pictures WHERE file = ? LIMIT 1', id) !== undefined;
  }

  function getBytesOfPictures(): number {
    bytesOfPictures ??= pictureBytes(verified);
    return bytesOfPictures;
  }

  function addPicture(series: number, timestamp: number, picture: PictureFile): void {
    const before = getBytesOfPictures();
    if (!hasPicture(picture.id)) bytesOfPictures = before + picture.bytes;
    tables.pictures.insert(series, timestamp, picture);
  }

  function deletePicture(row: TimedRow<PictureFile>): boolean {
    const before = getBytesOfPictures();
    tables.pictures.delete(row);
    bounds.invalidate(row.series);
    const isLast = !hasPicture(row.value.id);
    if (isLast) bytesOfPictures = before - row.value.bytes;
    return isLast;
  }

  function seriesOf({ kind, name, field, type }: FieldId & { readonly type: FieldKind }) {
    const source = catalogue.find({ kind, name });
    return source?.series.find((each) => each.field === field && each.type === type);
  }

  function databaseBytes(): number {
    const row = connection.get(
      'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    );
    return Number(row?.['bytes'] ?? 0);
  }

  function flush(): void {
    tables.blocks.flush();
    catalogue.flush();
  }

  function invalidate(): void {
    tables.blocks.invalidate();
    catalogue.invalidate();
    bounds.invalidate();
    bytesOfPictures = undefined;
  }

  return {
    verified,
    catalogue,
    tables,
    bounds,
    hasPicture,
    addPicture,
    deletePicture,
    seriesOf,
    databaseBytes,
    usedBytes: () => databaseBytes() + getBytesOfPictures(),
    pictureBytesAfter: (time) => pictureBytes(verified, time),
    flush,
    invalidate,
  };
}
