import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ballastOf } from './ballast';
import { connect, type OwnConnection } from './connection';
import { keepDamaged } from './damaged';
import { makePrivateFolder, syncFolder } from './folder';
import { inspectLog, PAGE_BYTES } from './log';
import { DamagedFile } from './rows';
import { checkSchema, migrate } from './schema';
import { troubleOf } from './trouble';
import type { Salvage, StorageNotice } from './types';

/** What opening a file needs to know of the program that uses it. */
export interface FilePlan {
  readonly file: string;
  readonly migrations: readonly string[];
  readonly salvage: (damaged: OwnConnection, fresh: OwnConnection) => Salvage;
  readonly notify: (notice: StorageNotice) => void;
  /** Wall clock in milliseconds, for the names of damaged files. */
  readonly now: () => number;
}

/** The file and its lock, held by this process. */
export interface OpenFile {
  readonly connection: OwnConnection;
  close(): void;
}

/** Up to this size all of a database is checked when it opens; larger ones are checked as they are read. */
const LARGEST_CHECKED_BYTES = 16 * 2 ** 20;

/**
 * Pages of log after which SQLite moves them to the database: the log's room must fit into the ballast, or a full
 * disk could not be drained.
 */
const LOG_PAGES = 200;

const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = ${LOG_PAGES};
  PRAGMA journal_size_limit = ${LOG_PAGES * 4096};
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -2000;
`;

/** Opens a database file, mending and rebuilding what is damaged; throws where it cannot be opened now. */
export function openFile(plan: FilePlan): OpenFile {
  makePrivateFolder(dirname(plan.file));
  const lock = lockFile(plan);
  try {
    const connection = openLocked(plan);
    const close = () => {
      try {
        connection.close();
      } finally {
        lock.close();
      }
    };
    return { connection, close };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Keeps other processes away before anything is looked at or renamed: an exclusive lock on an empty database beside
 * the real one. The operating system lets go of it however the process ends.
 */
function lockFile(plan: FilePlan): OwnConnection {
  const file = `${plan.file}.lock`;
  makePrivateFile(file);
  const lock = connect(file, plan.notify);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

function openLocked(plan: FilePlan): OwnConnection {
  finishRebuilding(plan.file);
  exposeLoss(plan.file);
  const wasLogMended = mendLog(plan);
  try {
    return openChecked(plan, wasLogMended);
  } catch (error) {
    if (troubleOf(error) !== 'damaged') throw error;
    rebuildFile(plan);
    return openChecked(plan, false);
  }
}

function openChecked(plan: FilePlan, isSuspect: boolean): OwnConnection {
  makePrivateFile(plan.file);
  const connection = connect(plan.file, plan.notify);
  try {
    connection.exec(SETTINGS);
    if (isSuspect || statSync(plan.file).size <= LARGEST_CHECKED_BYTES) checkAll(connection);
    migrate(connection, plan.migrations);
    checkSchema(connection, plan.migrations);
    syncFolder(dirname(plan.file));
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function checkAll(connection: OwnConnection): void {
  const row = connection.get('PRAGMA integrity_check(1)');
  if (row?.['integrity_check'] !== 'ok') throw new DamagedFile(String(row?.['integrity_check']));
}

function mendLog(plan: FilePlan): boolean {
  const file = `${plan.file}-wal`;
  if (!existsSync(file)) return false;
  const found = inspectLog(readFileSync(file));
  if (found.state === 'torn') {
    const message =
      'The last write before the end of the last run is incomplete. That is normal after a power cut; if the disk ' +
      'is failing, the reading that was accepted last can be missing.';
    plan.notify({ kind: 'torn-log', message });
  }
  if (found.state !== 'rotten') return false;
  const kept = keepDamaged(file, plan.now(), found.mended);
  plan.notify({
    kind: 'damaged-file',
    message: `${file} was damaged: the disk may be failing. It was mended, what is still wrong in it will be reported, and the damaged file was kept as ${kept}.`,
    lost: 0,
  });
  return true;
}

/**
 * SQLite takes a file that is gone or empty for a new one, and deletes its log without a word. One that was in use, as
 * what lies beside it tells, is made a damaged one: so it is reported, and rebuilt from what the log still has.
 */
function exposeLoss(file: string): void {
  const wasInUse = existsSync(ballastOf(file)) || sizeOf(`${file}-wal`) > 0;
  if (!wasInUse || sizeOf(file) > 0) return;
  makePrivateFile(file);
  truncateSync(file, PAGE_BYTES);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Where a rebuilt file was complete when the process ended, the old one has been moved away: it takes its place. */
function finishRebuilding(file: string): void {
  const rebuilt = `${file}.new`;
  if (!existsSync(file) && existsSync(rebuilt) && !existsSync(`${rebuilt}-wal`)) {
    renameSync(rebuilt, file);
    syncFolder(dirname(file));
  }
  for (const suffix of ['', '-wal', '-journal']) rmSync(rebuilt + suffix, { force: true });
}

/**
 * Copies what is sound of a damaged database into a fresh one, which then takes its place; the damaged one is kept
 * beside it. A process that ends meanwhile does it again. No connection to the file may be open.
 */
export function rebuildFile(plan: FilePlan): void {
  const rebuilt = `${plan.file}.new`;
  finishRebuilding(plan.file);
  makePrivateFile(rebuilt);
  const fresh = connect(rebuilt, plan.notify);
  let salvage: Salvage = { rows: 0, lost: undefined };
  try {
    fresh.exec(SETTINGS);
    migrate(fresh, plan.migrations);
    salvage = salvageFrom(plan, fresh);
  } finally {
    fresh.close();
  }
  const kept = keepDamaged(plan.file, plan.now());
  renameSync(rebuilt, plan.file);
  syncFolder(dirname(plan.file));
  plan.notify({
    kind: 'damaged-file',
    message: describeSalvage(plan.file, kept, salvage),
    lost: salvage.lost,
  });
}

function salvageFrom(plan: FilePlan, fresh: OwnConnection): Salvage {
  const nothing: Salvage = { rows: 0, lost: undefined };
  let damaged: OwnConnection | undefined;
  try {
    damaged = connect(plan.file, plan.notify);
    damaged.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA wal_autocheckpoint = 0');
    return plan.salvage(damaged, fresh);
  } catch (error) {
    if (troubleOf(error) !== 'damaged') throw error;
    return nothing;
  } finally {
    damaged?.close();
  }
}

function describeSalvage(file: string, kept: string, { rows, lost }: Salvage): string {
  const missing = {
    many: `${lost} could not be read`,
    unknown: 'others may be missing',
    none: 'none is missing',
  };
  const key = lost === undefined ? 'unknown' : lost > 0 ? 'many' : 'none';
  return `${file} was damaged: the disk may be failing. ${rows} rows were carried over into a new file, ${missing[key]}. The damaged file was kept as ${kept}.`;
}

/** SQLite gives the files that it makes beside a database the mode of the database. */
function makePrivateFile(file: string): void {
  if (existsSync(file)) return;
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}
