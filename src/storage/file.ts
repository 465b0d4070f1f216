import { closeSync, existsSync, readFileSync, readSync, rmSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { connect, SETTINGS, type OwnConnection } from './connection';
import { keepDamaged } from './damaged-files';
import { classifyError } from './errors';
import { keepOthersOut, makePrivateFolder } from './folder';
import { identityAt, isSameFile, type FileIdentity } from './identity';
import { COMPANIONS } from './file-names';
import { makePrivateFile, moveForeignAway, openOwn, requireFile, unshare } from './own-files';
import { createPlaceCheck, folderStateAt } from './place-check';
import { copyPathOf, finishRebuild, rebuildFile, rebuiltPathOf, type FilePlan } from './rebuild';
import { describeUnfinished } from './renewal-notice';
import { reservePathOf } from './reserve-file';
import { DamagedFile } from './rows';
import { checkSchema, migrate } from './schema';
import { syncFolder } from './sync-folder';
import { inspectWal, PAGE_BYTES } from './wal-repair';

/** A connection, and which file it is to. */
export interface IdentifiedConnection {
  readonly path: string;
  readonly identity: FileIdentity | undefined;
  readonly connection: OwnConnection;
}

/** An open database file, locked against other processes. */
export interface OpenFile {
  readonly database: IdentifiedConnection;
  /** The write-ahead log. */
  readonly log: Pick<IdentifiedConnection, 'path' | 'identity'>;
  readonly lock: IdentifiedConnection;
  /**
   * Whether the database and its log are the files at their paths: what is committed to them is there after a restart.
   * This is what each commit asks: one call of stat.
   */
  isDatabaseInPlace(): boolean;
  close(): void;
}

/** An open file of connections that are open, and of the log that is at its path now. */
export function createOpenFile(
  file: string,
  database: IdentifiedConnection,
  lock: IdentifiedConnection,
): OpenFile {
  const path = `${file}-wal`;
  const log = { path, identity: identityAt(path) };
  const isDatabaseInPlace = createPlaceCheck({
    folderState: () => folderStateAt(dirname(file)),
    isInPlace: () => isAtItsPath(database) && isAtItsPath(log),
    monotonic: () => performance.now(),
  });
  const close = () => {
    try {
      database.connection.close();
    } finally {
      lock.connection.close();
    }
  };
  return { database, log, lock, isDatabaseInPlace, close };
}

/** Whether a file that was opened is the one at its path. */
export function isAtItsPath({ path, identity }: Pick<IdentifiedConnection, 'path' | 'identity'>): boolean {
  return isSameFile(identity, identityAt(path));
}

/** Up to this size the whole database is checked when it is opened; larger ones are only checked as they are read. */
const LARGEST_CHECKED_BYTES = 16 * 2 ** 20;

/** Opens a database file, repairing or rebuilding it if it is damaged; throws if it cannot be opened now. */
export function openFile(plan: FilePlan): OpenFile {
  makePrivateFolder(dirname(plan.file));
  secureEntries(plan);
  const lock = lockFile(plan);
  try {
    unshareFiles(plan);
    return createOpenFile(plan.file, openLocked(plan), lock);
  } catch (error) {
    lock.connection.close();
    throw error;
  }
}

/** The files beside a database that hold nothing which is not elsewhere. */
function replaceableFiles(file: string): readonly string[] {
  const reserve = reservePathOf(file);
  const rebuilt = rebuiltPathOf(file);
  const companions = COMPANIONS.map((suffix) => rebuilt + suffix);
  const copies = [copyPathOf(file), `${file}.own`, `${file}-wal.own`, `${file}-wal.mended`];
  return [reserve, `${reserve}.new`, rebuilt, ...companions, ...copies];
}

/**
 * Sees to it that others cannot change what SQLite opens by its name, and that files are at our names. What is at a name of
 * a file that is made anew anyway goes out of the way; anything else at the name of the database is somebody's intention.
 */
function secureEntries({ file, notify, now }: FilePlan): void {
  for (const suffix of ['', '.lock', ...COMPANIONS]) requireFile(file + suffix);
  const mended = keepOthersOut(dirname(file));
  if (mended !== undefined) notify({ kind: 'unsafe-folder', message: mended });
  for (const path of replaceableFiles(file)) {
    const moved = moveForeignAway(path, now());
    if (!moved) continue;
    const message = `${path} was ${moved.what}, where a file of its own belongs: it was not touched, and is now ${moved.kept}.`;
    notify({ kind: 'displaced-file', message, lost: 0 });
  }
}

/** Gives the database files of its own where they are shared with a backup. The lock is only locked, never written. */
function unshareFiles({ file, notify }: FilePlan): void {
  const shared = [file, `${file}-wal`].filter(unshare);
  if (shared.length === 0) return;
  const message = `${shared.join(' and ')} had a second name (a hard link), as some backups make: the database goes on in a copy, and the file of the other name stays as it is.`;
  notify({ kind: 'displaced-file', message, lost: 0 });
}

/**
 * Locks other processes out before any file is inspected or renamed: an exclusive lock on an empty database beside
 * the real one. The operating system releases it however the process ends.
 */
export function lockFile(plan: FilePlan): IdentifiedConnection {
  const file = `${plan.file}.lock`;
  makePrivateFile(file);
  const lock = connectIdentified(file, plan.notify);
  try {
    lock.connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.connection.close();
    throw error;
  }
}

/** How often a file may be replaced by another in the moment in which it is opened. */
const MOST_ATTEMPTS = 3;

/** Connects to the file at a path. SQLite does not say which file it has opened: the one that was there before and after. */
function connectIdentified(path: string, notify: FilePlan['notify']): IdentifiedConnection {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const identity = identityAt(path);
    const connection = connect(path, notify);
    if (isSameFile(identity, identityAt(path))) return { path, identity, connection };
    connection.close();
  }
  throw new Error(`${path} is replaced all the time`);
}

