import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Connection, Row, SqlValue, StorageNotice } from './types';

/**
 * Pages in the write-ahead log after which SQLite moves them to the database (a checkpoint). The log must fit into the
 * room that the reserve file gives back, or a full disk could not be drained.
 */
const WAL_PAGES = 200;

/** How every database of this room is set up. */
export const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = ${WAL_PAGES};
  PRAGMA journal_size_limit = ${WAL_PAGES * 4096};
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -2000;
`;

/** A connection with the operations that only the storage thread itself may use. */
export interface OwnConnection extends Connection {
  begin(): void;
  /** Commits and syncs the transaction, then runs the `afterCommit` effects. */
  commit(): void;
  rollback(): void;
  exec(sql: string): void;
  close(): void;
}

/** Opens a database file without any checks or settings; throws what node:sqlite throws. */
export function connect(file: string, notify: (notice: StorageNotice) => void): OwnConnection {
  const database = new DatabaseSync(file);
  const statement = createStatements(database, () => {});
  const listing = createStatements(database, returnLists);
  let effects: (() => void)[] = [];

  function lists(sql: string, ...values: readonly SqlValue[]): readonly (readonly SqlValue[])[] {
    const rows: readonly (Row | readonly SqlValue[])[] = listing(sql).all(...values);
    return rows.map((row) => (Array.isArray(row) ? row : Object.values(row)));
  }

  function commit(): void {
    database.exec('COMMIT');
    const due = effects;
    effects = [];
    for (const effect of due) effect();
  }

  function rollback(): void {
    effects = [];
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled it back already after some failures, such as a full disk.
    }
  }

  function transaction(work: () => void): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      commit();
    } catch (error) {
      rollback();
      throw error;
    }
  }

  return {
    run: (sql, ...values) => Number(statement(sql).run(...values).changes),
    all: (sql, ...values) => statement(sql).all(...values),
    lists,
    get: (sql, ...values) => statement(sql).all(...values)[0],
    afterCommit: (effect) => void effects.push(effect),
    transaction,
    notify,
    begin: () => database.exec('BEGIN IMMEDIATE'),
    commit,
    rollback,
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
  };
}

/** Prepares each statement once. */
function createStatements(database: DatabaseSync, adjust: (prepared: StatementSync) => void) {
  const statements = new Map<string, StatementSync>();
  return (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const prepared = database.prepare(sql);
    adjust(prepared);
    statements.set(sql, prepared);
    return prepared;
  };
}

/** Makes a statement return rows as arrays, where Node.js supports that (from 22.16 on). */
function returnLists(prepared: StatementSync): void {
  if ('setReturnArrays' in prepared) prepared.setReturnArrays(true);
}
