import { join } from 'node:path';
import type { ContainerKind } from '../container';
import { failed, success, type Result } from '../result';
import type { Environment } from './environment';
import {
  coarseClock,
  driverCorrupt,
  driverDenied,
  driverFailed,
  driverTimedOut,
  implausible,
} from './failures';
import { noKernelSensor, severalSensors } from './kernel-failures';
import { HUMIDITY_FILE, TEMPERATURE_FILE, type KernelDevice } from './kernel-devices';
import type { Attempt, AttemptFailure, Sample, SensorSettings } from './types';
import { rejectionReason, repairDriverTemperature, type Tenths } from './values';

/** The device that is proven to serve a pin. */
export function chooseDevice(
  devices: readonly KernelDevice[],
  gpio: number,
  container: ContainerKind | undefined,
): Result<KernelDevice, AttemptFailure> {
  const sensors = devices.filter(({ isDht }) => isDht);
  const matches = sensors.filter((device) => device.gpio === gpio);
  const [match, ...more] = matches;
  if (match !== undefined && more.length === 0) return success(match);
  const isUnclear = more.length > 0 || sensors.some((device) => device.gpio === undefined);
  const failureOfChoice = isUnclear && sensors.length > 1 ? severalSensors : noKernelSensor;
  return failed(failureOfChoice(gpio, devices, container));
}

/** Attempts to read the sensor that a device serves, through the kernel's driver. */
export function kernelAttempt(
  environment: Environment,
  settings: SensorSettings,
  device: KernelDevice,
): Attempt {
  const { gpio } = settings;
  return async () => {
    // Temperature first, one after the other, both or none: after a frame that it cannot decode, the driver fails
    // the first read and answers the second from its cache, with the old value and no error.
    const temperature = await readValue(environment, settings, device, TEMPERATURE_FILE);
    if (!temperature.ok) return temperature;
    const timestamp = environment.now();
    const humidity = await readValue(environment, settings, device, HUMIDITY_FILE);
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
  settings: SensorSettings,
  device: KernelDevice,
  file: string,
): Promise<Result<string, AttemptFailure>> {
  const path = join(device.folder, file);
  try {
    return success((await environment.readDeviceFile(path)).trim());
  } catch (error) {
    return failed(failureOf(environment, settings, error, path));
  }
}

function failureOf(
  { kernelRelease, container }: Environment,
  { gpio, model }: SensorSettings,
  error: unknown,
  file: string,
): AttemptFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ETIMEDOUT':
      return driverTimedOut(gpio);
    case 'EIO':
      return driverCorrupt(gpio, model === 'dht22' ? undefined : kernelRelease);
    case 'EAGAIN':
      return coarseClock(gpio);
    case 'EACCES':
    case 'EPERM':
      return driverDenied(gpio, file);
    case 'ENOENT':
    case 'ENODEV':
      return noKernelSensor(gpio, [], container);
    default:
      return driverFailed(gpio, code);
  }
}
