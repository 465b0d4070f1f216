import { checksum, DamagedRow, numberIn, type Row, type SqlValue } from '../../../../storage';
import type { VerifiedConnection } from './verified-connection';

/** What distinguishes the tables that have one row per value. */
export interface RowShape<Value> {
  readonly table: 'texts' | 'pictures';
  /** SQL expressions of the columns of a value, by their names. */
  readonly columns: Readonly<Record<string, string>>;
  readonly encode: (value: Value) => readonly SqlValue[];
  /** Throws `DamagedRow` where a column is of another type. */
  readonly decode: (row: Row) => Value;
}

export interface TimedRow<Value> {
  readonly id: number;
  readonly series: number;
  readonly timestamp: number;
  readonly value: Value;
}

/** A table with one row per value. Damaged rows are quarantined and skipped. */
export interface RowTable<Value> {
  at(series: number, time: number): Value | undefined;
  /** Adds a value at a time that has none. */
  insert(series: number, time: number, value: Value): void;
  first(series: number): TimedRow<Value> | undefined;
  /** The last row at or before a time. */
  last(series: number, until: number): TimedRow<Value> | undefined;
  /** How many rows there are after a time. */
  countAfter(series: number, time: number): number;
  /** Rows for which `condition` is true; `tail` is an ORDER BY and a LIMIT. Both are SQL, never text from outside. */
  select(condition: string, tail: string, values: readonly SqlValue[]): readonly TimedRow<Value>[];
  delete(row: TimedRow<Value>): void;
}

export function createRowTable<Value>(verified: VerifiedConnection, shape: RowShape<Value>): RowTable<Value> {
  const { connection } = verified;
  const { table, columns } = shape;
  const names = ['series', 'timestamp', ...Object.keys(columns), 'sum'];
  const INSERT = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  const SELECT = selectOf(shape);

  function select(condition: string, tail: string, values: readonly SqlValue[]): readonly TimedRow<Value>[] {
    const rows = connection.all(`${SELECT} WHERE ${condition} ${tail}`, ...values);
    return rows.flatMap((row) => {
      const series = numberIn(row, 'series');
      const found = verified.decode(table, numberIn(row, 'id'), series, () => decodeTimedRow(shape, row));
      return found ? [found] : [];
    });
  }

  function at(series: number, time: number): Value | undefined {
    return select('series = ? AND timestamp = ?', '', [series, time])[0]?.value;
  }

  function outermost(series: number, until: number, order: 'ASC' | 'DESC'): TimedRow<Value> | undefined {
    const condition = 'series = ? AND timestamp <= ?';
    const exists = `SELECT 1 FROM ${table} WHERE ${condition} LIMIT 1`;
    for (;;) {
      const [row] = select(condition, `ORDER BY timestamp ${order} LIMIT 1`, [series, until]);
      // A damaged one is in quarantine now, so the next one is found.
      if (row || !connection.get(exists, series, until)) return row;
    }
  }

  function countAfter(series: number, time: number): number {
    const sql = `SELECT count(*) AS count FROM ${table} WHERE series = ? AND timestamp > ?`;
    return numberIn(connection.get(sql, series, time) ?? {}, 'count');
  }

  return {
    at,
    insert: (series, time, value) => {
      const values = [series, time, ...shape.encode(value)];
      connection.run(INSERT, ...values, checksum(values));
    },
    first: (series) => outermost(series, Infinity, 'ASC'),
    last: (series, until) => outermost(series, until, 'DESC'),
    countAfter,
    select,
    delete: ({ id }) => void connection.run(`DELETE FROM ${table} WHERE id = ?`, id),
  };
}

/** The beginning of a query for whole rows. Numbers are cast: one too large for JavaScript must not throw before it is checked. */
export function selectOf<Value>({ table, columns }: RowShape<Value>): string {
  const own = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  const common = ['id', 'series', 'sum'].map((name) => `CAST(${name} AS REAL) AS ${name}`);
  return `SELECT ${[...common, 'timestamp', ...own].join(', ')} FROM ${table}`;
}

/** Decodes a row; throws `DamagedRow` where it is not what was written. */
export function decodeTimedRow<Value>(shape: RowShape<Value>, row: Row): TimedRow<Value> {
  const [id, series, timestamp] = [numberIn(row, 'id'), numberIn(row, 'series'), numberIn(row, 'timestamp')];
  const value = shape.decode(row);
  if (numberIn(row, 'sum') !== checksum([series, timestamp, ...shape.encode(value)])) {
    throw new DamagedRow('The sum does not match');
  }
  return { id, series, timestamp, value };
}
