/**
 * What this room takes from the world around it: the system by default, something else in a test.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { performance } from 'node:perf_hooks';
import { createMutex, type Mutex } from './mutex';

export interface CameraEnvironment {
  /** The environment variables that programs get; its PATH is where they are looked for. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where device files are, usually /dev. */
  readonly deviceRoot: string;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds from any beginning, never set back: for durations. */
  readonly monotonic: () => number;
  /** How long a program may take beyond its settling time before it is ended, in milliseconds. */
  readonly overtimeMs: number;
  /** How long after SIGTERM comes SIGKILL, and after SIGKILL the end of all waiting, in milliseconds. */
  readonly graceMs: number;
  /** More than this many bytes from a program are no picture but a flood. */
  readonly outputLimit: number;
  /** All captures take turns here. */
  readonly cameraMutex: Mutex;
  /** Whether this process may read and write the file at `path`. */
  readonly mayUse: (path: string) => Promise<boolean>;
  /** The user that this process runs as. */
  readonly userName: () => string;
  /** Sends a signal to a process group. Throws, as `process.kill` does, where there is none. */
  readonly killGroup: (id: number, signal: NodeJS.Signals) => void;
}

/** One queue for the whole process: two nodes never use a camera at the same time. */
const mutexOfThisProcess = createMutex();

/**
 * The system as it is. SIGTERM comes 15 s after the settling time, because a program whose sensor gives no frames
 * restarts it for ever, and SIGKILL 3 s later. The limit of 32 MiB is above what a 64-megapixel sensor gives at the
 * usual quality, and small enough for a Raspberry Pi Zero's memory.
 */
export function systemEnvironment(): CameraEnvironment {
  return {
    variables: process.env,
    deviceRoot: '/dev',
    now: Date.now,
    monotonic: () => performance.now(),
    overtimeMs: 15_000,
    graceMs: 3_000,
    outputLimit: 32 * 1024 * 1024,
    cameraMutex: mutexOfThisProcess,
    mayUse,
    userName,
    killGroup: (id, signal) => {
      process.kill(-id, signal);
    },
  };
}

async function mayUse(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** A container may run as a number that no user has: then the shell's own variable stands for the name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '$USER';
  }
}
