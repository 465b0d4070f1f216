/**
 * Files at names of ours. Others who may write to the folder could have put something else there: a symbolic link
 * to one of the user's files, which would be written to, or a pipe, which would hold up whoever opens it. So nothing is opened before it
 * was looked at, no symbolic link is followed, and what is written gets a file that was not there before.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ForeignEntry } from './errors';
import { entryAt, freeName, stampOf } from './file-names';
import { syncFolder } from './sync-folder';

/**
 * For reading: fails for a symbolic link, and does not wait for the other end of a pipe. Windows has neither flag, and no symbolic links
 * that everybody may make.
 */
export const READ_OWN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What an entry is where it is no file, in words. */
export function describeForeign(entry: Stats): string | undefined {
  if (entry.isFile()) return undefined;
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isDirectory()) return 'a folder';
  return entry.isFIFO() ? 'a pipe' : 'a device or a socket';
}

/** Throws `ForeignEntry` where something else than a file is at a path. */
export function requireFile(path: string): void {
  const entry = entryAt(path);
  const foreign = entry && describeForeign(entry);
  if (foreign !== undefined) throw new ForeignEntry(path, foreign);
}

/**
 * Renames what is at a path and is no file to `….replaced.<time>`: where a symbolic link leads to stays as it is.
 * @returns the name that it has now, and what it is; undefined where there is nothing else than a file
 */
export function moveForeignAway(path: string, now: number): { kept: string; what: string } | undefined {
  const entry = entryAt(path);
  const what = entry && describeForeign(entry);
  if (what === undefined) return undefined;
  const kept = freeName(`${path}.replaced.${stampOf(now)}`);
  renameSync(path, kept);
  syncFolder(dirname(path));
  return { kept, what };
}

/**
 * Gives a path a file of its own where it shares one with another name (hard links), as backups by `cp -al` make: the file
 * of the other name stays as it is.
 * @returns whether it was shared
 */
export function unshare(path: string): boolean {
  const entry = entryAt(path);
  if (entry === undefined || !entry.isFile() || entry.nlink < 2) return false;
  const copy = `${path}.own`;
  rmSync(copy, { force: true });
  copyFileSync(path, copy, constants.COPYFILE_EXCL);
  const handle = openSync(copy, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(copy, path);
  syncFolder(dirname(path));
  return true;
}

/** Makes an empty file that only its owner can read, where there is nothing. Throws where a symbolic link or a folder is there. */
export function makePrivateFile(path: string): void {
  if (entryAt(path) === undefined) closeSync(openSync(path, 'wx', 0o600));
  else requireFile(path);
}

/** Writes a file anew, synced: what was at its path is deleted before, and never written to. */
export function writeFresh(path: string, bytes: Uint8Array): void {
  rmSync(path, { force: true });
  const handle = openSync(path, 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Opens a file to be read. Throws where it is a symbolic link, a folder, a pipe or a device. */
export function openOwn(path: string): number {
  const handle = openSync(path, READ_OWN);
  const foreign = describeForeign(fstatSync(handle));
  if (foreign === undefined) return handle;
  closeSync(handle);
  throw new ForeignEntry(path, foreign);
}

/** As `openOwn`, without blocking the thread. */
export async function openOwnAsync(path: string): Promise<FileHandle> {
  const handle = await open(path, READ_OWN);
  const foreign = describeForeign(await handle.stat());
  if (foreign === undefined) return handle;
  await handle.close();
  throw new ForeignEntry(path, foreign);
}

/** Makes a file anew, without blocking the thread, as `writeFresh` does. */
export async function createFreshAsync(path: string): Promise<FileHandle> {
  await rm(path, { force: true });
  return open(path, 'wx', 0o600);
}
