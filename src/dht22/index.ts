/**
 * Reads DHT22 temperature and humidity sensors and their family (DHT11, AM2301, 2302, 2303, and AM2320 to 2322 on
 * one wire) on a Raspberry Pi. This file is the room's whole public surface.
 *
 * A reading is good or it is a failure that says why: out-of-range values, zeros, what failing sensors send and
 * frames that do not check are refused whatever the settings; next to no humidity unless `veryDry`. `plausibility` has what is far from the answer before confirmed by another.
 */

import { failed, success, type Result } from '../result';
import { openCapture, type UsedPin } from './capture';
import { runCycle } from './cycle';
import { demoSample } from './demo';
import { completeEnvironment, type Environment } from './environment';
import { CANCELLED, noSuchPin } from './failures';
import { openGpio } from './gpio';
import { isHeaderGpio } from '../raspberry-pi-header';
import { chooseDevice, findKernelDevices, kernelAttempt } from './kernel';
import type { Attempt, AttemptFailure, Dht22, Reading, ReadingFailure, SensorSettings } from './types';

export type { UsedPin } from './capture';
export type { Environment } from './environment';
export { createSharedPins, type SharedPins } from './shared-pins';
export {
  READING_PROBLEMS,
  type Dht22,
  type RawReading,
  type Reading,
  type ReadingFailure,
  type ReadingProblem,
  type SensorSettings,
  type Source,
} from './types';
export { dewPoint, toFahrenheit } from './units';

/** A sensor that the kernel's driver serves. */
export interface KernelSensor {
  /** The kernel's name of the device, such as `iio:device0`. */
  readonly device: string;
  /** BCM number, where the device tree tells it. */
  readonly gpio: number | undefined;
}

/** The sensors that the kernel's driver serves. Never rejects. */
export async function listKernelSensors(given: Partial<Environment> = {}): Promise<readonly KernelSensor[]> {
  const devices = await findKernelDevices(completeEnvironment(given).sysfsRoot);
  return devices.map(({ name, gpio }) => ({ device: name, gpio }));
}

/**
 * The pins of the header that the system holds, those of the kernel's own sensors among them; undefined where it does
 * not tell, as without a GPIO chip, python3 or the permission. Never rejects.
 */
export async function listUsedPins(
  given: Partial<Environment> = {},
): Promise<readonly UsedPin[] | undefined> {
  const capture = openCapture(completeEnvironment(given));
  const used = await capture.askUsed();
  capture.release();
  return used;
}

/**
 * A sensor with these settings. Making it touches nothing; each `read` is one cycle of tries. Sensors of one
 * process share the pins: they never disturb each other, and those with the same settings share one reading.
 */
export function createDht22(settings: SensorSettings, given: Partial<Environment> = {}): Dht22 {
  const environment = completeEnvironment(given);
  if (settings.source === 'demo') return { read: () => readDemo(environment), close: () => undefined };
  return readsAPin(settings, environment);
}

async function readDemo(environment: Environment): Promise<Result<Reading, ReadingFailure>> {
  return success({ ...demoSample(environment), tries: 1 });
}

function readsAPin(settings: SensorSettings, environment: Environment): Dht22 {
  const { gpio, source, model, plausibility, veryDry } = settings;
  if (!isHeaderGpio(gpio))
    return {
      read: () => Promise.resolve(failed({ ...noSuchPin(gpio), tries: 0 })),
      close: () => undefined,
    };
  const pin = environment.sharedPins(gpio);
  const key = JSON.stringify([source, model, plausibility, veryDry]);
  const line = openGpio(environment, settings);

  async function cycle(signal: AbortSignal): Promise<Result<Reading, ReadingFailure>> {
    const attempt = await chooseAttempt();
    if (!attempt.ok) return failed({ ...attempt.failure, tries: 1 });
    return runCycle({ environment, pin, gpio, plausibility, veryDry, attempt: attempt.value }, signal);
  }

  async function chooseAttempt(): Promise<Result<Attempt, AttemptFailure>> {
    if (source === 'gpio') return success(line.attempt);
    const device = chooseDevice(await findKernelDevices(environment.sysfsRoot), gpio);
    if (device.ok) return success(kernelAttempt(environment, gpio, device.value));
    return source === 'automatic' ? success(line.attempt) : device;
  }

  return {
    read: async (signal) => (await pin.share(key, signal, cycle)) ?? failed({ ...CANCELLED, tries: 0 }),
    close: () => line.close(),
  };
}
