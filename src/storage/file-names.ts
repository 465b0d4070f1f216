/** Names that files get where others keep theirs. */
import { lstatSync, type Stats } from 'node:fs';
import { isMissingFile } from './errors';

/** A time in milliseconds as a part of a file's name, such as 20260501T123000Z. */
export function stampOf(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/**
 * What SQLite takes for a part of the database at the same path, by the ends of their names: of another database, it
 * would write their pages into ours.
 */
export const COMPANIONS = ['-wal', '-journal', '-shm'] as const;

/** A name that neither a database nor a file beside it has: the one that is given, or one with a number behind it. */
export function freeName(name: string): string {
  let free = name;
  for (let number = 2; isTaken(free); number += 1) free = `${name}-${number}`;
  return free;
}

/** A symbolic link counts, also one that leads nowhere. */
function isTaken(name: string): boolean {
  return ['', ...COMPANIONS].some((suffix) => isEntry(name + suffix));
}

/** Whether anything is at a path, without following symbolic links. */
export function isEntry(path: string): boolean {
  return entryAt(path) !== undefined;
}

/** What is at a path, without following symbolic links; undefined where there is nothing. */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}
