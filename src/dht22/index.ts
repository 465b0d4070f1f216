/**
 * Reads DHT22 temperature and humidity sensors and their family (DHT11, AM2301, 2302, 2303, and AM2320 to 2322 on
 * one wire) on a Raspberry Pi. This file is the room's whole public surface.
 *
 * A reading is good or it is a failure that says why: out-of-range values, zeros, what failing sensors send and
 * frames that do not check are refused whatever the settings; next to no humidity unless `veryDry`. `plausibility` has what is far from the answer before confirmed by another.
 */

import { failed, success, type Result } from '../result';
import { openCapture } from './capture';
import { runCycle } from './cycle';
import { demoSample } from './demo';
import { completeEnvironment, type Environment } from './environment';
import { CANCELLED, noSuchPin } from './failures';
import { isChipGpio, isHeaderGpio } from '../raspberry-pi-header';
import { findKernelDevices } from './kernel-devices';
import { openPowerPin } from './power';
import { watchSilence } from './silence';
import { createAttemptChooser } from './source';
import type { Dht22, Reading, ReadingFailure, SensorSettings, UsedPin } from './types';

export type { Environment } from './environment';
export { withMedian } from './median';
export { withOffsets, type Offsets } from './offsets';
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
  type UsedPin,
} from './types';
export { dewPoint, toFahrenheit } from './units';

/** A sensor that the kernel's driver serves. */
export interface KernelSensor {
  /** The kernel's name of the device, such as `iio:device0`. */
  readonly device: string;
  /** BCM number; undefined where nothing proves it. */
  readonly gpio: number | undefined;
}

/** The sensors that the kernel's driver serves. Never rejects. */
export async function listKernelSensors(given: Partial<Environment> = {}): Promise<readonly KernelSensor[]> {
  const environment = completeEnvironment(given);
  const askUsed = () => openCapture(environment).askUsed(NEVER);
  const devices = await findKernelDevices(environment.sysfsRoot, askUsed);
  return devices.filter(({ isDht }) => isDht).map(({ name, gpio }) => ({ device: name, gpio }));
}

/**
 * The pins of the header that the system holds, those of the kernel's own sensors among them; undefined where it does
 * not tell, as without a GPIO chip, python3 or the permission. Never rejects.
 */
export async function listUsedPins(
  given: Partial<Environment> = {},
): Promise<readonly UsedPin[] | undefined> {
  return openCapture(completeEnvironment(given)).askUsed(NEVER);
}

/** Of questions that take milliseconds, and whose time is limited by the capture. */
const NEVER = new AbortController().signal;

/**
 * A sensor with these settings. Making it touches nothing; each `read` is one cycle of tries. Sensors of one
 * process share the pins: they never disturb each other, and those with the same settings share one reading.
 */
export function createDht22(settings: SensorSettings, given: Partial<Environment> = {}): Dht22 {
  const environment = completeEnvironment(given);
  if (settings.source === 'demo') return { read: () => readDemo(environment), close: () => undefined };
  const { power } = settings;
  const cycling = power && { ...power, pin: openPowerPin(environment, power.gpio) };
  return watchSilence(readsAPin(settings, environment), cycling);
}

async function readDemo(environment: Environment): Promise<Result<Reading, ReadingFailure>> {
  return success({ ...demoSample(environment), tries: 1 });
}

function readsAPin(settings: SensorSettings, environment: Environment): Dht22 {
  const { gpio, source, model, plausibility, veryDry } = settings;
  // The helper knows the header alone; the driver was given its pin by whoever knows the board.
  const isPossible = source === 'kernel' ? isChipGpio(gpio) : isHeaderGpio(gpio);
  if (!isPossible)
    return {
      read: () => Promise.resolve(failed({ ...noSuchPin(gpio), tries: 0 })),
      close: () => undefined,
    };
  const pin = environment.sharedPins(gpio);
  const key = JSON.stringify([source, model, plausibility, veryDry, settings.startPulse]);
  const capture = openCapture(environment);
  const chooseAttempt = createAttemptChooser(environment, settings, capture);
  const underWay = new Set<AbortController>();

  async function cycle(signal: AbortSignal): Promise<Result<Reading, ReadingFailure>> {
    const attempt = await chooseAttempt(signal);
    if (!attempt.ok) return failed({ ...attempt.failure, tries: 1 });
    return runCycle({ environment, pin, gpio, plausibility, veryDry, attempt: attempt.value }, signal);
  }

  async function read(signal: AbortSignal): Promise<Result<Reading, ReadingFailure>> {
    if (signal.aborted) return failed({ ...CANCELLED, tries: 0 });
    capture.keep();
    const reading = new AbortController();
    const cancel = (): void => reading.abort();
    underWay.add(reading);
    signal.addEventListener('abort', cancel);
    const result = await pin.share(key, reading.signal, cycle);
    signal.removeEventListener('abort', cancel);
    underWay.delete(reading);
    return result ?? failed({ ...CANCELLED, tries: 0 });
  }

  return {
    read,
    close: () => {
      for (const reading of underWay) reading.abort();
      capture.release();
    },
  };
}
