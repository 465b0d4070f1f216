/** The rows that name sources and series. */
import { createHash } from 'node:crypto';
import { checksum, DamagedRow, numberIn, textIn, type Row, type SqlValue } from '../../../storage';
import type { FieldKind, SourceKind } from '../../views-api';
import type { SourceId } from '../operations';
import type { Desk } from './desk';

/** One kind of value of one field. */
export interface SeriesEntry {
  readonly id: number;
  /** Rises in the order in which series were learnt. */
  readonly position: number;
  readonly source: number;
  readonly field: string;
  readonly type: FieldKind;
}

export interface SourceEntry extends SourceId {
  readonly id: number;
  seen: number;
  /** What its row says that `seen` is. */
  written: number;
  /** In the order in which they were learnt. */
  readonly series: SeriesEntry[];
}

/** 48 bits: exact in JavaScript, short in SQLite, and no two names of one user will ever share them. */
const ID_BYTES = 6;

const SOURCE_KINDS: readonly SourceKind[] = ['sensor', 'device'];
const FIELD_KINDS: readonly FieldKind[] = ['number', 'text', 'boolean', 'image'];

/** The id of a source: made from its name, so that it can be made again. */
export function sourceIdOf({ kind, name }: SourceId): number {
  return idOf(JSON.stringify([kind, name]));
}

/** The id of a series: made from what it is, so that it can be made again. */
export function seriesIdOf(source: number, field: string, type: FieldKind): number {
  return idOf(JSON.stringify([source, field, type]));
}

function idOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, ID_BYTES);
}

export const SELECT_SOURCES =
  'SELECT CAST(id AS REAL) AS id, kind, name, seen, CAST(sum AS REAL) AS sum FROM sources';

export const SELECT_SERIES =
  'SELECT CAST(id AS REAL) AS id, CAST(position AS REAL) AS position, CAST(source AS REAL) AS source, field, type, ' +
  'CAST(sum AS REAL) AS sum FROM series';

/** Writes a source's row, in place of an earlier one. */
export function insertSource(
  { run }: Pick<Desk['connection'], 'run'>,
  { id, kind, name, seen }: Omit<SourceEntry, 'series' | 'written'>,
): void {
  const values: readonly SqlValue[] = [id, kind, name, seen];
  const sql = 'INSERT OR REPLACE INTO sources (id, kind, name, seen, sum) VALUES (?, ?, ?, ?, ?)';
  run(sql, ...values, checksum(values));
}

/** Writes a series' row, in place of an earlier one. */
export function insertSeries(
  { run }: Pick<Desk['connection'], 'run'>,
  { id, position, source, field, type }: SeriesEntry,
): void {
  const values: readonly SqlValue[] = [id, position, source, field, type];
  const sql =
    'INSERT OR REPLACE INTO series (id, position, source, field, type, sum) VALUES (?, ?, ?, ?, ?, ?)';
  run(sql, ...values, checksum(values));
}

/** A source that is what was written; throws `DamagedRow` where it is not. */
export function decodeSource(row: Row): SourceEntry {
  const kind = oneOf(SOURCE_KINDS, textIn(row, 'kind'));
  const [id, name, seen] = [numberIn(row, 'id'), textIn(row, 'name'), numberIn(row, 'seen')];
  checkSum(row, [id, kind, name, seen]);
  return { id, kind, name, seen, written: seen, series: [] };
}

/** A series that is what was written; throws `DamagedRow` where it is not. */
export function decodeSeries(row: Row): SeriesEntry {
  const type = oneOf(FIELD_KINDS, textIn(row, 'type'));
  const [id, position, source] = [numberIn(row, 'id'), numberIn(row, 'position'), numberIn(row, 'source')];
  const field = textIn(row, 'field');
  checkSum(row, [id, position, source, field, type]);
  return { id, position, source, field, type };
}

function checkSum(row: Row, values: readonly SqlValue[]): void {
  if (numberIn(row, 'sum') !== checksum(values)) throw new DamagedRow('The sum does not match');
}

function oneOf<Text extends string>(known: readonly Text[], text: string): Text {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new DamagedRow(`${text} is unknown`);
  return found;
}
