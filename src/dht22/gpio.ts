import { failed, success, type Result } from '../result';
import { openCapture } from './capture';
import type { Environment } from './environment';
import { badFrame, implausible } from './failures';
import { decodeFrame, type Frame } from './frame';
import type { Attempt, AttemptFailure, Sample, SensorSettings } from './types';
import { modelMismatch, packingOf, rejectionReason, unpack } from './values';

/**
 * Microseconds for which the pin is held low. A DHT22 answers after 0.8 to 20 ms: the middle, because the helper's
 * timer may oversleep. A DHT11 wants at least 18 ms.
 */
const SHORT_START = 10_000;
const LONG_START = 19_000;

/** A sensor on a GPIO pin, read through the GPIO character device. */
export interface GpioSensor {
  readonly attempt: Attempt;
  /** Frees the helper. */
  close(): void;
}

/** Starts nothing before the first attempt. */
export function openGpio(environment: Environment, settings: SensorSettings): GpioSensor {
  const { gpio, model } = settings;
  const capture = openCapture(environment);
  let startPulse = model === 'dht11' ? LONG_START : SHORT_START;

  async function attempt(): Promise<Result<Sample, AttemptFailure>> {
    const captured = await capture.ask({ gpio, startPulse });
    if (!captured.ok) return captured;
    const frame = decodeFrame(captured.value);
    if (frame.ok) return sampleOf(environment, settings, frame.value);
    // Only a DHT11 needs the long pulse; what stays silent may be one.
    if (model === 'auto' && frame.failure.kind === 'no-answer')
      startPulse = SHORT_START + LONG_START - startPulse;
    return failed(badFrame(gpio, frame.failure));
  }

  return { attempt, close: () => capture.release() };
}

function sampleOf(
  environment: Environment,
  { gpio, model }: SensorSettings,
  { bytes, restoredBits }: Frame,
): Result<Sample, AttemptFailure> {
  const values = unpack(bytes, packingOf(bytes));
  const reason = modelMismatch(bytes, model) ?? rejectionReason(values);
  if (reason !== undefined) return failed(implausible(gpio, reason));
  return success({
    temperature: values.temperature / 10,
    humidity: values.humidity / 10,
    timestamp: environment.now(),
    source: 'gpio',
    gpio,
    raw: { bytes, restoredBits },
  });
}
