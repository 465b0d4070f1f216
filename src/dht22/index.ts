/**
 * Reads DHT22 temperature and humidity sensors and their family (DHT11, AM2301, 2302, 2303, and AM2320 to 2322 on
 * one wire) on a Raspberry Pi. This file is the room's whole public surface.
 *
 * A reading is good or it is a failure that says why: out-of-range values, zeros, what failing sensors send and
 * frames that do not check are refused whatever the settings. `plausibility` adds a second look at sudden changes.
 */

import { failed, success, type Result } from '../result';
import { runCycle } from './cycle';
import { demoAttempt } from './demo';
import { completeEnvironment, type Environment } from './environment';
import { CANCELLED, noSuchPin } from './failures';
import { isHeaderGpio } from './header';
import { chooseDevice, findKernelDevices, kernelAttempt } from './kernel';
import type { Attempt, AttemptFailure, Dht22, Reading, ReadingFailure, SensorSettings } from './types';

export type { Environment } from './environment';
export { describePin, overlayLine } from './header';
export { createPins, type Pins } from './pins';
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

/**
 * A sensor with these settings. Making it touches nothing; each `read` is one cycle of tries. Sensors of one
 * process share the pins: they never disturb each other, and those with the same settings share one reading.
 */
export function createDht22(settings: SensorSettings, given: Partial<Environment> = {}): Dht22 {
  const environment = completeEnvironment(given);
  if (settings.source === 'demo') return { read: (signal) => readDemo(environment, signal) };
  const { gpio } = settings;
  if (!isHeaderGpio(gpio)) return { read: () => Promise.resolve(failed({ ...noSuchPin(gpio), tries: 0 })) };
  const pin = environment.pins(gpio);
  const key = JSON.stringify([settings.source, settings.model, settings.plausibility]);

  async function cycle(signal: AbortSignal): Promise<Result<Reading, ReadingFailure>> {
    const attempt = await chooseSource(settings, environment);
    if (!attempt.ok) return failed({ ...attempt.failure, tries: 1 });
    const { plausibility } = settings;
    return runCycle({ environment, pin, gpio, plausibility, attempt: attempt.value }, signal);
  }

  return {
    read: async (signal) => (await pin.share(key, signal, cycle)) ?? failed({ ...CANCELLED, tries: 0 }),
  };
}

async function readDemo(
  environment: Environment,
  signal: AbortSignal,
): Promise<Result<Reading, ReadingFailure>> {
  const result = await demoAttempt(environment)(signal);
  return result.ok ? success({ ...result.value, tries: 1 }) : failed({ ...result.failure, tries: 1 });
}

async function chooseSource(
  settings: SensorSettings,
  environment: Environment,
): Promise<Result<Attempt, AttemptFailure>> {
  const device = chooseDevice(await findKernelDevices(environment.sysfsRoot), settings.gpio);
  return device.ok ? success(kernelAttempt(environment, settings.gpio, device.value)) : device;
}
