/**
 * What this room takes from the world around it: the system by default, something else in a test.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { performance } from 'node:perf_hooks';
import { containerOfThisProcess, type ContainerKind } from '../container';
import { killGroup } from './processes';
import { NO_PROGRAM_RECORDS, type ProgramRecords } from './program-records';
import { createCameraQueues, type CameraQueues } from './queues';
import { findRotator, type Rotator } from './rotation';

export interface CameraEnvironment {
  /** Node-RED's environment variables, of which programs get some; its PATH is where they are looked for. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Where device files are, usually /dev. */
  readonly deviceRoot: string;
  /** Where the kernel tells of devices, usually /sys. */
  readonly sysRoot: string;
  /** The number of the device at `path`, such as "81:0"; `undefined` where it is none. */
  readonly deviceNumber: (path: string) => Promise<string | undefined>;
  /** This machine's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds from any beginning, never set back: for durations. */
  readonly monotonic: () => number;
  /** How long a program may take to list cameras before it is ended, in milliseconds. */
  readonly listLimitMs: number;
  /** How long after SIGTERM comes SIGKILL, and after SIGKILL the end of all waiting, in milliseconds. */
  readonly graceMs: number;
  /** More than this many bytes from a program are no picture but a flood. */
  readonly outputLimit: number;
  /** Here programs that use one camera take turns. */
  readonly cameraQueues: CameraQueues;
  /** What outlives this process of the programs that run; Node-RED's user folder has it. */
  readonly programRecords: ProgramRecords;
  /** Whether udev's database of devices is there, in which libcamera looks cameras up. */
  readonly hasDeviceDatabase: () => Promise<boolean>;
  /** Whether this process may read and write the file at `path`. */
  readonly mayUse: (path: string) => Promise<boolean>;
  /** The user that this process runs as. */
  readonly userName: () => string;
  /** What turns a picture by a quarter; `undefined` where there is nothing that could. */
  readonly rotator: Rotator | undefined;
  /** The kind of container that this process runs in; undefined outside of containers. */
  readonly container: ContainerKind | undefined;
  /** Sends a signal to a process group. Throws, as `process.kill` does, where there is none. */
  readonly killGroup: (id: number, signal: NodeJS.Signals) => void;
}

/** The queues of the whole process: two nodes never use a camera at the same time. */
const queuesOfThisProcess = createCameraQueues();

/**
 * The system as it is. The slowest program lists cameras within a few seconds. SIGKILL comes 3 s after SIGTERM, in which
 * a program can let its camera go. The limit of 32 MiB is above what a 64-megapixel sensor gives as a
 * JPEG of the usual quality, though not as a PNG, and small enough for a Raspberry Pi Zero's memory.
 */
export function systemEnvironment(): CameraEnvironment {
  return {
    variables: process.env,
    deviceRoot: '/dev',
    sysRoot: '/sys',
    deviceNumber,
    now: Date.now,
    monotonic: () => performance.now(),
    listLimitMs: 15_000,
    graceMs: 3_000,
    outputLimit: 32 * 1024 * 1024,
    cameraQueues: queuesOfThisProcess,
    programRecords: NO_PROGRAM_RECORDS,
    hasDeviceDatabase: async () => isThere('/run/udev'),
    mayUse,
    userName,
    rotator: findRotator(),
    container: containerOfThisProcess(),
    killGroup,
  };
}

/** Linux has 12 bits of the major and 20 of the minor number, in the order of makedev(3). */
async function deviceNumber(path: string): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isCharacterDevice()) return undefined;
  const { rdev } = status;
  return `${(rdev >>> 8) & 0xfff}:${(rdev & 0xff) | ((rdev >>> 12) & 0xfff00)}`;
}

async function mayUse(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
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
