import { failed, success, type Result } from '../result';
import type { Capture } from './capture';
import type { Environment } from './environment';
import { heldByDriver } from './failures';
import { gpioAttempt } from './gpio';
import { chooseDevice, kernelAttempt } from './kernel';
import { findKernelDevices, type KernelDevice } from './kernel-devices';
import type { Attempt, AttemptFailure, ReadingProblem, Sample, SensorSettings } from './types';

/** Which way the next cycle reads the sensor, or why there is none. */
export type AttemptChooser = (signal: AbortSignal) => Promise<Result<Attempt, AttemptFailure>>;

/** Chooses anew for each cycle, because the kernel's sensors come and go with overlays. */
export function createAttemptChooser(
  environment: Environment,
  settings: SensorSettings,
  capture: Capture,
): AttemptChooser {
  const { source, gpio } = settings;
  const onPin = gpioAttempt(environment, settings, capture);
  const insteadOfDriver = createPinInstead(onPin);

  return async (signal) => {
    if (source === 'gpio') return success(onPin);
    const devices = await findKernelDevices(environment.sysfsRoot, () => capture.askUsed(signal));
    const device = chooseDevice(devices, gpio, environment.container);
    if (!device.ok) return source === 'automatic' ? success(onPin) : device;
    const byDriver = kernelAttempt(environment, settings, device.value);
    return success(source === 'automatic' ? insteadOfDriver(byDriver, device.value) : byDriver);
  };
}

/** What the driver says of a sensor that answers and that it cannot understand; of a damaged frame too. */
const NOT_UNDERSTOOD: ReadonlySet<ReadingProblem> = new Set(['corrupt-frame', 'driver-failed']);
/** Failures of the sensor itself: the pin could be asked. */
const ASKED: ReadonlySet<ReadingProblem> = new Set([
  'no-answer',
  'short-frame',
  'corrupt-frame',
  'checksum',
  'implausible',
]);
/** With one frame in four damaged, so many in a row come once in a thousand: the driver then cannot read this sensor. */
const MOST_IN_A_ROW = 5;

/**
 * Asks the pin itself after so many frames in a row that the driver does not understand, and keeps to it while that
 * works. While the driver holds the pin it cannot, and the failure says so.
 */
function createPinInstead(onPin: Attempt): (byDriver: Attempt, device: KernelDevice) => Attempt {
  let inARow = 0;
  let last: AttemptFailure | undefined;

  return (byDriver, device) => {
    /** Why the pin cannot be asked, in this cycle. */
    let obstacle: AttemptFailure | undefined;
    const explained = (failure: AttemptFailure) =>
      failed(obstacle?.kind === 'busy' ? heldByDriver(failure) : failure);

    async function askDriver(signal: AbortSignal): Promise<Result<Sample, AttemptFailure>> {
      const result = await byDriver(signal);
      const isUnderstood = result.ok || !NOT_UNDERSTOOD.has(result.failure.kind);
      inARow = isUnderstood ? 0 : inARow + 1;
      if (result.ok) return result;
      last = result.failure;
      return explained(last);
    }

    async function askPin(signal: AbortSignal, why: AttemptFailure): Promise<Result<Sample, AttemptFailure>> {
      const result = await onPin(signal);
      if (result.ok)
        return success({ ...result.value, raw: { ...result.value.raw, insteadOf: device.name } });
      if (result.failure.kind === 'cancelled') return result;
      if (ASKED.has(result.failure.kind)) {
        inARow = 0;
        return result;
      }
      obstacle = result.failure;
      return explained(why);
    }

    return (signal) =>
      inARow >= MOST_IN_A_ROW && last !== undefined && obstacle === undefined
        ? askPin(signal, last)
        : askDriver(signal);
  };
}
