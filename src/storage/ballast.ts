import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { syncFolder } from './folder';

/** Room for deletions on a full disk: SQLite needs some to delete at all. */
const BALLAST_BYTES = 2 ** 20;

/** The ballast is only made again where this much is free beyond it, so that it is not what fills the disk. */
const ROOM_BESIDE_BYTES = BALLAST_BYTES;

/** A file that is given up when the disk is full. Without it nothing is appended: what is kept could not be drained. */
export interface Ballast {
  /** Gives the room back; false where that was done before. */
  drop(): boolean;
  /** Makes the file anew where it is missing and there is room; false where it is missing still. */
  restore(): boolean;
}

/** Where the ballast of a database is: it is there from when the database was opened first, but on a full disk. */
export function ballastOf(database: string): string {
  return `${database}.ballast`;
}

/** The ballast at `file`. A disk without room for it is no failure. */
export function createBallast(file: string): Ballast {
  let isThere = existsSync(file);

  function drop(): boolean {
    if (!isThere) return false;
    rmSync(file, { force: true });
    isThere = false;
    return true;
  }

  function restore(): boolean {
    if (isThere) return true;
    const unfinished = `${file}.new`;
    try {
      if (freeBytes(dirname(file)) < BALLAST_BYTES + ROOM_BESIDE_BYTES) return false;
      write(unfinished);
      renameSync(unfinished, file);
      syncFolder(dirname(file));
      isThere = true;
    } catch {
      // There was less room than it seemed: it is tried again later.
      rmSync(unfinished, { force: true });
    }
    return isThere;
  }

  return { drop, restore };
}

function write(file: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    // Random, because a file system may compress or skip what is empty.
    writeSync(handle, randomBytes(BALLAST_BYTES));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
