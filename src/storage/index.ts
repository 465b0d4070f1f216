/**
 * Durable tables: SQLite (`node:sqlite`, part of Node.js) in one thread for the whole process, with one exclusive
 * connection per file. When a call resolves, its change is on the disk, synced. Damage is found, reported and
 * quarantined; on a full disk, deletions still work. This file is the room's whole public surface.
 *
 * It has two sides. The main thread calls `openDatabase` with the path of a program module. The program (migrations,
 * operations, salvage) runs in the storage thread and works on a `Connection`. Nothing here knows what is stored.
 */
export { openDatabase } from './database';
export { makePrivateFolder, makePrivateFolderAsync } from './folder';
export { createFreshAsync, openOwn, openOwnAsync, READ_OWN, writeFresh } from './own-files';
export { syncFolder, syncFolderAsync } from './sync-folder';
export { createMissingFilesCheck, type MissingFilesCheck } from './missing-files';
export {
  checkedNumber,
  checkedText,
  checksum,
  DamagedFile,
  DamagedRow,
  numberIn,
  textIn,
  usedBytes,
} from './rows';
export { readTextRow, writeTextRow } from './text-row';
export { fileFailureOf, isMissingFile } from './errors';
export type {
  Connection,
  Database,
  DatabaseOptions,
  Operation,
  OperationKind,
  OperationsOf,
  OperationTypes,
  Program,
  Row,
  Running,
  Salvage,
  SqlValue,
  StorageFailure,
  StorageNotice,
  StorageNoticeKind,
  StorageProblem,
} from './types';
