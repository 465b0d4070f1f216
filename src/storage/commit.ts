import { failed, success, type Result } from '../result';
import type { Ballast } from './ballast';
import type { Opened, Session } from './session';
import { failureOf, FullDisk, troubleOf } from './trouble';
import type { OperationKind, StorageFailure, StorageNotice } from './types';

/** One call, sorted by its kind. */
export interface Task {
  readonly kind: OperationKind;
  /** Bytes that it is going to write, roughly. */
  readonly weight: number;
  readonly name: string;
  readonly argument: never;
  readonly now: number;
  reply(result: Result<unknown, StorageFailure>): void;
}

/** Runs tasks, with what has to be done when one fails. Never throws; replies to each task once. */
export interface Committer {
  /** Runs a task of the kind `read`. */
  readonly read: (task: Task) => void;
  /** Runs tasks in one transaction; where that fails, each in its own. */
  commit(group: readonly Task[]): void;
}

/** Runs tasks on the session's database. */
export function createCommitter(
  session: Session,
  ballast: Ballast,
  notify: (notice: StorageNotice) => void,
): Committer {
  let isFull = false;

  function read(task: Task): void {
    const problem = mending(session, () => attemptRead(session, task));
    if (problem === undefined) return undefined;
    // A read that found something to repair; without the repair, nothing behind it could be drained.
    if (troubleOf(problem) === 'full' && ballast.drop()) return read(task);
    return giveUp([task], problem);
  }

  function commit(group: readonly Task[]): void {
    const canAppend = group.every((task) => task.kind === 'free') || ballast.restore();
    if (canAppend) return commitAll(group);
    noteFull();
    commitAll(group.filter((task) => task.kind === 'free'));
    return giveUp(
      group.filter((task) => task.kind !== 'free'),
      new FullDisk(),
    );
  }

  function commitAll(group: readonly Task[]): void {
    if (group.length === 0) return undefined;
    const problem = mending(session, () => attempt(session, group));
    if (problem === undefined) return noteSuccess(group);
    const trouble = troubleOf(problem);
    if (trouble === 'device') return giveUp(group, problem);
    if (group.length > 1) return commitOneByOne(group);
    const isFreeing = group.every((task) => task.kind === 'free');
    if (trouble === 'full') noteFull();
    if (trouble === 'full' && isFreeing && ballast.drop()) return commitAll(group);
    return giveUp(group, problem);
  }

  /** What makes room goes first. */
  function commitOneByOne(group: readonly Task[]): void {
    for (const task of group) if (task.kind === 'free') commit([task]);
    for (const task of group) if (task.kind !== 'free') commit([task]);
  }

  function giveUp(group: readonly Task[], problem: unknown): void {
    // After an error of the device it is not known what of the log was written: only opening it anew tells.
    if (troubleOf(problem) === 'device') session.close();
    for (const task of group) task.reply(failed(failureOf(problem)));
  }

  function noteFull(): void {
    if (isFull) return;
    isFull = true;
    const message = 'The disk is full: new readings cannot be kept until there is room. Those accepted stay.';
    notify({ kind: 'disk-full', message });
  }

  function noteSuccess(group: readonly Task[]): void {
    if (!isFull || group.every((task) => task.kind === 'free')) return;
    isFull = false;
    notify({ kind: 'disk-free', message: 'There is room on the disk again: readings are kept.' });
  }

  return { read, commit };
}

/** Tries something; where the file turns out to be damaged, rebuilds it and tries again. Returns what went wrong. */
function mending(session: Session, attemptOnce: () => unknown): unknown {
  const problem = attemptOnce();
  if (troubleOf(problem) !== 'damaged') return problem;
  try {
    session.rebuild();
  } catch (error) {
    return error;
  }
  return attemptOnce();
}

/** Runs a read and replies; returns what went wrong, in which case there was no reply. */
function attemptRead(session: Session, task: Task): unknown {
  try {
    task.reply(success(run(session.open(), task)));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Runs tasks in one transaction and replies; returns what went wrong, in which case nothing was changed or replied. */
function attempt(session: Session, group: readonly Task[]): unknown {
  try {
    const opened = session.open();
    const values = inTransaction(opened, () => group.map((task) => run(opened, task)));
    for (const [index, task] of group.entries()) task.reply(success(values[index]));
    return undefined;
  } catch (error) {
    return error;
  }
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

/** The operation is looked up each time: after a rebuild it belongs to another connection. */
function run({ running }: Opened, task: Task): unknown {
  return running.operations[task.name]?.run(task.argument, task.now);
}
