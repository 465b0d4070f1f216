import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** All that a timekeeper takes from the outside. */
export interface ClockEnvironment {
  /** The wall clock, in whole milliseconds since 1970 (UTC: neither time zone nor daylight saving change it). */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets, on one scale for all processes of a boot. */
  readonly monotonic: () => number;
  readonly exists: (path: string) => boolean;
  /** The text of a small file; undefined where it cannot be read. */
  readonly read: (path: string) => string | undefined;
  /** What a program writes to its standard output; undefined where it is missing, fails or does not end soon. */
  readonly run: (program: string, args: readonly string[]) => Promise<string | undefined>;
  /** Runs `task` once, `ms` milliseconds from now, unless the process ends before; returns what cancels that. */
  readonly schedule: (ms: number, task: () => void) => () => void;
}

/** A program that is asked for the time answers at once, or its daemon hangs. */
const LONGEST_RUN_MS = 5000;
const LARGEST_OUTPUT_BYTES = 10_000;

/** The system as it is. */
export function systemEnvironment(): ClockEnvironment {
  return {
    now: Date.now,
    // On Linux, CLOCK_MONOTONIC: NTP's slewing changes its pace just as the wall clock's, setting the clock does not.
    monotonic: () => Number(process.hrtime.bigint()) / 1e6,
    exists: existsSync,
    read,
    run,
    schedule: (ms, task) => {
      const timer = setTimeout(task, ms).unref();
      return () => clearTimeout(timer);
    },
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function run(program: string, args: readonly string[]): Promise<string | undefined> {
  const options = {
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
    maxBuffer: LARGEST_OUTPUT_BYTES,
    // The C locale, so that its words are the ones that are known here.
    env: { ...process.env, LC_ALL: 'C' },
  } as const;
  return new Promise((resolve) => {
    execFile(program, [...args], options, (error, output) => resolve(error ? undefined : output));
  });
}
