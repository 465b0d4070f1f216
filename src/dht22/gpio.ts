import { failed, success, type Result } from '../result';
import type { Capture } from './capture';
import type { Environment } from './environment';
import { badFrame, implausible, shortChecksumOf } from './failures';
import { decodeFrame, type Frame } from './frame';
import { createShortChecksum, hasShortChecksum, withoutTenths } from './short-checksum';
import type { Attempt, AttemptFailure, Sample, SensorSettings } from './types';
import { modelMismatch, packingOf, rejectionReason, unpack } from './values';

/**
 * Microseconds for which the pin is held low. A DHT22 answers after 0.8 to 20 ms: the middle, because the helper's
 * timer may oversleep. A DHT11 wants at least 18 ms. The module with an Si7021 that speaks like them wants half a
 * millisecond (ESPHome, components/dht/dht.cpp).
 */
const SHORT_START = 10_000;
const LONG_START = 19_000;
const SI7021_START = 500;

/** What is tried in turn while nothing answers: only a DHT11 needs the long pulse, and what stays silent may be one. */
const START_PULSES: Readonly<Record<SensorSettings['model'], readonly number[]>> = {
  auto: [SHORT_START, LONG_START],
  dht22: [SHORT_START],
  dht11: [LONG_START],
  si7021: [SI7021_START],
};

/** Attempts to read a sensor on a GPIO pin, through the GPIO character device. */
export function gpioAttempt(environment: Environment, settings: SensorSettings, capture: Capture): Attempt {
  const { gpio, model } = settings;
  const shortChecksum = createShortChecksum();
  const pulses = settings.startPulse === undefined ? START_PULSES[model] : [settings.startPulse];
  let silent = 0;

  return async (signal) => {
    const startPulse = pulses[silent % pulses.length] ?? SHORT_START;
    const captured = await capture.ask({ gpio, startPulse }, signal);
    if (!captured.ok) return captured;
    const frame = decodeFrame(captured.value);
    if (frame.ok) {
      shortChecksum.sawWhole(frame.value);
      return sampleOf(environment, settings, frame.value);
    }
    const unchecked = frame.failure.frame;
    if (unchecked !== undefined && model === 'auto' && hasShortChecksum(unchecked))
      return failed(shortChecksumOf(gpio));
    if (unchecked !== undefined && model === 'dht11' && shortChecksum.accepts(unchecked))
      return withRaw(sampleOf(environment, settings, withoutTenths(unchecked)), unchecked);
    if (frame.failure.kind === 'no-answer') silent += 1;
    return failed(badFrame(gpio, frame.failure));
  };
}

/** What the sensor said in place of what was believed of it. */
function withRaw(
  result: Result<Sample, AttemptFailure>,
  { bytes, restoredBits }: Frame,
): Result<Sample, AttemptFailure> {
  return result.ok ? success({ ...result.value, raw: { bytes, restoredBits, tenths: 'unchecked' } }) : result;
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
