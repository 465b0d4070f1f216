/** A committer on a disk that a test fills and empties. */
import type { Result } from '../../../src/result';
import type { OperationKind, StorageFailure, StorageNotice } from '../../../src/storage';
import { createCommitter, type Committer, type Task } from '../../../src/storage/commit';
import { DisplacedFile } from '../../../src/storage/errors';
import type { OwnConnection } from '../../../src/storage/connection';
import type { Opened, Session } from '../../../src/storage/session';

/** SQLite's result codes. */
export const SQLITE = { full: 13, ioError: 10, corrupt: 11, constraint: 19 } as const;

/** An error as node:sqlite throws it. */
export function sqliteError(code: number): Error {
  return Object.assign(new Error(`SQLite error ${code}`), { errcode: code });
}

/** A disk whose reserve file gives room for deletions alone. */
export interface FakeDisk {
  isFull: boolean;
  /** Whether the reserve file is there. */
  hasReserve: boolean;
  /** Whether the database was deleted, and cannot be made anew. */
  isDisplaced: boolean;
  /** Why not, once the committer has found it. */
  problem: DisplacedFile | undefined;
  /** What happened, in order: 'begin', 'commit', 'rollback', 'reload', 'close', 'rebuild', 'release'. */
  readonly events: string[];
  readonly notices: StorageNotice['kind'][];
  readonly committer: Committer;
}

/** What a committer does with the file, without one. */
type Parts = Pick<OwnConnection, 'begin' | 'commit' | 'rollback'>;

/**
 * A disk with a committer.
 * @param connection what all operations work on; its commits fail while the disk is full and has a reserve file
 */
export function createFakeDisk(connection: OwnConnection, running: Opened['running']): FakeDisk {
  const events: string[] = [];
  const notices: StorageNotice['kind'][] = [];
  const parts: Parts = {
    begin: () => {
      events.push('begin');
      connection.begin();
    },
    commit: () => {
      if (disk.isFull && disk.hasReserve) throw sqliteError(SQLITE.full);
      events.push('commit');
      connection.commit();
    },
    rollback: () => {
      events.push('rollback');
      connection.rollback();
    },
  };
  const opened: Opened = {
    connection: { ...connection, ...parts },
    running: {
      ...running,
      afterRollback: () => {
        events.push('reload');
        running.afterRollback();
      },
    },
  };
  const session: Session = {
    open: () => opened,
    current: () => opened,
    rebuild: () => void events.push('rebuild'),
    keepInPlace: () => {
      if (disk.isDisplaced)
        throw (disk.problem = new DisplacedFile('notes.sqlite', new Error('Not writable')));
      return false;
    },
    check: () => {},
    problem: () => disk.problem,
    closeToReopen: () => void events.push('close'),
    close: () => void events.push('close'),
  };
  const reserve = {
    release: () => {
      const wasThere = disk.hasReserve;
      disk.hasReserve = false;
      if (wasThere) events.push('release');
      return wasThere;
    },
    restore: () => {
      if (!disk.isFull) disk.hasReserve = true;
      return disk.hasReserve;
    },
  };
  const committer = createCommitter(session, reserve, ({ kind }) => notices.push(kind));
  const disk: FakeDisk = {
    isFull: false,
    hasReserve: true,
    isDisplaced: false,
    problem: undefined,
    events,
    notices,
    committer,
  };
  return disk;
}

/** A call of an operation, and its results. */
export interface TestTask extends Task {
  readonly results: Result<unknown, StorageFailure>[];
}

export function testTask(kind: OperationKind, name: string, argument?: unknown, now = 0): TestTask {
  const results: Result<unknown, StorageFailure>[] = [];
  // In the storage thread arguments have no type.
  const given: Pick<Task, 'argument'> = JSON.parse(JSON.stringify({ argument: argument ?? null }));
  return { ...given, kind, name, now, weight: 1, results, reply: (result) => void results.push(result) };
}

/** What became of a task: 'ok', or the kind of its failure. It must have had one reply. */
export function outcomeOf({ name, results }: TestTask): string {
  const [result] = results;
  if (!result || results.length > 1) return `${name} had ${results.length} replies`;
  return result.ok ? 'ok' : result.failure.kind;
}
