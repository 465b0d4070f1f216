import { renameSync, rmSync, statfsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { isMissingFile } from './errors';
import { entryAt } from './file-names';
import { writeFresh } from './own-files';
import { syncFolder } from './sync-folder';

/** Room for deletions on a full disk: SQLite needs free space even to delete. */
const RESERVE_BYTES = 2 ** 20;

/** The file is only made again when this much is free beyond it, so that it is not what fills the disk. */
const ROOM_BESIDE_BYTES = RESERVE_BYTES;

/**
 * A file that is deleted when the disk is full, so that deletions have room. While it is missing nothing is appended,
 * because the next full disk could not be drained.
 */
export interface ReserveFile {
  /** Deletes the file to make room; false if it was deleted before. */
  release(): boolean;
  /**
   * Makes the file again if it is missing; false where there is no room for it. Where its folder is gone too, the database
   * is, and is made anew with it.
   */
  restore(): boolean;
  /** Looks whether the file is still there: it may have been deleted or emptied by others. */
  refresh(): void;
}

/** The path of a database's reserve file, which exists from the first opening on, except while the disk is full. */
export function reservePathOf(database: string): string {
  return `${database}.ballast`;
}

/** The reserve file at a path. That the disk has no room for it is not an error. */
export function createReserveFile(file: string): ReserveFile {
  let isThere = isWhole(file);

  function release(): boolean {
    if (!isThere) return false;
    isThere = false;
    // It gives room only where it was not deleted by others.
    const wasWhole = isWhole(file);
    rmSync(file, { force: true });
    return wasWhole;
  }

  function refresh(): void {
    isThere = isWhole(file);
  }

  function restore(): boolean {
    if (isThere) return true;
    const unfinished = `${file}.new`;
    try {
      if (freeBytes(dirname(file)) < RESERVE_BYTES + ROOM_BESIDE_BYTES) return false;
      // Random bytes, because a file system may compress zeros or not store them at all.
      writeFresh(unfinished, randomBytes(RESERVE_BYTES));
      renameSync(unfinished, file);
      syncFolder(dirname(file));
      isThere = true;
    } catch (error) {
      if (isMissingFile(error)) return true;
      // There was less room than `statfs` said; the next call tries again.
      rmSync(unfinished, { force: true });
    }
    return isThere;
  }

  return { release, restore, refresh };
}

/** One that was emptied gives no room, and a symbolic link to a file of others none either. */
function isWhole(file: string): boolean {
  const entry = entryAt(file);
  return entry !== undefined && entry.isFile() && entry.nlink === 1 && entry.size >= RESERVE_BYTES;
}

/** The room for files in a folder, in bytes. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
