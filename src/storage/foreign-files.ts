import { lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { COMPANIONS, freeName, isEntry, stampOf } from './file-names';
import { syncFolder } from './sync-folder';

/**
 * Moves what others have put at the path of a database, and beside it, to `….replaced.<time>`. None of it is ever
 * deleted, except empty files.
 * @param own files at these paths stay
 * @returns the name that the database, or the first of the files beside it, has now; undefined where there was nothing
 */
export function keepForeign(file: string, now: number, own: readonly string[] = []): string | undefined {
  const found = ['', ...COMPANIONS].filter(
    (suffix) => isEntry(file + suffix) && !own.includes(file + suffix),
  );
  if (found.length === 0) return undefined;
  const kept = freeName(`${file}.replaced.${stampOf(now)}`);
  const moved = found.filter((suffix) => moveAside(file + suffix, kept + suffix));
  syncFolder(dirname(file));
  return moved[0] === undefined ? undefined : kept + moved[0];
}

/** @returns false for an empty file, which is deleted */
function moveAside(file: string, kept: string): boolean {
  const entry = lstatSync(file);
  const isEmpty = entry.isFile() && entry.size === 0;
  if (isEmpty) rmSync(file);
  else renameSync(file, kept);
  return !isEmpty;
}
