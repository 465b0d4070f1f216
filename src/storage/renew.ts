import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OwnConnection } from './connection';
import { FullDisk, isDamagedSource } from './errors';
import {
  createOpenFile,
  isAtItsPath,
  lockFile,
  openChecked,
  type IdentifiedConnection,
  type OpenFile,
} from './file';
import { makePrivateFolder } from './folder';
import { makePrivateFile } from './own-files';
import { syncFolder } from './sync-folder';
import { keepForeign } from './foreign-files';
import { identityAt, isSameFile, type FileIdentity } from './identity';
import { copyPathOf, rebuiltPathOf, salvageInto, type FilePlan } from './rebuild';
import type { Carried } from './renewal-notice';
import { freeBytes } from './reserve-file';
import { numberIn, usedBytes } from './rows';
import type { Salvage } from './types';

/** What was done so that the open files are again those at their paths. */
export interface Renewal extends Carried {
  readonly file: OpenFile;
}

/** Whether the database, its log and its lock are the files at their paths, asked for each of them. */
export function isInPlace({ database, log, lock }: OpenFile): boolean {
  return [database, log, lock].every(isAtItsPath);
}

/**
 * Makes what is missing at the paths of an open database: a copy of it where the database was deleted, moved away or
 * replaced, else its log or its lock alone. The open connection still reads all that was committed, deleted or not. Where
 * this throws, the file that was open is as it was, and the next call tries again.
 */
export function renewFile(plan: FilePlan, open: OpenFile): Renewal {
  makePrivateFolder(dirname(plan.file));
  const hasLock = isAtItsPath(open.lock);
  const lock = hasLock ? open.lock : lockFile(plan);
  try {
    const isThere = isAtItsPath(open.database);
    const renewed = isThere ? renewLog(plan, open) : copyDatabase(plan, open);
    if (!isThere) open.database.connection.close();
    if (!hasLock) open.lock.connection.close();
    return { ...renewed, file: createOpenFile(plan.file, renewed.database, lock) };
  } catch (error) {
    if (!hasLock) lock.connection.close();
    throw error;
  }
}

interface RenewedDatabase extends Carried {
  readonly database: IdentifiedConnection;
}

/** Moves all that is in the log to the database, and begins a new log where the open one is not at its path. */
function renewLog({ file, now }: FilePlan, { database, log }: OpenFile): RenewedDatabase {
  if (isAtItsPath(log)) return { database, carried: undefined, kept: undefined };
  // SQLite deletes whatever is at the path of the log when it ends it.
  const kept = keepForeign(file, now(), [file]);
  // The database is complete, and each commit is synced, before, between and after.
  setJournalMode(database.connection, 'delete');
  setJournalMode(database.connection, 'wal');
  return { database, carried: undefined, kept };
}

/** Throws where SQLite keeps the mode that it has, which it says in its answer alone. */
function setJournalMode(connection: OwnConnection, mode: string): void {
  const found = connection.get(`PRAGMA journal_mode = ${mode}`)?.['journal_mode'];
  if (found !== mode) throw new Error(`The journal mode stays ${String(found)}`);
  // Only with the first read the files of the mode are opened.
  connection.get('SELECT 1 FROM sqlite_schema LIMIT 1');
}

function copyDatabase(plan: FilePlan, open: OpenFile): RenewedDatabase {
  const copy = copyPathOf(plan.file);
  try {
    const carried = copyRows(plan, open.database.connection, copy);
    const { kept, identity } = putInPlace(plan, open, copy);
    return { database: openCopy(plan, identity), carried, kept };
  } finally {
    rmSync(copy, { force: true });
  }
}

/** The paths of the open files that are still there. */
function ownPaths({ log }: OpenFile): readonly string[] {
  return isAtItsPath(log) ? [log.path] : [];
}

/** What a copy leaves free: for its log, the files beside it, and all others who use the disk. */
const ROOM_BESIDE_BYTES = 8 * 2 ** 20;

/** Copies all rows to a new file, synced; where some cannot be read, those that are sound. */
function copyRows(plan: FilePlan, from: OwnConnection, copy: string): Salvage {
  for (const path of [copy, rebuiltPathOf(plan.file)]) rmSync(path, { force: true });
  // Else the copy would fill the disk before it fails, for all who use it.
  if (freeBytes(dirname(copy)) < usedBytes(from) + ROOM_BESIDE_BYTES) throw new FullDisk();
  makePrivateFile(copy);
  try {
    from.exec(`VACUUM INTO '${copy.replaceAll("'", "''")}'`);
    // It does not sync: https://www.sqlite.org/lang_vacuum.html
    syncFile(copy);
    return { rows: countRows(from), lost: 0 };
  } catch (error) {
    if (!isDamagedSource(error)) throw error;
    plan.beforeRepair();
    rmSync(copy, { force: true });
    return salvageInto(plan, from, copy);
  }
}

/** The rows of all tables, without that of the schema's version. */
function countRows(connection: OwnConnection): number {
  const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema' LIMIT 1000";
  const counts = connection
    .all(sql)
    .map(({ name }) => connection.get(`SELECT count(*) AS count FROM "${String(name)}"`));
  return counts.reduce((sum, row) => sum + numberIn(row ?? {}, 'count'), 0);
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Renames a complete copy to the database's path, from which everything else is moved aside before. With the first of two
 * names it counts as complete: where the process ends after that, the next start does the rest (see `finishRebuild`).
 */
function putInPlace({ file, now }: FilePlan, open: OpenFile, copy: string) {
  const complete = rebuiltPathOf(file);
  const identity = identityAt(copy);
  const own = ownPaths(open);
  const kept = keepForeign(file, now(), own);
  renameSync(copy, complete);
  syncFolder(dirname(file));
  // All that it has is in the copy, in other places.
  for (const path of own) rmSync(path, { force: true });
  // Else a power cut could leave the old log beside the new database, and SQLite would write its pages into it.
  if (own.length > 0) syncFolder(dirname(file));
  renameSync(complete, file);
  syncFolder(dirname(file));
  return { kept, identity };
}

/**
 * Opens the copy, unless another file has taken its place meanwhile. Where it cannot be opened, it goes back to the name
 * before: else the next attempt would take it for a foreign file. The open connection still has everything.
 */
function openCopy(plan: FilePlan, copied: FileIdentity | undefined): IdentifiedConnection {
  const database = openOrPutBack(plan, copied);
  if (copied && isSameFile(copied, database.identity)) return database;
  database.connection.close();
  throw new Error(`${plan.file} was replaced again`);
}

function openOrPutBack(plan: FilePlan, copied: FileIdentity | undefined): IdentifiedConnection {
  try {
    return openChecked(plan, false);
  } catch (error) {
    if (copied && isSameFile(copied, identityAt(plan.file))) renameSync(plan.file, rebuiltPathOf(plan.file));
    throw error;
  }
}
