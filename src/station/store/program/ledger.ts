import type { Connection } from '../../../storage';
import type { PictureFile } from '../operations';
import { Catalogue } from './catalogue';
import { createDesk, type Desk } from './desk';
import { createEdges, type EdgesTable } from './edges';
import type { TimedRow } from './row-table';
import { createShelves, pictureBytes, type Shelves } from './shelves';

/** All that the station keeps, with what is known of it in memory in step with each transaction. */
export interface Ledger {
  readonly desk: Desk;
  readonly catalogue: Catalogue;
  readonly shelves: Shelves;
  readonly edges: EdgesTable;
  hasPicture(id: string): boolean;
  addPicture(series: number, timestamp: number, picture: PictureFile): void;
  /** Deletes a picture's row; true where no other names its file. */
  deletePicture(row: TimedRow<PictureFile>): boolean;
  /** What all of it takes on the disk, in bytes. */
  usedBytes(): number;
  /** Writes what is kept in memory meanwhile. */
  readonly write: () => void;
  /** Has everything read anew. */
  readonly forget: () => void;
}

export function openLedger(connection: Connection): Ledger {
  const desk: Desk = createDesk(connection, (series) => {
    shelves.blocks.forget(series);
    edges.forget(series);
    ofPictures = undefined;
  });
  const shelves = createShelves(desk);
  const catalogue = new Catalogue(desk);
  const edges = createEdges(shelves);
  let ofPictures: number | undefined;

  function hasPicture(id: string): boolean {
    return connection.get('SELECT 1 FROM pictures WHERE file = ? LIMIT 1', id) !== undefined;
  }

  function bytesOfPictures(): number {
    ofPictures ??= pictureBytes(desk);
    return ofPictures;
  }

  function addPicture(series: number, timestamp: number, picture: PictureFile): void {
    const before = bytesOfPictures();
    if (!hasPicture(picture.id)) ofPictures = before + picture.bytes;
    shelves.pictures.insert(series, timestamp, picture);
  }

  function deletePicture(row: TimedRow<PictureFile>): boolean {
    const before = bytesOfPictures();
    shelves.pictures.delete(row);
    edges.forget(row.series);
    const isLast = !hasPicture(row.value.id);
    if (isLast) ofPictures = before - row.value.bytes;
    return isLast;
  }

  function usedBytes(): number {
    const row = connection.get(
      'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
    );
    return Number(row?.['bytes'] ?? 0) + bytesOfPictures();
  }

  function write(): void {
    shelves.blocks.write();
    catalogue.write();
  }

  function forget(): void {
    shelves.blocks.forget();
    catalogue.forget();
    edges.forget();
    ofPictures = undefined;
  }

  return { desk, catalogue, shelves, edges, hasPicture, addPicture, deletePicture, usedBytes, write, forget };
}
