import { failed, type Result } from '../result';
import { ballastOf, createBallast } from './ballast';
import { createBatch } from './batch';
import { createCommitter, type Task } from './commit';
import { createSession, type AnyProgram, type Opened } from './session';
import { createTidying } from './tidying';
import { failureOf } from './trouble';
import type { StorageFailure, StorageNotice } from './types';

/** One call as it arrives. */
export interface Call {
  readonly call: number;
  readonly name: string;
  readonly argument: never;
  /** Wall clock of the caller, in milliseconds. */
  readonly now: number;
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly file: string;
  readonly program: AnyProgram;
  readonly restored: never;
  readonly reply: (call: number, result: Result<unknown, StorageFailure>) => void;
  /** Called once the reads of a turn are done, and at its end. */
  readonly flush: () => void;
  readonly notify: (notice: StorageNotice) => void;
}

/** One database in the storage thread. */
export interface Engine {
  add(call: Call): void;
  /** Runs what waits and closes the file. */
  close(): void;
}

/**
 * Runs calls in turns: all reads that have arrived, then one commit of as many appends as one commit should hold,
 * with what frees room. While a commit is being synced the next calls arrive: that makes groups without a delay.
 */
export function createEngine(options: EngineOptions): Engine {
  const { file, program, restored, notify } = options;
  const ballast = createBallast(ballastOf(file));
  let now = 0;
  const session = createSession({ file, program, restored, ballast, notify, now: () => now });
  const committer = createCommitter(session, ballast, notify);
  const tidying = createTidying(ballast, () => session.current()?.connection);
  const batch = createBatch(schedule);
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
      // Whoever asked goes on while the disk is waited for.
      options.flush();
      if (batch.isDue()) committer.commit(batch.take());
      if (batch.isDue()) schedule();
      tidying.put();
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
      batch.hurry();
      turn();
    }
    isClosed = true;
    tidying.stop();
    session.close();
  }

  // The file is opened at once, so that the user hears of trouble before the first reading.
  schedule();
  return { add, close };
}

function taskOf({ call, name, argument, now }: Call, { running }: Opened, { reply }: EngineOptions): Task {
  const operation = running.operations[name];
  const kind = operation?.kind ?? 'read';
  const weight = operation?.weight?.(argument) ?? 0;
  return { kind, weight, name, argument, now, reply: (result) => reply(call, result) };
}
