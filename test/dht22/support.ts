import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
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

/** What a fake kernel device holds; `gpio` gives it a device tree node as a Pi has it. */
export interface FakeDevice {
  temperature?: string;
  humidity?: string;
  gpio?: number;
  compatible?: string;
}

/** A fake sysfs tree in a folder of its own. */
export interface FakeSysfs {
  readonly root: string;
  folder(name: string): string;
  put(name: string, device: FakeDevice): Promise<void>;
  remove(): Promise<void>;
}

export async function fakeSysfs(devices: Record<string, FakeDevice> = {}): Promise<FakeSysfs> {
  const root = await mkdtemp(join(tmpdir(), 'dht22-sysfs-'));
  const folder = (name: string): string => join(root, 'bus/iio/devices', name);
  await mkdir(join(root, 'bus/iio/devices'), { recursive: true });
  const sysfs: FakeSysfs = {
    root,
    folder,
    put: async (name, device) => {
      await mkdir(folder(name), { recursive: true });
      await writeFile(join(folder(name), 'name'), 'humidity-sensor\n');
      if (device.temperature !== undefined)
        await writeFile(join(folder(name), 'in_temp_input'), `${device.temperature}\n`);
      if (device.humidity !== undefined)
        await writeFile(join(folder(name), 'in_humidityrelative_input'), `${device.humidity}\n`);
      if (device.gpio === undefined && device.compatible === undefined) return;
      await mkdir(join(folder(name), 'of_node'), { recursive: true });
      await writeFile(join(folder(name), 'of_node/compatible'), `${device.compatible ?? 'dht11'}\0`);
      if (device.gpio === undefined) return;
      const gpios = Buffer.alloc(12);
      gpios.writeUInt32BE(7, 0);
      gpios.writeUInt32BE(device.gpio, 4);
      await writeFile(join(folder(name), 'of_node/gpios'), gpios);
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
    sharedPins: createSharedPins(),
    ...given,
  };
}

/** A signal that never aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}
