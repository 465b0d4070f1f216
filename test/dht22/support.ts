import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSharedPins, type Environment } from '../../src/dht22';

/** A clock on which every wait up to `longest` milliseconds passes at once; longer ones last until the abort. */
export interface FakeClock {
  readonly waits: number[];
  now(): number;
  monotonic(): number;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  pass(milliseconds: number): void;
}

export const START = Date.UTC(2026, 4, 1, 12);

export function fakeClock(longest = 3000): FakeClock {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => START + time,
    monotonic: () => time,
    pass: (milliseconds) => {
      time += milliseconds;
    },
    wait: (milliseconds, signal) => {
      if (milliseconds <= longest) {
        waits.push(milliseconds);
        time += milliseconds;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    },
  };
}

/** What a fake kernel device holds; `gpio` and `compatible` give it a device tree node as a Pi has it. */
export interface FakeDevice {
  temperature?: string;
  humidity?: string;
  gpio?: number;
  compatible?: string;
  /** The property `gpios` of its node, in place of the one that names `gpio`. */
  gpios?: Buffer;
  /** What its file `name` says; `humidity-sensor` where it is not given. */
  label?: string;
  /** The folder of its sensor in `/sys/devices/platform`, to which its entry is then a symlink. */
  sensor?: string;
  /** Lines of the file `uevent` there. */
  uevent?: readonly string[];
}

/** A fake sysfs tree in a folder of its own. */
export interface FakeSysfs {
  readonly root: string;
  folder(name: string): string;
  put(name: string, device: FakeDevice): Promise<void>;
  remove(): Promise<void>;
}

/** The property `gpios` as a Raspberry Pi has it: the chip's handle, the line, its flags. */
function gpiosOf(gpio: number): Buffer {
  const gpios = Buffer.alloc(12);
  gpios.writeUInt32BE(7, 0);
  gpios.writeUInt32BE(gpio, 4);
  return gpios;
}

async function putFiles(folder: string, device: FakeDevice): Promise<void> {
  const files: readonly (readonly [string, string | Buffer | undefined])[] = [
    ['name', `${device.label ?? 'humidity-sensor'}\n`],
    ['in_temp_input', device.temperature && `${device.temperature}\n`],
    ['in_humidityrelative_input', device.humidity && `${device.humidity}\n`],
  ];
  const hasNode = device.gpio !== undefined || device.compatible !== undefined;
  const gpios = device.gpios ?? (device.gpio === undefined ? undefined : gpiosOf(device.gpio));
  const node: typeof files = [
    ['of_node/compatible', `${device.compatible ?? 'dht11'}\0`],
    ['of_node/gpios', gpios],
  ];
  await mkdir(join(folder, 'of_node'), { recursive: true });
  for (const [name, content] of hasNode ? [...files, ...node] : files)
    if (content !== undefined) await writeFile(join(folder, name), content);
}

export async function fakeSysfs(devices: Record<string, FakeDevice> = {}): Promise<FakeSysfs> {
  const root = await mkdtemp(join(tmpdir(), 'dht22-sysfs-'));
  const folder = (name: string): string => join(root, 'bus/iio/devices', name);
  await mkdir(join(root, 'bus/iio/devices'), { recursive: true });
  const sysfs: FakeSysfs = {
    root,
    folder,
    put: async (name, device) => {
      if (device.sensor === undefined) return putFiles(folder(name), device);
      const sensor = join(root, 'devices/platform', device.sensor);
      await putFiles(join(sensor, name), device);
      if (device.uevent !== undefined) await writeFile(join(sensor, 'uevent'), device.uevent.join('\n'));
      return symlink(join('../../../devices/platform', device.sensor, name), folder(name));
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
  for (const [name, device] of Object.entries(devices)) await sysfs.put(name, device);
  return sysfs;
}

/** An environment without any real clock, sensor or helper. */
export function fakeEnvironment(clock: FakeClock, given: Partial<Environment> = {}): Partial<Environment> {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    wait: (milliseconds, signal) => clock.wait(milliseconds, signal),
    random: () => 0.5,
    sysfsRoot: '/nonexistent/sys',
    devRoot: '/nonexistent/dev',
    container: undefined,
    helperCommand: ['/nonexistent/python3'],
    kernelRelease: '6.13.0',
    sharedPins: createSharedPins(),
    ...given,
  };
}

/** A signal that never aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** Starts helpers in this process that answer each question at once. */
export function helperThat(answer: (question: string) => string): Environment['startHelper'] {
  return () => ({
    ask: async (question) => answer(question),
    isOver: () => false,
    end: () => undefined,
    kill: () => undefined,
  });
}
