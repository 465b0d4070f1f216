/**
 * Durable tables: SQLite (`node:sqlite`, part of Node.js) in one thread for the whole process, with one exclusive
 * connection per file. A call that resolved is on the disk, synced. Damage is found, reported and kept apart; a full
 * disk can still be drained. This file is the room's whole public surface.
 *
 * Two sides use it. The main thread calls `openDatabase` with the path of a program module. The program (migrations,
 * operations, salvage) runs in the storage thread and works on a `Connection`. Nothing here knows what is stored.
 */
export { openDatabase } from './database';
export { makePrivateFolder, syncFolder, syncFolderMeanwhile } from './folder';
export { checkedNumber, checkedText, checksum, DamagedFile, DamagedRow, numberIn, textIn } from './rows';
export { fileFailureOf } from './trouble';
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
