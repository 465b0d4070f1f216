import { constants, copyFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { freeName, isEntry, stampOf } from './file-names';
import { writeFresh } from './own-files';
import { syncFolder } from './sync-folder';

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
  if (isEntry(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
  syncFolder(dirname(file));
  deleteOldest(file);
  return kept;
}

/** Replaces a file atomically: there is a file of that name at any moment. */
function replaceFile(file: string, kept: string, replacement: Uint8Array): void {
  const unfinished = `${file}.mended`;
  copyFileSync(file, kept, constants.COPYFILE_EXCL);
  writeFresh(unfinished, replacement);
  renameSync(unfinished, file);
}

function deleteOldest(file: string): void {
  const prefix = `${basename(file)}.corrupt.`;
  const kept = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix) && !name.endsWith('-wal'));
  for (const name of kept.toSorted().slice(0, -MOST_KEPT)) {
    for (const suffix of ['', '-wal']) rmSync(join(dirname(file), name + suffix), { force: true });
  }
}
