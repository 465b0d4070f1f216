import { failed, success, type Result } from '../result';
import type { ReserveFile } from './reserve-file';
import type { Opened, Session } from './session';
import { failureOf, FullDisk, classifyError, UncertainCommit } from './errors';
import type { OperationKind, StorageFailure, StorageNotice } from './types';

/** One call of an operation. */
export interface Task {
  readonly kind: OperationKind;
  /** Bytes that it is going to write, roughly. */
  readonly weight: number;
  readonly name: string;
  readonly argument: never;
  readonly now: number;
  reply(result: Result<unknown, StorageFailure>): void;
}

/** Runs tasks and handles their errors. Never throws; replies to each task once. */
export interface Committer {
  /** Runs a task of the kind `read`. */
  readonly read: (task: Task) => void;
  /** Runs tasks in one transaction; if that fails, each in a transaction of its own. */
  commit(group: readonly Task[]): void;
}

/** A committer for the session's database. */
export function createCommitter(
  session: Session,
  reserve: Pick<ReserveFile, 'release' | 'restore'>,
  notify: (notice: StorageNotice) => void,
): Committer {
  let isFull = false;

  function read(task: Task): void {
    const problem = withRebuild(session, () => attemptRead(session, task));
    if (problem === undefined) return undefined;
    // Some reads repair what they find, for which they need room: without the repair, the queue could not be drained.
    if (classifyError(problem) === 'full' && reserve.release()) return read(task);
    return failAll([task], problem);
  }

  function commit(group: readonly Task[]): void {
    const displaced = session.problem();
    const canAppend = !displaced && (group.every((task) => task.kind === 'free') || reserve.restore());
    if (canAppend) return commitAll(group);
    if (!displaced) reportFull();
    commitAll(group.filter((task) => task.kind === 'free'));
    return failAll(
      group.filter((task) => task.kind !== 'free'),
      displaced ?? new FullDisk(),
    );
  }

  function commitAll(group: readonly Task[]): void {
    if (group.length === 0) return undefined;
    const problem = withRebuild(session, () => attempt(session, group));
    if (problem === undefined) return reportFree(group);
    const errorClass = classifyError(problem);
    if (errorClass === 'device') return failAll(group, problem);
    if (group.length > 1) return commitOneByOne(group);
    const isFreeing = group.every((task) => task.kind === 'free');
    if (errorClass === 'full') reportFull();
    if (errorClass === 'full' && isFreeing && reserve.release()) return commitAll(group);
    return failAll(group, problem);
  }

  /** Operations that free room go first. */
  function commitOneByOne(group: readonly Task[]): void {
    for (const task of group) if (task.kind === 'free') commit([task]);
    for (const task of group) if (task.kind !== 'free') commit([task]);
  }

  function failAll(group: readonly Task[], problem: unknown): void {
    // After a device error nobody knows how much of the log was written, until the file is opened again.
    if (classifyError(problem) === 'device') session.closeToReopen();
    for (const task of group) task.reply(failed(failureOf(problem)));
  }

  function reportFull(): void {
    if (isFull) return;
    isFull = true;
    const message = 'The disk is full: new readings cannot be kept until there is room. Those accepted stay.';
    notify({ kind: 'disk-full', message });
  }

  function reportFree(group: readonly Task[]): void {
    if (!isFull || group.every((task) => task.kind === 'free')) return;
    isFull = false;
    notify({ kind: 'disk-free', message: 'There is room on the disk again: readings are kept.' });
  }

  return { read, commit };
}

/** Makes an attempt; if the file turns out to be damaged, rebuilds it and tries again. @returns the error, if any */
function withRebuild(session: Session, attemptOnce: () => unknown): unknown {
  const problem = attemptOnce();
  if (classifyError(problem) !== 'damaged') return problem;
  try {
    session.rebuild();
  } catch (error) {
    return error;
  }
  return attemptOnce();
}

/** Runs a read and replies. @returns the error, if any; then there was no reply */
function attemptRead(session: Session, task: Task): unknown {
  try {
    task.reply(success(run(session.open(), task)));
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Runs tasks in one transaction and replies, once the database that has it is known to be at its path.
 * @returns the error, if any; then nothing was changed or replied
 */
function attempt(session: Session, group: readonly Task[]): unknown {
  try {
    const opened = session.open();
    const values = inTransaction(opened, () => group.map((task) => run(opened, task)));
    const misplaced = keepInPlace(session);
    for (const [index, task] of group.entries())
      task.reply(misplaced && task.kind !== 'free' ? misplaced : success(values[index]));
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Makes the database anew where it is not at its path. Where that fails, or loses rows, what was appended may be lost, and
 * is not to be appended again: it is carried over later, if at all. What was freed is lost only together with all the rest.
 */
function keepInPlace(session: Session): Result<never, StorageFailure> | undefined {
  try {
    return session.keepInPlace() ? uncertain('Some rows could not be carried over') : undefined;
  } catch (error) {
    return uncertain(error);
  }
}

function uncertain(cause: unknown): Result<never, StorageFailure> {
  return failed(failureOf(new UncertainCommit(cause)));
}

function inTransaction<Values>({ connection, running }: Opened, work: () => Values): Values {
  connection.begin();
  try {
    const values = work();
    running.beforeCommit();
    connection.commit();
    return values;
  } catch (error) {
    connection.rollback();
    running.afterRollback();
    throw error;
  }
}

/** Runs a task. The operation is looked up each time, because after a rebuild it belongs to another connection. */
function run({ running }: Opened, task: Task): unknown {
  return running.operations[task.name]?.run(task.argument, task.now);
}
