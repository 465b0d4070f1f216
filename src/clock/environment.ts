import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { variablesForPrograms } from '../subprocess';

/**
 * Runs `task` once, in `ms` milliseconds; does not keep the process alive for it.
 * @returns a function that cancels it
 */
export type Schedule = (ms: number, task: () => void) => () => void;

/** How a program ended: it printed something, or is not installed, or failed, or took too long. */
export type ProgramRun =
  | { readonly type: 'printed'; readonly output: string }
  | { readonly type: 'missing' }
  | { readonly type: 'failed' };

/** What a timekeeper needs of the system. */
export interface ClockEnvironment {
  /** The wall clock, in whole milliseconds since 1970 (UTC: neither time zone nor daylight saving change it). */
  readonly now: () => number;
  /** The monotonic clock, in milliseconds, the same for all processes of a boot. */
  readonly monotonic: () => number;
  readonly exists: (path: string) => boolean;
  /** The text of a small file; undefined if it cannot be read. */
  readonly read: (path: string) => string | undefined;
  readonly run: (program: string, args: readonly string[]) => Promise<ProgramRun>;
  /** The processor's architecture, as Node.js calls it. */
  readonly architecture: string;
  readonly schedule: Schedule;
}

/** A program that asks answers immediately, unless a daemon hangs, or the machine is a small one that is booting. */
const LONGEST_RUN_MS = 10_000;
const LARGEST_OUTPUT_BYTES = 10_000;

/** The real system. */
export function systemEnvironment(): ClockEnvironment {
  return {
    now: Date.now,
    // CLOCK_MONOTONIC on Linux: NTP slews it together with the wall clock, but setting the clock does not change it.
    monotonic: () => Number(process.hrtime.bigint()) / 1e6,
    exists: existsSync,
    read,
    run,
    schedule,
    architecture: process.arch,
  };
}

/** Schedules by a timer of Node.js. */
export const schedule: Schedule = (ms, task) => {
  const timer = setTimeout(task, ms).unref();
  return () => clearTimeout(timer);
};

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function run(program: string, args: readonly string[]): Promise<ProgramRun> {
  const options = {
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
    maxBuffer: LARGEST_OUTPUT_BYTES,
    // The C locale, so that the output is in English.
    env: { ...variablesForPrograms(process.env), LC_ALL: 'C' },
  } as const;
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, output) => {
      if (!error) resolve({ type: 'printed', output });
      else resolve({ type: error.code === 'ENOENT' ? 'missing' : 'failed' });
    });
  });
}
