import type { Failure, Result } from '../result';

/**
 * Why a storage call failed.
 * - `full`: the disk is full; nothing was changed, and calls work again by themselves once there is room.
 * - `locked`: another process has the file open; the next call tries again.
 * - `busy`: too many calls are waiting.
 * - `newer`: the file was written by a newer version of this package.
 * - `stopped`: the storage thread ended before it answered, or the file that it was written to was deleted at that
 *   moment and cannot be made anew with all its rows; the change may or may not have been made.
 * - `closed`: the database was closed.
 * - `storage`: any other error of the operating system or SQLite.
 */
export type StorageProblem = 'full' | 'locked' | 'busy' | 'newer' | 'stopped' | 'closed' | 'storage';

/** A storage call that failed. */
export type StorageFailure = Failure<StorageProblem>;

/**
 * What happened to a database, besides calls that failed.
 * - `damaged-row`: a program found a row that differs from what was written.
 * - `damaged-file`: the database or its log was damaged; what could be read was carried over, the damaged file was
 *   kept.
 * - `displaced-file`: the open database, or a file that belongs to it, was deleted, moved away or replaced by another;
 *   everything was carried over into a new file, or cannot be yet.
 * - `torn-log`: the last write before the process ended is incomplete.
 * - `disk-full`, `disk-free`: appending stopped because the disk is full, and works again.
 * - `locked`: another process has the file open.
 * - `unsafe-folder`: other users of the machine could read or change the folder, or can.
 * - `thread-restarted`: the storage thread ended unexpectedly, and a new one was started.
 */
export type StorageNoticeKind =
  | 'damaged-row'
  | 'damaged-file'
  | 'displaced-file'
  | 'torn-log'
  | 'disk-full'
  | 'disk-free'
  | 'locked'
  | 'unsafe-folder'
  | 'thread-restarted';

/** A report about a database, in words for the user. */
export interface StorageNotice {
  readonly kind: StorageNoticeKind;
  readonly message: string;
  /** The id of the row concerned. */
  readonly row?: number | undefined;
  /** How many rows can no longer be read, if that is known. */
  readonly lost?: number | undefined;
}

/** A value in SQLite. */
export type SqlValue = string | number | bigint | null | Uint8Array;

/** A row: values by the names of their columns. */
export type Row = Readonly<Record<string, SqlValue | undefined>>;

/** An open database, as a program in the storage thread uses it. Its methods throw. */
export interface Connection {
  /** Runs a statement. @returns how many rows it changed */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** All rows of a query, which needs a LIMIT. */
  all(sql: string, ...values: readonly SqlValue[]): readonly Row[];
  /**
   * As `all`, but each row is a list of values in the order of the columns: half the time if there are many columns.
   */
  lists(sql: string, ...values: readonly SqlValue[]): readonly (readonly SqlValue[])[];
  /** The first row of a query, if there is one. */
  get(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  /** Calls `effect` once the current transaction is on the disk; never if it is rolled back. */
  afterCommit(effect: () => void): void;
  /** Runs `work` in a transaction of its own: only for operations of the kind `read`, which run outside any. */
  transaction(work: () => void): void;
  /** Reports something to the user. */
  notify(notice: StorageNotice): void;
}

/**
 * When and how an operation runs.
 * - `read`: immediately, outside any transaction.
 * - `append`: in the next commit, together with others; immediately if no commit is under way.
 * - `free`: frees room, so on a full disk it may use the room of the reserve file; waits up to 100 ms to be committed
 *   together with an append.
 */
export type OperationKind = 'read' | 'append' | 'free';

/** An operation of a program. If `run` throws, the transaction is rolled back. */
export interface Operation<Argument, Value> {
  readonly kind: OperationKind;
  /** Roughly how many bytes it is going to write, so that the size of a transaction is bounded. */
  weight?(argument: Argument): number;
  /** @param now the wall clock when the call was made, in milliseconds */
  run(argument: Argument, now: number): Value;
}

/** The operations of a program as an interface of functions, which both threads know. */
export type OperationTypes<Operations> = { [Name in keyof Operations]: (argument: never) => unknown };

/** The operations of a program, by name. */
export type OperationsOf<Operations extends OperationTypes<Operations>> = {
  [Name in keyof Operations]: Operation<Parameters<Operations[Name]>[0], ReturnType<Operations[Name]>>;
};

/** An opened program. */
export interface Running<Operations extends OperationTypes<Operations>, Restored> {
  readonly operations: OperationsOf<Operations>;
  /** Called before each commit: writes changes that are only in memory so far. */
  readonly beforeCommit: () => void;
  /** Called after each rollback: reads again what is cached in memory. */
  readonly afterRollback: () => void;
  /** The argument for `open` if the file has to be opened again in the same thread. */
  readonly state: () => Restored;
}

/** The outcome of copying rows out of a damaged file. */
export interface Salvage {
  readonly rows: number;
  /** How many rows are missing; undefined if that cannot be known. */
  readonly lost: number | undefined;
}

/**
 * The code that runs in the storage thread for one kind of database. A module exports it as `program`, and the thread
 * loads it by its path; it may only import from its own folder and from rooms below.
 */
export interface Program<Operations extends OperationTypes<Operations>, Restored> {
  /** SQL from each schema version to the next; the first makes version 1. Entries are only added, never changed. */
  readonly migrations: readonly string[];
  /** @param restored the value of `DatabaseOptions.restore`: state that must outlive the storage thread */
  readonly open: (connection: Connection, restored: Restored) => Running<Operations, Restored>;
  /**
   * Called before a database that may have lost rows is repaired: afterwards nothing may show it any more, and the process
   * may end at any step. @param file of the database
   */
  readonly beforeRepair?: (file: string) => void;
  /** Copies what is sound in `damaged` to `fresh`, which is empty, in transactions of its own. */
  readonly salvage: (damaged: Connection, fresh: Connection) => Salvage;
}

/** How to open a database. */
export interface DatabaseOptions<Restored> {
  /** The database file; its folder is made (mode 0700) if it is missing. */
  readonly file: string;
  /** The path of the module that exports the `program`. */
  readonly program: string;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  /** The value that is passed to the program each time it is opened. */
  readonly restore: () => Restored;
  /** Must not throw. */
  readonly notify: (notice: StorageNotice) => void;
}

/** A database, as the main thread uses it. */
export interface Database<Operations extends OperationTypes<Operations>> {
  /** Runs an operation. Resolves once its transaction is on the disk, synced; never rejects. */
  call<Name extends keyof Operations & string>(
    name: Name,
    argument: Parameters<Operations[Name]>[0],
  ): Promise<Result<ReturnType<Operations[Name]>, StorageFailure>>;
  /** Runs the calls that wait and closes the file. Resolves once another process may open it. */
  close(): Promise<void>;
}