function openLocked(plan: FilePlan): IdentifiedConnection {
  finishRebuild(plan);
  exposeLoss(plan);
  const wasWalRepaired = repairWal(plan);
  try {
    return openChecked(plan, wasWalRepaired);
  } catch (error) {
    if (classifyError(error) !== 'damaged') throw error;
    rebuildFile(plan);
    return openChecked(plan, false);
  }
}

/**
 * Opens a database whose lock is held, and checks it; throws `DamagedFile` if it is damaged.
 * @param isSuspect whether it is checked as a whole, however large it is
 */
export function openChecked(plan: FilePlan, isSuspect: boolean): IdentifiedConnection {
  makePrivateFile(plan.file);
  // Before it is connected: closing a file that SQLite has open would release its locks.
  checkWriteVersion(plan.file);
  const database = connectIdentified(plan.file, plan.notify);
  const { connection } = database;
  try {
    connection.exec(SETTINGS);
    if (isSuspect || statSync(plan.file).size <= LARGEST_CHECKED_BYTES) checkAll(connection);
    migrate(connection, plan.migrations);
    checkSchema(connection, plan.migrations);
    syncFolder(dirname(plan.file));
    return database;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Where the write version of a database file is, in its header: https://www.sqlite.org/fileformat2.html */
const WRITE_VERSION = 18;

/** The write version of a database with a write-ahead log, which is the latest that there is. */
const LATEST_WRITE_VERSION = 2;

/** Throws `DamagedFile` if a flipped bit makes SQLite take the file for a later one, which it only reads. */
function checkWriteVersion(file: string): void {
  const version = readFirst(file, WRITE_VERSION + 1)[WRITE_VERSION] ?? 0;
  if (version > LATEST_WRITE_VERSION) throw new DamagedFile('The write version is damaged');
}

function readFirst(file: string, count: number): Uint8Array {
  const descriptor = openOwn(file);
  try {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0));
  } finally {
    closeSync(descriptor);
  }
}

function checkAll(connection: OwnConnection): void {
  const row = connection.get('PRAGMA integrity_check(1)');
  if (row?.['integrity_check'] !== 'ok') throw new DamagedFile(String(row?.['integrity_check']));
}

/**
 * Repairs the write-ahead log before SQLite reads it.
 * @returns whether it was damaged, and so the database may be too
 */
function repairWal(plan: FilePlan): boolean {
  const file = `${plan.file}-wal`;
  if (!existsSync(file)) return false;
  const found = inspectWal(readFileSync(file));
  if (found.state !== 'sound') plan.beforeRepair();
  if (found.state === 'torn') {
    const message =
      'The last write before the end of the last run is incomplete. That is normal after a power cut; if the disk ' +
      'is failing, the reading that was accepted last can be missing.';
    plan.notify({ kind: 'torn-log', message });
  }
  if (found.state !== 'damaged') return false;
  const kept = keepDamaged(file, plan.now(), found.repaired);
  plan.notify({
    kind: 'damaged-file',
    message: `${file} was damaged: the disk may be failing. It was mended, what is still wrong in it will be reported, and the damaged file was kept as ${kept}.`,
    lost: 0,
  });
  return true;
}

/**
 * SQLite takes a missing or empty file for a new database, and silently deletes its write-ahead log. If the files
 * beside it show that the database was in use, or was being carried over from a deleted one, it is filled with zeros instead, which SQLite reports as damage: then
 * the loss is reported, and the database is rebuilt from what the log still has.
 */
function exposeLoss({ file, notify, beforeRepair }: FilePlan): void {
  const copy = copyPathOf(file);
  const wasCopied = existsSync(copy);
  const isThere = sizeOf(file) > 0;
  const wasInUse = existsSync(reservePathOf(file)) || sizeOf(`${file}-wal`) > 0;
  if (!wasCopied && (isThere || !wasInUse)) return;
  beforeRepair();
  rmSync(copy, { force: true });
  if (isThere) return notify({ kind: 'displaced-file', message: describeUnfinished(file) });
  makePrivateFile(file);
  truncateSync(file, PAGE_BYTES);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
