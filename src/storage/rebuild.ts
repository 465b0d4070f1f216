import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { connect, SETTINGS, type OwnConnection } from './connection';
import { keepDamaged } from './damaged-files';
import { classifyError } from './errors';
import { makePrivateFile } from './own-files';
import { syncFolder } from './sync-folder';
import { keepForeign } from './foreign-files';
import { migrate } from './schema';
import type { Salvage, StorageNotice } from './types';

/** What opening a file needs to know of the program that uses it. */
export interface FilePlan {
  readonly file: string;
  readonly migrations: readonly string[];
  readonly salvage: (damaged: OwnConnection, fresh: OwnConnection) => Salvage;
  /** Called before anything is changed that shows that rows may be missing. */
  readonly beforeRepair: () => void;
  readonly notify: (notice: StorageNotice) => void;
  /** Wall clock in milliseconds, for the names of damaged files. */
  readonly now: () => number;
}

/**
 * Copies what is sound in a damaged database into a new one, which then takes its place; the damaged one is kept
 * beside it. If the process ends halfway, the next start does it again. No connection to the file may be open.
 */
export function rebuildFile(plan: FilePlan): void {
  plan.beforeRepair();
  const rebuilt = rebuiltPathOf(plan.file);
  finishRebuild(plan);
  const salvage = salvageFrom(plan, rebuilt);
  const kept = keepDamaged(plan.file, plan.now());
  renameSync(rebuilt, plan.file);
  syncFolder(dirname(plan.file));
  plan.notify({
    kind: 'damaged-file',
    message: describeSalvage(plan.file, kept, salvage),
    lost: salvage.lost,
  });
}

/**
 * Ends a rebuild that the end of the process interrupted. The damaged file is only moved away once the new one is
 * complete, so where there is no database, the new file takes its place; otherwise the new file is deleted.
 */
export function finishRebuild({ file, now }: FilePlan): void {
  const rebuilt = rebuiltPathOf(file);
  if (!existsSync(file) && existsSync(rebuilt) && !existsSync(`${rebuilt}-wal`)) {
    // The log of the file before: SQLite would write its pages into the new one.
    keepForeign(file, now());
    renameSync(rebuilt, file);
    syncFolder(dirname(file));
  }
  for (const suffix of ['', '-wal', '-journal']) rmSync(rebuilt + suffix, { force: true });
}

/** Where a new database is, once it is complete, until it takes its place. */
export function rebuiltPathOf(file: string): string {
  return `${file}.new`;
}

/** Where a copy of an open database is until it is complete. */
export function copyPathOf(file: string): string {
  return `${file}.copy`;
}

function salvageFrom(plan: FilePlan, rebuilt: string): Salvage {
  let damaged: OwnConnection | undefined;
  try {
    damaged = connect(plan.file, plan.notify);
    damaged.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA wal_autocheckpoint = 0');
    return salvageInto(plan, damaged, rebuilt);
  } catch (error) {
    if (classifyError(error) !== 'damaged') throw error;
    return salvageInto(plan, undefined, rebuilt);
  } finally {
    damaged?.close();
  }
}

/** Makes a new database of what is sound in a damaged one; an empty one where there is nothing to read. */
export function salvageInto(plan: FilePlan, damaged: OwnConnection | undefined, rebuilt: string): Salvage {
  makePrivateFile(rebuilt);
  const fresh = connect(rebuilt, plan.notify);
  try {
    fresh.exec(SETTINGS);
    migrate(fresh, plan.migrations);
    return damaged ? plan.salvage(damaged, fresh) : { rows: 0, lost: undefined };
  } finally {
    fresh.close();
  }
}

function describeSalvage(file: string, kept: string, { rows, lost }: Salvage): string {
  const missing = {
    many: `${lost} could not be read`,
    unknown: 'others may be missing',
    none: 'none is missing',
  };
  const key = lost === undefined ? 'unknown' : lost > 0 ? 'many' : 'none';
  return `${file} was damaged: the disk may be failing. ${rows} rows were carried over into a new file, ${missing[key]}. The damaged file was kept as ${kept}.`;
}
