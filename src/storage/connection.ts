import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Connection, StorageNotice } from './types';

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
  const statements = new Map<string, StatementSync>();
  let effects: (() => void)[] = [];

  function statement(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const prepared = database.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
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
