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

/** How many damaged files of one kind are kept: a failing disk must not be filled with its own debris. */
const MOST_KEPT = 3;

/**
 * Renames a damaged file (and the log beside it) to `….corrupt.<time>`.
 * @param replacement what takes its place, on the disk before this returns
 * @returns the name that the file has now
 */
export function keepDamaged(file: string, now: number, replacement?: Uint8Array): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const kept = freeName(`${file}.corrupt.${stamp}`);
  if (replacement) replaceFile(file, kept, replacement);
  else renameSync(file, kept);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
  syncFolder(dirname(file));
  forgetOldest(file);
  return kept;
}

/** At no moment is there no file of that name. */
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

function freeName(name: string): string {
  let free = name;
  for (let number = 2; existsSync(free); number += 1) free = `${name}-${number}`;
  return free;
}

function forgetOldest(file: string): void {
  const prefix = `${basename(file)}.corrupt.`;
  const kept = readdirSync(dirname(file)).filter((name) => name.startsWith(prefix) && !name.endsWith('-wal'));
  for (const name of kept.toSorted().slice(0, -MOST_KEPT)) {
    for (const suffix of ['', '-wal']) rmSync(join(dirname(file), name + suffix), { force: true });
  }
}
