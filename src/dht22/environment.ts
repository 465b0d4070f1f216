import { open } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { containerOfThisProcess, type ContainerKind } from '../container';
import { startHelper, type Helper } from './helper';
import { createSharedPins, type SharedPins } from './shared-pins';

/** All that a sensor takes from the outside: clocks, random numbers, the file system, the helper, and the pins. */
export interface Environment {
  /** Milliseconds since 1970, for timestamps. */
  now(): number;
  /** Milliseconds of a clock that is never set, for distances in time. */
  monotonic(): number;
  /** Resolves after that many milliseconds, or at once when the signal aborts. Never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to but not including 1. */
  random(): number;
  /** Where sysfs is mounted. */
  readonly sysfsRoot: string;
  /** The text of one device file in sysfs; rejects with the system's error code. */
  readDeviceFile(path: string): Promise<string>;
  /** Where the GPIO character devices are. */
  readonly devRoot: string;
  /** The program that captures edges, and its first arguments. */
  readonly helperCommand: readonly [string, ...string[]];
  /** The kind of container that this process runs in; undefined outside of containers. */
  readonly container: ContainerKind | undefined;
  /** Starts that program with all its arguments. */
  startHelper(program: string, parameters: readonly string[]): Helper;
  /** The release of the running kernel, such as `6.1.21-v8+`. */
  readonly kernelRelease: string;
  /** The pins as all sensors of the process share them. */
  readonly sharedPins: SharedPins;
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener('abort', finish);
  });
}

/** The longest number that a driver prints is far shorter. */
const LONGEST_VALUE = 32;

/** One read call, because each one may make the driver ask the sensor. */
async function readDeviceFile(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(LONGEST_VALUE);
    const { bytesRead } = await handle.read(buffer, 0, LONGEST_VALUE, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** All sensors of a process share these, so that two nodes on one pin cannot disturb each other. */
const processPins = createSharedPins();

/** The real machine, with what is given in its place. */
export function completeEnvironment(given: Partial<Environment>): Environment {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    wait,
    random: () => Math.random(),
    sysfsRoot: '/sys',
    readDeviceFile,
    devRoot: '/dev',
    // -I -S: neither the user's settings nor site packages can change or slow down the helper.
    helperCommand: ['python3', '-I', '-S', join(__dirname, 'gpio_capture.py')],
    container: containerOfThisProcess(),
    startHelper,
    kernelRelease: release(),
    sharedPins: processPins,
    ...given,
  };
}
