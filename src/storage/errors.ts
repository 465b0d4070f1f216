import { DamagedFile } from './rows';
import type { StorageFailure, StorageProblem } from './types';

/** What an error of SQLite or the file system means for a database. */
export type ErrorClass =
  | 'full'
  | 'locked'
  | 'damaged'
  | 'newer'
  | 'device'
  | 'displaced'
  | 'foreign'
  | 'uncertain'
  | 'other';

/** The database has a later schema version than this package knows. */
export class NewerFile extends Error {}

/** Something that is no file of ours is where one belongs. */
export class ForeignEntry extends Error {
  constructor(path: string, what: string) {
    super(
      `${path} is ${what}, and not a file of its own: move it away, and put the file itself there where it was moved. ` +
        'To keep the data on another disk, make a symbolic link of the whole folder instead',
    );
  }
}

/** The disk has no room for anything but deletions. */
export class FullDisk extends Error {}

/** The open database is not the one at its path, and cannot be made anew there now. */
export class DisplacedFile extends Error {
  constructor(file: string, cause: unknown) {
    super(
      `${file} was deleted, moved away or replaced while Node-RED had it open, and cannot be made anew now (${textOf(cause)})`,
      { cause },
    );
  }
}

/**
 * A transaction was committed to a database that was not at its path any more, and could not be made anew there with all
 * its rows.
 */
export class UncertainCommit extends Error {
  constructor(cause: unknown) {
    super(`Whether this was kept is not known: ${textOf(cause)}`, { cause });
  }
}

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE_ERROR_CLASSES: Readonly<Record<number, ErrorClass>> = {
  5: 'locked', // SQLITE_BUSY
  10: 'device', // SQLITE_IOERR
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  26: 'damaged', // SQLITE_NOTADB
};

const FULL_DISK_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** SQLITE_CONSTRAINT: in what only copies rows, two of them contradict each other, as only damage does. */
const CONSTRAINT = 19;

/** Whether rows could not be copied because the database that they are in is damaged. */
export function isDamagedSource(error: unknown): boolean {
  if (classifyError(error) === 'damaged') return true;
  return error instanceof Error && primaryCodeOf(error) === CONSTRAINT;
}

/** Classifies an error by what has to be done about it. */
export function classifyError(error: unknown): ErrorClass {
  if (error instanceof DamagedFile) return 'damaged';
  if (error instanceof FullDisk) return 'full';
  if (error instanceof NewerFile) return 'newer';
  if (error instanceof ForeignEntry) return 'foreign';
  if (error instanceof UncertainCommit) return 'uncertain';
  if (error instanceof DisplacedFile) return classOfDisplaced(error);
  if (!(error instanceof Error)) return 'other';
  const code = primaryCodeOf(error);
  if (code !== undefined) return SQLITE_ERROR_CLASSES[code] ?? 'other';
  if ('code' in error && FULL_DISK_CODES.includes(error.code)) return 'full';
  return 'other';
}

/** The primary result code of an error of SQLite, which is its low byte; the other bytes are details. */
function primaryCodeOf(error: Error): number | undefined {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** A full disk and another process are problems of their own, whatever file they keep from being made. */
function classOfDisplaced({ cause }: DisplacedFile): ErrorClass {
  const errorClass = classifyError(cause);
  return errorClass === 'full' || errorClass === 'locked' ? errorClass : 'displaced';
}

const EXPLANATIONS: Readonly<
  Record<ErrorClass, { readonly kind: StorageProblem; readonly message: string }>
> = {
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
  displaced: { kind: 'storage', message: '' },
  foreign: { kind: 'storage', message: '' },
  uncertain: { kind: 'stopped', message: '' },
  other: { kind: 'storage', message: 'The database could not be used' },
};

/** The failure that callers get for an error. */
export function failureOf(error: unknown): StorageFailure {
  const errorClass = classifyError(error);
  const { kind, message } = EXPLANATIONS[errorClass];
  if (message === '') return { kind, message: textOf(error) };
  const explainsItself = errorClass === 'full' || errorClass === 'locked' || errorClass === 'newer';
  return { kind, message: explainsItself ? message : `${message} (${textOf(error)})` };
}

/**
 * The failure that callers get for an error of the file system.
 * @param what the sentence that says what did not work, such as `The image could not be written`
 */
export function fileFailureOf(what: string, error: unknown): StorageFailure {
  const isFull = classifyError(error) === 'full';
  return isFull ? EXPLANATIONS.full : { kind: 'storage', message: `${what} (${textOf(error)})` };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether an error of the file system says that there is no such file. */
export function isMissingFile(error: unknown): boolean {
  // ENOTDIR: a file is where its folder was.
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
