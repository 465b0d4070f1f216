import type { Schedule } from '../clock';
import { failed, type Result } from '../result';
import { reservePathOf, createReserveFile } from './reserve-file';
import { createBatch } from './batch';
import { createCommitter, type Task } from './commit';
import { createSession, type AnyProgram, type Opened, type Session } from './session';
import { createVacuum } from './incremental-vacuum';
import { failureOf } from './errors';
import type { StorageFailure, StorageNotice } from './types';

/** A call from the main thread. */
export interface Call {
  readonly call: number;
  readonly name: string;
  readonly argument: never;
  /** Wall clock of the caller, in milliseconds. */
  readonly now: number;
}

/** What an engine needs. */
export interface EngineOptions {
  readonly file: string;
  readonly program: AnyProgram;
  readonly restored: never;
  readonly reply: (call: number, result: Result<unknown, StorageFailure>) => void;
  /** Sends the replies so far: called after the reads of a turn, and at the end of the turn. */
  readonly flush: () => void;
  readonly notify: (notice: StorageNotice) => void;
  /** Runs a task later. */
  readonly schedule: Schedule;
}

/** From one look whether the open files are those at their paths to the next, in milliseconds. */
const BETWEEN_CHECKS_MS = 2000;

/** After a failed attempt to make files anew, the pause is this many times as long as the attempt, within bounds. */
const PAUSE_FACTOR = 20;
const LONGEST_PAUSE_MS = 300_000;

/** One database in the storage thread. */
export interface Engine {
  add(call: Call): void;
  /** Runs all calls that wait, and closes the file. */
  close(): void;
}

/**
 * Runs calls in turns: first all reads that have arrived, then one commit with as many appends as fit and all
 * operations that free room. More calls arrive while a commit is synced, so under load commits are grouped without any
 * delay.
 */
export function createEngine(options: EngineOptions): Engine {
  const reserve = createReserveFile(reservePathOf(options.file));
  let now = 0;
  const session = createSession({ ...options, reserve, now: () => now });
  const committer = createCommitter(session, reserve, options.notify);
  const vacuum = createVacuum(reserve, () => session.current()?.connection);
  const batch = createBatch(schedule);
  const stopChecks = startChecks(session, options.schedule);
  let arrived: Call[] = [];
  let isScheduled = false;
  let isClosed = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    isScheduled = false;
    if (isClosed) return;
    try {
      const opened = session.open();
      const calls = arrived;
      arrived = [];
      for (const call of calls) {
        const task = taskOf(call, opened, options);
        (task.kind === 'read' ? committer.read : batch.put)(task);
      }
      // The callers of the reads need not wait for the commit.
      options.flush();
      if (batch.isDue()) committer.commit(batch.take());
      if (batch.isDue()) schedule();
      vacuum.schedule();
    } catch (error) {
      failAll(error);
    }
    options.flush();
  }

  function failAll(error: unknown): void {
    const failure = failed(failureOf(error));
    for (const task of batch.takeAll()) task.reply(failure);
    for (const { call } of arrived) options.reply(call, failure);
    arrived = [];
  }

  function add(call: Call): void {
    now = call.now;
    arrived.push(call);
    schedule();
  }

  function close(): void {
    while (arrived.length > 0 || !batch.isEmpty()) {
      batch.makeDue();
      turn();
    }
    isClosed = true;
    vacuum.stop();
    stopChecks();
    session.close();
  }

  // The file is opened right away, so that problems are reported before the first reading.
  schedule();
  return { add, close };
}

/** Looks from time to time whether the files are in place, also while nobody calls. @returns what ends that */
function startChecks(session: Session, schedule: Schedule): () => void {
  let cancel = schedule(BETWEEN_CHECKS_MS, check);

  function check(): void {
    const begin = performance.now();
    let pause = BETWEEN_CHECKS_MS;
    try {
      session.check();
    } catch {
      // It was reported, and is tried again.
      pause = pauseAfterFailure(performance.now() - begin);
    }
    cancel = schedule(pause, check);
  }

  return () => cancel();
}

/** A copy that fails at its end takes as long as one that does not, and all databases wait in this thread meanwhile. */
function pauseAfterFailure(tookMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(BETWEEN_CHECKS_MS, PAUSE_FACTOR * tookMs));
}

function taskOf({ call, name, argument, now }: Call, { running }: Opened, { reply }: EngineOptions): Task {
  const operation = running.operations[name];
  const kind = operation?.kind ?? 'read';
  const weight = operation?.weight?.(argument) ?? 0;
  return { kind, weight, name, argument, now, reply: (result) => reply(call, result) };
}
