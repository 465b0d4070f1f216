import { numberIn, type Connection, type Row, type Salvage } from '../../../../storage';
import { decodeRows, decodeSummary } from './block';
import { decodeFieldMeta, insertFieldMeta, SELECT_FIELD_META } from './field-meta';
import {
  decodeSeries,
  decodeSource,
  insertSeries,
  insertSource,
  SELECT_SERIES,
  SELECT_SOURCES,
} from './names';
import type { Table } from './quarantine';
import { createRowTable, decodeTimedRow, selectOf, type RowShape } from './row-table';
import { readRetentionTime, writeRetentionTime } from './retention-time';
import { PICTURES, TEXTS } from './rows';
import { readSilences, writeSilences } from './silence-table';
import { createVerifiedConnection } from './verified-connection';

/** Ids read in one step. */
const STEP = 256;

/** Ids of names have 48 bits, too many to be tried one by one: rows are read from both ends of the table instead. */
const LAST_NAME_ID = 2 ** 48;

/**
 * Copies what is undamaged. Rows are found by their ids alone, step by step, so that a page that cannot be read costs only
 * the rows on it.
 */
export function salvage(damaged: Connection, fresh: Connection): Salvage {
  const names =
    copyNames(damaged, fresh, SELECT_SOURCES, (row) => insertSource(fresh, decodeSource(row))) +
    copyNames(damaged, fresh, SELECT_SERIES, (row) => insertSeries(fresh, decodeSeries(row))) +
    copyNames(damaged, fresh, SELECT_FIELD_META, (row) => insertFieldMeta(fresh, decodeFieldMeta(row)));
  const rows =
    copyRows(damaged, fresh, 'blocks', BLOCKS, (row) => copyBlock(fresh, row)) +
    copyTimed(damaged, fresh, TEXTS) +
    copyTimed(damaged, fresh, PICTURES);
  const time = attempt(() => readRetentionTime(damaged));
  if (time) fresh.transaction(() => writeRetentionTime(fresh, time));
  const silences = [...(attempt(() => readSilences(damaged)) ?? [])];
  fresh.transaction(() => {
    for (const [source, each] of silences) writeSilences(fresh, source, each);
  });
  // How many rows there were is unknown, and nobody needs it: the damaged file is kept.
  return { rows: names + rows, lost: undefined };
}

const BLOCKS =
  'SELECT CAST(id AS REAL) AS id, CAST(series AS REAL) AS series, start, summary, rows FROM blocks';

function copyBlock(fresh: Connection, row: Row): void {
  const [id, series, start] = [numberIn(row, 'id'), numberIn(row, 'series'), numberIn(row, 'start')];
  decodeRows(decodeSummary(id, series, start, row['summary']), row['rows']);
  const sql = 'INSERT OR IGNORE INTO blocks (id, series, start, summary, rows) VALUES (?, ?, ?, ?, ?)';
  fresh.run(sql, id, series, start, row['summary'] ?? null, row['rows'] ?? null);
}

function copyTimed<Value>(damaged: Connection, fresh: Connection, shape: RowShape<Value>): number {
  const table = createRowTable(
    createVerifiedConnection(fresh, () => undefined),
    shape,
  );
  return copyRows(damaged, fresh, shape.table, selectOf(shape), (row) => {
    const { series, timestamp, value } = decodeTimedRow(shape, row);
    table.insert(series, timestamp, value);
  });
}

/** Copies rows of a table whose ids are dense; returns how many. */
function copyRows(
  damaged: Connection,
  fresh: Connection,
  table: Table,
  select: string,
  copy: (row: Row) => void,
): number {
  const last = lastId(damaged, table);
  let count = 0;
  for (let after = 0; after < last; after += STEP) {
    const found =
      attempt(() => damaged.all(`${select} WHERE id > ? AND id <= ?`, after, after + STEP)) ??
      readOneByOne(damaged, select, after);
    fresh.transaction(() => {
      count += copyEach(found, copy);
    });
  }
  return count;
}

function copyEach(rows: readonly Row[], copy: (row: Row) => void): number {
  let count = 0;
  for (const row of rows) if (attempt(() => (copy(row), true))) count += 1;
  return count;
}

function readOneByOne(damaged: Connection, select: string, after: number): readonly Row[] {
  const ids = Array.from({ length: STEP }, (_, index) => after + index + 1);
  return ids.flatMap((id): readonly Row[] => {
    const row = attempt(() => damaged.get(`${select} WHERE id = ?`, id));
    return row ? [row] : [];
  });
}

/** The last id of a table; from its index where the table itself cannot be read. */
function lastId(damaged: Connection, table: Table): number {
  for (const source of [
    `${table} NOT INDEXED`,
    `${table} INDEXED BY ${table}_by_${table === 'blocks' ? 'start' : 'time'}`,
  ]) {
    const row = attempt(() => damaged.get(`SELECT max(id) AS id FROM ${source}`));
    if (row) return Number(row['id'] ?? 0);
  }
  return 0;
}

function copyNames(damaged: Connection, fresh: Connection, select: string, copy: (row: Row) => void): number {
  let count = 0;
  fresh.transaction(() => {
    count = copyEach(readFromBothEnds(damaged, select), copy);
  });
  return count;
}

function readFromBothEnds(damaged: Connection, select: string): readonly Row[] {
  const found = new Map<number, Row>();
  for (const [compare, order, begin] of [
    ['>', 'ASC', -1],
    ['<', 'DESC', LAST_NAME_ID],
  ] as const) {
    for (let at: number = begin; ;) {
      const sql = `${select} WHERE id ${compare} ? ORDER BY id ${order} LIMIT 1`;
      const row = attempt(() => damaged.get(sql, at));
      const id = attempt(() => numberIn(row ?? {}, 'id'));
      if (!row || id === undefined || found.has(id)) break;
      found.set(id, row);
      at = id;
    }
  }
  return [...found.values()];
}

/** In a damaged file any read can fail; a failure only means that this part cannot be read. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
