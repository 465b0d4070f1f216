/**
 * Runs a camera program once: its output into memory, everything bounded, nothing left behind.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { variablesForPrograms } from '../subprocess';
import type { CameraEnvironment } from './environment';

/** One program to run; `args` go to it as they are, without a shell. */
export interface Command {
  readonly path: string;
  readonly args: readonly string[];
  /** Milliseconds after which it is ended. */
  readonly timeoutMs: number;
  /** Whether what it says on standard error means that it never ends by itself; it is ended then. */
  readonly isStuck?: (said: string) => boolean;
}

/** How a run came to its end: by itself, or ended by us after too long, a word of its own, too much, or on request. */
export type RunEnd = 'itself' | 'hung' | 'stuck' | 'too-much-output' | 'cancelled';

/** A program that ran. */
export interface ProgramRun {
  readonly started: true;
  readonly end: RunEnd;
  /** False where even SIGKILL did not end it: it is stuck in the kernel, usually in a driver. */
  readonly gone: boolean;
  readonly output: Buffer;
  /** The first and the last few thousand characters of its standard error. */
  readonly errorOutput: string;
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  /** This machine's time at the first byte of output, or at the start where there was none. */
  readonly firstByteAt: number;
}

/** A program that could not be started; `code` is the system's, such as EACCES. */
export interface ProgramNotStarted {
  readonly started: false;
  readonly code: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** How much is kept of the beginning of standard error, and how much of its end, in characters. */
const ERROR_OUTPUT_LENGTH = 8192;

/** libcamera says why it fails and nothing else, unless somebody wants to read more of it. */
const LIBCAMERA_LOG = { LIBCAMERA_LOG_LEVELS: '*:ERROR', LIBCAMERA_LOG_NO_COLOR: '1' };

/** Runs `command` to its end. Never rejects; resolves when no process, timer or pipe of it is left. */
export async function runProgram(
  command: Command,
  signal: AbortSignal,
  environment: CameraEnvironment,
): Promise<ProgramRun | ProgramNotStarted> {
  let child: Child;
  try {
    child = spawn(command.path, [...command.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: what the program starts ends with it.
      detached: true,
      // In the C locale the system's words for an error are the ones that are known here.
      env: { ...LIBCAMERA_LOG, ...variablesForPrograms(environment.variables), LC_ALL: 'C' },
    });
  } catch (error) {
    // Some errors (ENOEXEC, E2BIG, ENOMEM) are thrown instead of being emitted.
    return { started: false, code: errorCode(error) };
  }
  return new Promise((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ started: false, code: errorCode(error) });
    });
    if (child.pid !== undefined) resolve(watch(child, child.pid, command, signal, environment));
  });
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

async function watch(
  child: Child,
  group: number,
  command: Command,
  signal: AbortSignal,
  environment: CameraEnvironment,
): Promise<ProgramRun> {
  const { graceMs, killGroup } = environment;
  const removeRecord = environment.programRecords.add(group);
  const exited = happens(child, 'exit');
  const closed = happens(child, 'close');
  // A pipe that breaks is no more than an early end: what has arrived is judged.
  for (const pipe of [child.stdout, child.stderr]) pipe.on('error', () => pipe.destroy());
  const output = collectOutput(child.stdout, environment);
  const errorOutput = collectErrorOutput(child.stderr, command.isStuck);
  const kill = (name: NodeJS.Signals) => {
    try {
      killGroup(group, name);
    } catch {
      // No such process group: all of it has gone already.
    }
  };

  const end = await firstEnd(
    { itself: exited, stuck: errorOutput.stuck, 'too-much-output': output.tooMuchOutput },
    command.timeoutMs,
    signal,
  );
  if (end !== 'itself') {
    kill('SIGTERM');
    await isWithin(exited, graceMs);
    // Also where the program has gone: what it started and left behind would keep the camera.
    kill('SIGKILL');
    await isWithin(exited, graceMs);
  }
  // Output may still be on its way; but whoever inherited the pipes must not keep them open for ever.
  if (!(await isWithin(closed, graceMs))) kill('SIGKILL');
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  const { exitCode, signalCode: exitSignal } = child;
  const gone = exitCode !== null || exitSignal !== null;
  if (gone) removeRecord();
  const { bytes, firstByteAt, isTooMuch } = output.soFar();
  return {
    started: true,
    end: isTooMuch ? 'too-much-output' : end, // also where it had ended before its last bytes were read
    gone,
    output: bytes,
    errorOutput: errorOutput.soFar(),
    exitCode,
    exitSignal,
    firstByteAt,
  };
}

async function happens(child: Child, event: 'exit' | 'close'): Promise<void> {
  return new Promise((resolve) => {
    child.once(event, () => resolve());
  });
}

/** What comes first: one of `events`, the end of its time, or the wish to stop. */
async function firstEnd(
  events: Readonly<Record<'itself' | 'stuck' | 'too-much-output', Promise<void>>>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RunEnd> {
  return new Promise((resolve) => {
    const cancel = () => finish('cancelled');
    const timer = setTimeout(() => finish('hung'), timeoutMs);
    function finish(end: RunEnd): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      resolve(end);
    }
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    void events.itself.then(() => finish('itself'));
    void events.stuck.then(() => finish('stuck'));
    void events['too-much-output'].then(() => finish('too-much-output'));
  });
}

/** Waits for `event`, but no longer than `ms`; true where it happened. */
async function isWithin(event: Promise<void>, ms: number): Promise<boolean> {
  const patience = new AbortController();
  const tooLate = wait(ms, false, { signal: patience.signal }).catch(() => false);
  const happened = await Promise.race([event.then(() => true), tooLate]);
  patience.abort();
  return happened;
}

function collectOutput(stream: Readable, environment: CameraEnvironment) {
  let chunks: Buffer[] = [];
  let length = 0;
  let firstByteAt = environment.now();
  const tooMuchOutput = new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      if (length === 0) firstByteAt = environment.now();
      length += chunk.length;
      chunks.push(chunk);
      if (length <= environment.outputLimit) return;
      chunks = [];
      stream.destroy();
      resolve();
    });
  });
  return {
    tooMuchOutput,
    soFar: () => ({ bytes: Buffer.concat(chunks), firstByteAt, isTooMuch: length > environment.outputLimit }),
  };
}

/** Keeps the beginning, where a cause stands, and the end, where the last word stands, of what may be any length. */
function collectErrorOutput(stream: Readable, isStuck: Command['isStuck']) {
  let head = '';
  let tail = '';
  stream.setEncoding('utf8');
  const stuck = new Promise<void>((resolve) => {
    stream.on('data', (chunk: string) => {
      const free = ERROR_OUTPUT_LENGTH - head.length;
      head += chunk.slice(0, free);
      tail = (tail + chunk.slice(free)).slice(-ERROR_OUTPUT_LENGTH);
      if (isStuck?.(head + tail)) resolve();
    });
  });
  return { stuck, soFar: () => head + tail };
}
