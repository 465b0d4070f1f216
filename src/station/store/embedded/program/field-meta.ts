/** What clients have said of fields beside their values: one row for each field of which anything was said. */
import {
  checksum,
  DamagedRow,
  numberIn,
  textIn,
  type Connection,
  type Row,
  type SqlValue,
} from '../../../../storage';
import { decodeJson } from '../../../../json';
import { isPlainObject } from '../../../../fields';
import type { FieldMeta } from '../../contract';
import { fieldIdOf } from './names';
import type { VerifiedConnection } from './verified-connection';

export interface FieldMetaTable {
  of(source: number, field: string): FieldMeta | undefined;
  /** Adds what is said now to what was said before. @returns whether that changes anything */
  update(source: number, field: string, said: FieldMeta): boolean;
  delete(source: number, field: string): void;
  /** Drops what is in memory; it is read anew when it is needed. */
  invalidate(): void;
}

/** The row of a field. */
export interface FieldMetaEntry {
  readonly id: number;
  readonly source: number;
  readonly field: string;
  readonly meta: FieldMeta;
}

export const SELECT_FIELD_META =
  'SELECT CAST(id AS REAL) AS id, CAST(source AS REAL) AS source, field, meta, CAST(sum AS REAL) AS sum FROM field_meta';

export function createFieldMetaTable(verified: VerifiedConnection): FieldMetaTable {
  const { connection } = verified;
  let loaded: Map<number, FieldMetaEntry> | undefined;

  function entries(): Map<number, FieldMetaEntry> {
    loaded ??= load(verified);
    return loaded;
  }

  function update(source: number, field: string, said: FieldMeta): boolean {
    const id = fieldIdOf(source, field);
    const known = entries().get(id)?.meta;
    const meta = { ...known, ...said };
    if (encode(meta) === encode(known ?? {})) return false;
    const entry = { id, source, field, meta };
    entries().set(id, entry);
    insertFieldMeta(connection, entry);
    return true;
  }

  return {
    of: (source, field) => entries().get(fieldIdOf(source, field))?.meta,
    update,
    delete: (source, field) => {
      const id = fieldIdOf(source, field);
      if (entries().delete(id)) connection.run('DELETE FROM field_meta WHERE id = ?', id);
    },
    invalidate: () => {
      loaded = undefined;
    },
  };
}

/** Writes a row, replacing an earlier one. */
export function insertFieldMeta(
  { run }: Pick<Connection, 'run'>,
  { id, source, field, meta }: FieldMetaEntry,
): void {
  const values: readonly SqlValue[] = [id, source, field, encode(meta)];
  const sql = 'INSERT OR REPLACE INTO field_meta (id, source, field, meta, sum) VALUES (?, ?, ?, ?, ?)';
  run(sql, ...values, checksum(values));
}

/** Decodes a row; throws `DamagedRow` where it is not what was written. */
export function decodeFieldMeta(row: Row): FieldMetaEntry {
  const [id, source] = [numberIn(row, 'id'), numberIn(row, 'source')];
  const [field, text] = [textIn(row, 'field'), textIn(row, 'meta')];
  if (numberIn(row, 'sum') !== checksum([id, source, field, text]))
    throw new DamagedRow('The sum does not match');
  return { id, source, field, meta: decode(text) };
}

function load(verified: VerifiedConnection): Map<number, FieldMetaEntry> {
  const found = new Map<number, FieldMetaEntry>();
  for (const row of verified.connection.all(SELECT_FIELD_META)) {
    const entry = verified.decode('field_meta', numberIn(row, 'id'), undefined, () => decodeFieldMeta(row));
    if (entry) found.set(entry.id, entry);
  }
  return found;
}

/** The same text for the same meta, in whatever order its members are. */
function encode({ description, unit, counter }: FieldMeta): string {
  return JSON.stringify({ description, unit, counter });
}

function decode(text: string): FieldMeta {
  const value = decodeJson(text)?.value;
  if (!isPlainObject(value)) return {};
  const { description, unit, counter } = value;
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
    ...(counter === 'total' || counter === 'increments' || counter === 'none' ? { counter } : {}),
  };
}
