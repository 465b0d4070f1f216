/** The rows that name sources and series. */
import { createHash } from 'node:crypto';
import {
  checksum,
  DamagedRow,
  numberIn,
  textIn,
  type Connection,
  type Row,
  type SqlValue,
} from '../../../../storage';
import type { FieldKind, Silences, SourceKind } from '../../../vocabulary';
import type { SourceId } from '../../contract';

/** A series: the values of one kind that one field has. */
export interface SeriesEntry {
  readonly id: number;
  /** Rises in the order in which series were first stored. */
  readonly position: number;
  readonly source: number;
  readonly field: string;
  readonly type: FieldKind;
}

export interface SourceEntry extends SourceId {
  readonly id: number;
  seen: number;
  /** The value of `seen` in its row. */
  written: number;
  /** Between the times at which something was received; undefined where nothing was since they are counted. */
  silences: Silences | undefined;
  /** In the order in which they were first stored. */
  readonly series: SeriesEntry[];
}

/** 48 bits: exact as a JavaScript number, short in SQLite, and a collision between one user's names is out of the question. */
const ID_BYTES = 6;

const SOURCE_KINDS: readonly SourceKind[] = ['sensor', 'device'];
const FIELD_KINDS: readonly FieldKind[] = ['number', 'text', 'boolean', 'image'];

/** The id of a source: derived from its name, so that it can be derived again after the row was lost. */
export function sourceIdOf({ kind, name }: SourceId): number {
  return idOf(JSON.stringify([kind, name]));
}

/** The id of a series: derived from what it identifies, so that it can be derived again after the row was lost. */
export function seriesIdOf(source: number, field: string, type: FieldKind): number {
  return idOf(JSON.stringify([source, field, type]));
}

/** The id of a field, which may have several series. */
export function fieldIdOf(source: number, field: string): number {
  return idOf(JSON.stringify([source, field]));
}

function idOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, ID_BYTES);
}

export const SELECT_SOURCES =
  'SELECT CAST(id AS REAL) AS id, kind, name, seen, CAST(sum AS REAL) AS sum FROM sources';

export const SELECT_SERIES =
  'SELECT CAST(id AS REAL) AS id, CAST(position AS REAL) AS position, CAST(source AS REAL) AS source, field, type, ' +
  'CAST(sum AS REAL) AS sum FROM series';

/** Writes the row of a source, replacing an earlier one. */
export function insertSource(
  { run }: Pick<Connection, 'run'>,
  { id, kind, name, seen }: Omit<SourceEntry, 'series' | 'silences' | 'written'>,
): void {
  const values: readonly SqlValue[] = [id, kind, name, seen];
  const sql = 'INSERT OR REPLACE INTO sources (id, kind, name, seen, sum) VALUES (?, ?, ?, ?, ?)';
  run(sql, ...values, checksum(values));
}

/** Writes the row of a series, replacing an earlier one. */
export function insertSeries(
  { run }: Pick<Connection, 'run'>,
  { id, position, source, field, type }: SeriesEntry,
): void {
  const values: readonly SqlValue[] = [id, position, source, field, type];
  const sql =
    'INSERT OR REPLACE INTO series (id, position, source, field, type, sum) VALUES (?, ?, ?, ?, ?, ?)';
  run(sql, ...values, checksum(values));
}

/** Decodes the row of a source; throws `DamagedRow` where it is not what was written. */
export function decodeSource(row: Row): SourceEntry {
  const kind = oneOf(SOURCE_KINDS, textIn(row, 'kind'));
  const [id, name, seen] = [numberIn(row, 'id'), textIn(row, 'name'), numberIn(row, 'seen')];
  checkSum(row, [id, kind, name, seen]);
  return { id, kind, name, seen, written: seen, silences: undefined, series: [] };
}

/** Decodes the row of a series; throws `DamagedRow` where it is not what was written. */
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
