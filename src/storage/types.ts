import type { Failure, Result } from '../result';

/**
 * Why a storage call failed.
 * - `full`: the disk is full; nothing was changed, and it works again by itself once there is room.
 * - `locked`: another process has the file open; tried again at the next call.
 * - `busy`: too many calls wait already.
 * - `newer`: the file was written by a newer version of this package.
 * - `stopped`: the storage thread ended meanwhile; whether the change was made is not known.
 * - `closed`: the database was closed.
 * - `storage`: anything else that the operating system or SQLite reports.
 */
export type StorageProblem = 'full' | 'locked' | 'busy' | 'newer' | 'stopped' | 'closed' | 'storage';

/** A storage call that did not work. */
export type StorageFailure = Failure<StorageProblem>;

/**
 * What happened to a database though no call failed.
 * - `damaged-row`: a program found a row that is not what was written.
 * - `damaged-file`: the database or its log was damaged; what could be read was carried over, the damaged file was kept.
 * - `torn-log`: the last write before the end of the process is incomplete.
 * - `disk-full`, `disk-free`: writing stopped, and works again.
 * - `locked`: another process has the file open.
 * - `thread-restarted`: the storage thread ended unexpectedly and was started anew.
 */
export type StorageNoticeKind =
  | 'damaged-row'
  | 'damaged-file'
  | 'torn-log'
  | 'disk-full'
  | 'disk-free'
  | 'locked'
  | 'thread-restarted';

/** Something that happened to a database, in words for the user. */
export interface StorageNotice {
  readonly kind: StorageNoticeKind;
  readonly message: string;
  /** The row concerned. */
  readonly row?: number | undefined;
  /** How many rows can no longer be read, where that is known. */
  readonly lost?: number | undefined;
}

/** What SQLite keeps in a cell. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** A row by its columns' names. */
export type Row = Readonly<Record<string, SqlValue | undefined>>;

/** One open database as a program in the storage thread sees it. Its methods throw. */
export interface Connection {
  /** Runs a statement; returns how many rows it changed. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** All rows of a query: bound it with LIMIT. */
  all(sql: string, ...values: readonly SqlValue[]): readonly Row[];
  /** The same as lists of values in the order of the columns, which takes half the time where they are many. */
  lists(sql: string, ...values: readonly SqlValue[]): readonly (readonly SqlValue[])[];
  /** The first row of a query. */
  get(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  /** Has `effect` run once the transaction under way is on the disk, and not at all where it is rolled back. */
  afterCommit(effect: () => void): void;
  /** Runs `work` as a transaction of its own; only for operations of the kind `read` that find something to repair. */
  transaction(work: () => void): void;
  /** Tells the user. */
  notify(notice: StorageNotice): void;
}

/**
 * When and how an operation runs.
 * - `read`: at once, outside any transaction.
 * - `append`: in the next commit, together with others, which is at once where none is under way.
 * - `free`: makes room, so it may use the reserve of a full disk; waits a short while to ride in an append's commit.
 */
export type OperationKind = 'read' | 'append' | 'free';

/** One thing that a program can do. `run` throws where it fails; the transaction is then rolled back. */
export interface Operation<Argument, Value> {
  readonly kind: OperationKind;
  /** Bytes that it is going to write, roughly, so that one transaction does not grow without bound. */
  weight?(argument: Argument): number;
  /** @param now the wall clock when the call was made, in milliseconds */
  run(argument: Argument, now: number): Value;
}

/** Names of operations with the functions that they are, as both threads know them. */
export type OperationTypes<Operations> = { [Name in keyof Operations]: (argument: never) => unknown };

/** The operations of a program, by name. */
export type OperationsOf<Operations extends OperationTypes<Operations>> = {
  [Name in keyof Operations]: Operation<Parameters<Operations[Name]>[0], ReturnType<Operations[Name]>>;
};

/** An opened program. */
export interface Running<Operations extends OperationTypes<Operations>, Restored> {
  readonly operations: OperationsOf<Operations>;
  /** Called before each commit: writes what is kept in memory meanwhile. */
  readonly beforeCommit: () => void;
  /** Called after each rollback: what is kept in memory is to be read anew. */
  readonly afterRollback: () => void;
  /** What `open` is to be given where the file has to be opened again in the same thread. */
  readonly state: () => Restored;
}

/** What came of copying rows out of a damaged file. */
export interface Salvage {
  readonly rows: number;
  /** Rows known to be missing; undefined where that cannot be known. */
  readonly lost: number | undefined;
}

/**
 * What runs in the storage thread for one kind of database. A module exports it as `program`; the thread loads it by
 * its path, so it must not reach for anything outside its own folder and the rooms below.
 */
export interface Program<Operations extends OperationTypes<Operations>, Restored> {
  /** SQL that leads from each schema version to the next, the first from nothing to version 1. Only ever added to. */
  readonly migrations: readonly string[];
  /** @param restored what `DatabaseOptions.restore` gave: state that must outlive the storage thread */
  readonly open: (connection: Connection, restored: Restored) => Running<Operations, Restored>;
  /** Copies what is sound in `damaged` to the empty `fresh`, in transactions of its own. */
  readonly salvage: (damaged: Connection, fresh: Connection) => Salvage;
}

/** How to open a database. */
export interface DatabaseOptions<Restored> {
  /** The database file; its folder is made (mode 0700) where it is missing. */
  readonly file: string;
  /** The path of the module that exports the `program`. */
  readonly program: string;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  /** Given to the program each time that it opens. */
  readonly restore: () => Restored;
  /** Must not throw. */
  readonly notify: (notice: StorageNotice) => void;
}

/** A database as the main thread sees it. */
export interface Database<Operations extends OperationTypes<Operations>> {
  /** Runs an operation; resolves once its transaction is on the disk, synced. Never rejects. */
  call<Name extends keyof Operations & string>(
    name: Name,
    argument: Parameters<Operations[Name]>[0],
  ): Promise<Result<ReturnType<Operations[Name]>, StorageFailure>>;
  /** Runs what waits, closes the file; resolves when another process may open it. */
  close(): Promise<void>;
}
