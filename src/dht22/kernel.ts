import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, success, type Result } from '../result';
import type { Environment } from './environment';
import {
  coarseClock,
  driverCorrupt,
  driverDenied,
  driverFailed,
  driverTimedOut,
  implausible,
  noKernelSensor,
  severalSensors,
} from './failures';
import { describePin } from '../raspberry-pi-header';
import type { Attempt, AttemptFailure, Sample } from './types';
import { rejectionReason, repairDriverTemperature, type Tenths } from './values';

/** A sensor that the kernel's dht11 driver serves. */
export interface KernelDevice {
  /** Such as `iio:device0`. */
  readonly name: string;
  readonly folder: string;
  /** BCM number, where the device tree tells it. */
  readonly gpio: number | undefined;
}

const TEMPERATURE_FILE = 'in_temp_input';
const HUMIDITY_FILE = 'in_humidityrelative_input';
/** No Pi has more sensors of any kind; bounds the work whatever sysfs holds. */
const MOST_DEVICES = 64;

/**
 * All sensors that the kernel's driver serves. They are known by their files and their device tree node, because
 * their names differ from kernel to kernel. Never rejects: a device that cannot be read is left out.
 */
export async function findKernelDevices(sysfsRoot: string): Promise<KernelDevice[]> {
  const parent = join(sysfsRoot, 'bus/iio/devices');
  const names = await readdir(parent).catch((): string[] => []);
  const candidates = names.filter((name) => name.startsWith('iio:device')).toSorted();
  const devices = await Promise.all(
    candidates.slice(0, MOST_DEVICES).map((name) => inspectDevice(name, join(parent, name))),
  );
  return devices.filter((device) => device !== undefined);
}

async function inspectDevice(name: string, folder: string): Promise<KernelDevice | undefined> {
  const files = await Promise.all([
    isThere(join(folder, TEMPERATURE_FILE)),
    isThere(join(folder, HUMIDITY_FILE)),
  ]);
  if (files.includes(false)) return undefined;
  const node = join(folder, 'of_node');
  if (!(await isThere(node))) return { name, folder, gpio: undefined };
  const compatible = await readFile(join(node, 'compatible'), 'latin1').catch(() => '');
  if (!compatible.split('\0').some((entry) => entry.includes('dht11'))) return undefined;
  return { name, folder, gpio: await gpioOfNode(node) };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The property holds the chip's handle, the line and its flags, each a big-endian 32-bit number. */
async function gpioOfNode(node: string): Promise<number | undefined> {
  const property = await readFile(join(node, 'gpios')).catch(() => Buffer.alloc(0));
  return property.length >= 8 ? property.readUInt32BE(4) : undefined;
}

/**
 * The device that serves a pin: the one whose device tree node names it, or the only one there is where nothing
 * tells its pin.
 */
export function chooseDevice(
  devices: readonly KernelDevice[],
  gpio: number,
): Result<KernelDevice, AttemptFailure> {
  const match = devices.find((device) => device.gpio === gpio);
  if (match !== undefined) return success(match);
  const withoutPin = devices.filter((device) => device.gpio === undefined);
  const [only] = withoutPin;
  if (only !== undefined && devices.length === 1) return success(only);
  if (withoutPin.length === 0)
    return failed(
      noKernelSensor(
        gpio,
        devices.map((device) => device.gpio),
      ),
    );
  return failed(severalSensors(gpio, devices.map(describeDevice)));
}

function describeDevice({ name, gpio }: KernelDevice): string {
  return gpio === undefined ? `${name} (pin unknown)` : `${name} on ${describePin(gpio)}`;
}

/** One attempt through the kernel's driver. */
export function kernelAttempt(environment: Environment, gpio: number, device: KernelDevice): Attempt {
  return async () => {
    // Temperature first, one after the other, both or none: after a frame that it cannot decode, the driver fails
    // the first read and answers the second from its cache, with the old value and no error.
    const temperature = await readValue(environment, device, TEMPERATURE_FILE, gpio);
    if (!temperature.ok) return temperature;
    const timestamp = environment.now();
    const humidity = await readValue(environment, device, HUMIDITY_FILE, gpio);
    if (!humidity.ok) return humidity;
    return sampleOf(gpio, device, timestamp, temperature.value, humidity.value);
  };
}

function sampleOf(
  gpio: number,
  device: KernelDevice,
  timestamp: number,
  temperatureText: string,
  humidityText: string,
): Result<Sample, AttemptFailure> {
  const values = valuesOf(temperatureText, humidityText);
  if (values === undefined)
    return failed(
      driverFailed(gpio, `it said ${JSON.stringify([temperatureText, humidityText])}, not two numbers`),
    );
  const reason = rejectionReason(values);
  if (reason !== undefined) return failed(implausible(gpio, reason));
  return success({
    temperature: values.temperature / 10,
    humidity: values.humidity / 10,
    timestamp,
    source: 'kernel',
    gpio,
    raw: { device: device.name, temperature: temperatureText, humidity: humidityText },
  });
}

function valuesOf(temperatureText: string, humidityText: string): Tenths | undefined {
  const isNumber = /^-?\d{1,8}$/;
  if (!isNumber.test(temperatureText) || !isNumber.test(humidityText)) return undefined;
  // The driver gives whole tenths in thousandths, so that rounding loses nothing.
  return {
    temperature: repairDriverTemperature(Math.round(Number(temperatureText) / 100)),
    humidity: Math.round(Number(humidityText) / 100),
  };
}

async function readValue(
  environment: Environment,
  device: KernelDevice,
  file: string,
  gpio: number,
): Promise<Result<string, AttemptFailure>> {
  const path = join(device.folder, file);
  try {
    return success((await environment.readDeviceFile(path)).trim());
  } catch (error) {
    return failed(failureOf(error, gpio, path));
  }
}

function failureOf(error: unknown, gpio: number, file: string): AttemptFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ETIMEDOUT':
      return driverTimedOut(gpio);
    case 'EIO':
      return driverCorrupt(gpio);
    case 'EAGAIN':
      return coarseClock(gpio);
    case 'EACCES':
    case 'EPERM':
      return driverDenied(gpio, file);
    case 'ENOENT':
    case 'ENODEV':
      return noKernelSensor(gpio, []);
    default:
      return driverFailed(gpio, code);
  }
}
