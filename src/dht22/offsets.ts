import { success } from '../result';
import type { Dht22, Reading } from './types';

/** What is added to each reading, for a sensor that was compared with a better one. */
export interface Offsets {
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Percent. */
  readonly humidity: number;
}

/**
 * The sensor with these offsets added to what it says. All checks come before: they are about what the sensor sent,
 * which `raw` still shows. Humidity stays within 0 and 100 %, because there is none beyond: a sensor that says 98 % and
 * is known to say 5 % too little stands in air of 100 %.
 */
export function withOffsets(sensor: Dht22, offsets: Offsets): Dht22 {
  if (offsets.temperature === 0 && offsets.humidity === 0) return sensor;
  return {
    read: async (signal) => {
      const result = await sensor.read(signal);
      return result.ok ? success(addTo(result.value, offsets)) : result;
    },
    close: () => sensor.close(),
  };
}

function addTo(reading: Reading, { temperature, humidity }: Offsets): Reading {
  return {
    ...reading,
    temperature: hundredths(reading.temperature + temperature),
    humidity: Math.min(Math.max(hundredths(reading.humidity + humidity), 0), 100),
  };
}

/** Without the noise of binary fractions. */
export function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
