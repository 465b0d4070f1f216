import { usedBytes, type Connection } from '../../../../storage';
import type { FieldKind } from '../../../vocabulary';
import type { FieldId } from '../../contract';
import { Catalogue } from './catalogue';
import { createFirstToGo, type FirstToGo } from './first-to-go';
import { createFieldMetaTable, type FieldMetaTable } from './field-meta';
import type { SeriesEntry } from './names';
import { createPictureRows, type PictureRows } from './picture-rows';
import { createBoundsCache, type BoundsCache } from './series-bounds';
import { createUsedEstimate, type UsedEstimate } from './used-estimate';
import { createValueTables, type ValueTables } from './value-tables';
import { createVerifiedConnection, type VerifiedConnection } from './verified-connection';

/** All tables of the store, and what is cached of them in memory; both change together, transaction by transaction. */
export interface StoreState {
  readonly verified: VerifiedConnection;
  readonly catalogue: Catalogue;
  readonly fieldMeta: FieldMetaTable;
  readonly tables: ValueTables;
  readonly bounds: BoundsCache;
  readonly pictures: PictureRows;
  readonly firstToGo: FirstToGo;
  /** The series that a column belongs to; undefined where it is not known yet. */
  seriesOf(column: FieldId & { readonly type: FieldKind }): SeriesEntry | undefined;
  /** What all rows take on the disk, in bytes. */
  databaseBytes(): number;
  /** What all rows and pictures take on the disk, in bytes. */
  usedBytes(): number;
  readonly usedEstimate: UsedEstimate;
  /** Writes what has changed in memory only. */
  readonly flush: () => void;
  /** Drops everything that is in memory, so that it is read anew. */
  readonly invalidate: () => void;
}

/** @param beforeLoss called in each transaction that quarantines a damaged row of a series, before it is committed */
export function openState(connection: Connection, beforeLoss: () => void): StoreState {
  const verified: VerifiedConnection = createVerifiedConnection(connection, (series) => {
    beforeLoss();
    tables.blocks.invalidate(series);
    bounds.invalidate(series);
    pictures.invalidate();
    firstToGo.invalidate();
  });
  const tables = createValueTables(verified);
  const catalogue = new Catalogue(verified);
  const fieldMeta = createFieldMetaTable(verified);
  const bounds = createBoundsCache(tables);
  const pictures = createPictureRows(verified, tables);
  const firstToGo = createFirstToGo({ catalogue, bounds, tables, flush });

  const usedEstimate = createUsedEstimate(storedBytes);

  function storedBytes(): number {
    return usedBytes(connection) + pictures.bytes();
  }

  function seriesOf({ kind, name, field, type }: FieldId & { readonly type: FieldKind }) {
    const source = catalogue.find({ kind, name });
    return source?.series.find((each) => each.field === field && each.type === type);
  }

  function flush(): void {
    tables.blocks.flush();
    catalogue.flush();
  }

  function invalidate(): void {
    tables.blocks.invalidate();
    catalogue.invalidate();
    fieldMeta.invalidate();
    bounds.invalidate();
    pictures.invalidate();
    firstToGo.invalidate();
    usedEstimate.invalidate();
  }

  return {
    verified,
    catalogue,
    fieldMeta,
    tables,
    bounds,
    pictures,
    firstToGo,
    seriesOf,
    databaseBytes: () => usedBytes(connection),
    usedBytes: storedBytes,
    usedEstimate,
    flush,
    invalidate,
  };
}
