import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './folder';

/** How many damaged files of one name are kept, so that a failing disk does not fill up with them. */
const MOST_KEPT = 3;

/**
 * Renames a damaged file, and the write-ahead log beside it, to `….corrupt.<time>`. Deletes the oldest such files.
 * @param replacement the new content of `file`, which is on the disk, synced, when this returns
 * @returns the name that the damaged file has now
 */
export function keepDamaged(file: string, now: number, replacement?: Uint8Array): string {
  const kept = freeName(`${file}.corrupt.${stampOf(now)}`);
  if (replacement) replaceFile(file, kept, replacement);
  else renameSync(file, kept);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
  syncFolder(dirname(file));
  deleteOldest(file);
  return kept;
}

/** Replaces a file atomically: there is a file of that name at any moment. */
function replaceFile(file: string, kept: string, replacement: Uint8Array): void {
  const unfinished = `${file}.mended`;
  copyFileSync(file, kept);
  writeSynced(unfinished, replacement);
  renameSync(unfinished, file);
}

function writeSynced(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

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

function isTaken(name: string): boolean {
  return ['', ...COMPANIONS].some((suffix) => existsSync(name + suffix));
}

function deleteOldest(file: string): void {
  const prefix = `${basename(file)}.corrupt.`;
  const kept = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix) && !name.endsWith('-wal'));
  for (const name of kept.toSorted().slice(0, -MOST_KEPT)) {
    for (const suffix of ['', '-wal']) rmSync(join(dirname(file), name + suffix), { force: true });
  }
}
