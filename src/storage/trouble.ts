import { DamagedFile } from './rows';
import type { StorageFailure, StorageProblem } from './types';

/** What an error of SQLite or the file system means here. */
export type Trouble = 'full' | 'locked' | 'damaged' | 'newer' | 'device' | 'other';

/** A database of a later schema version than this package knows. */
export class NewerFile extends Error {}

/** A disk without room for anything but deletions. */
export class FullDisk extends Error {}

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE_TROUBLES: Readonly<Record<number, Trouble>> = {
  5: 'locked', // SQLITE_BUSY
  10: 'device', // SQLITE_IOERR
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  26: 'damaged', // SQLITE_NOTADB
};

const FULL_DISK_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** Sorts an error by what has to be done about it. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof DamagedFile) return 'damaged';
  if (error instanceof FullDisk) return 'full';
  if (error instanceof NewerFile) return 'newer';
  if (!(error instanceof Error)) return 'other';
  // The low byte is the primary code, the rest tells details.
  if ('errcode' in error && typeof error.errcode === 'number')
    return SQLITE_TROUBLES[error.errcode & 0xff] ?? 'other';
  if ('code' in error && FULL_DISK_CODES.includes(error.code)) return 'full';
  return 'other';
}

const EXPLANATIONS: Readonly<Record<Trouble, { readonly kind: StorageProblem; readonly message: string }>> = {
  full: { kind: 'full', message: 'The disk is full: make room, then it works again by itself' },
  locked: {
    kind: 'locked',
    message: 'The folder is in use by another process, probably a second Node-RED: stop one of the two',
  },
  newer: {
    kind: 'newer',
    message: 'The folder was written by a newer version of Sensorpost: update this one',
  },
  damaged: { kind: 'storage', message: 'The database is damaged and could not be rebuilt' },
  device: { kind: 'storage', message: 'The disk reports an error: it may be failing' },
  other: { kind: 'storage', message: 'The database could not be used' },
};

/** An error as callers see it. */
export function failureOf(error: unknown): StorageFailure {
  const trouble = troubleOf(error);
  const { kind, message } = EXPLANATIONS[trouble];
  const explainsItself = trouble === 'full' || trouble === 'locked' || trouble === 'newer';
  return { kind, message: explainsItself ? message : `${message} (${textOf(error)})` };
}

/** An error of the file system as callers see it. @param what did not work, as in `The image could not be written` */
export function fileFailureOf(what: string, error: unknown): StorageFailure {
  const isFull = troubleOf(error) === 'full';
  return isFull ? EXPLANATIONS.full : { kind: 'storage', message: `${what} (${textOf(error)})` };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
