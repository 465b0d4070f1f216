/**
 * A file beside the database, which says that rows may have been lost, until pictures have been compared with their rows.
 * It is made before the damage is repaired: where the process ends after that, the next start finds a sound database, and
 * must still not take a picture whose row was lost for one that was never accepted.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMissingFile, openOwn, syncFolder, writeFresh } from '../../../../storage';

export interface LossMark {
  /** Makes the mark, synced. Throws where there is no room for it. */
  set(): void;
  /** What the mark has now, another text for each loss; undefined where there is none. */
  read(): string | undefined;
  /** Deletes the mark where it still is the one that was read: another loss may have come since. */
  clear(found: string): void;
}

/** The mark of a database. */
export function lossMarkOf(database: string): LossMark {
  const path = `${database}.loss`;

  function read(): string | undefined {
    try {
      const handle = openOwn(path);
      try {
        return readFileSync(handle, 'latin1');
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      if (isMissingFile(error)) return undefined;
      throw error;
    }
  }

  function set(): void {
    try {
      writeFresh(path, Buffer.from(randomBytes(6).toString('hex')));
      syncFolder(dirname(path));
    } catch (error) {
      // With the folder, the pictures beside it are gone too.
      if (!isMissingFile(error)) throw error;
    }
  }

  function clear(found: string): void {
    if (read() === found) rmSync(path, { force: true });
  }

  return { set, read, clear };
}
