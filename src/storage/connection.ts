import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Connection, Row, SqlValue, StorageNotice } from './types';

/** A connection with what only the storage thread may do to it. */
export interface OwnConnection extends Connection {
  begin(): void;
  /** Syncs the transaction, then runs what waited for that. */
  commit(): void;
  rollback(): void;
  exec(sql: string): void;
  close(): void;
}

/** Opens a database file and nothing more; throws what node:sqlite throws. */
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
      // Some failures (a full disk among them) have rolled it back already.
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

/** Has a statement return rows as lists, where it can: not before Node.js 22.16. */
function returnLists(prepared: StatementSync): void {
  if ('setReturnArrays' in prepared) prepared.setReturnArrays(true);
}
