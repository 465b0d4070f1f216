import { failed, success } from '../result';
import { CANCELLED } from './failures';
import { hundredths } from './offsets';
import type { Dht22, Reading } from './types';

/**
 * The sensor, with the medians of so many readings as one: of temperature and of humidity, each by itself. A median,
 * because one reading that is off does not move it. Each reading is checked by itself, and one that fails is the
 * failure of all. They are 2.2 s apart, which the sensor needs.
 * @param count how many, 1 for the sensor as it is
 */
export function withMedian(sensor: Dht22, count: number): Dht22 {
  if (count <= 1) return sensor;
  let closings = 0;
  return {
    read: async (signal) => {
      const before = closings;
      const readings: Reading[] = [];
      while (readings.length < count) {
        const result = await sensor.read(signal);
        if (!result.ok) return result;
        readings.push(result.value);
        if (closings > before) return failed({ ...CANCELLED, tries: 0 });
      }
      return success(medianOf(readings));
    },
    close: () => {
      closings += 1;
      sensor.close();
    },
  };
}

/** The time is that of the reading in the middle; what the sensor said is told of each. */
function medianOf(readings: readonly Reading[]): Reading {
  const middle = readings[Math.floor(readings.length / 2)];
  if (middle === undefined) throw new RangeError('no reading');
  return {
    ...middle,
    temperature: median(readings.map(({ temperature }) => temperature)),
    humidity: median(readings.map(({ humidity }) => humidity)),
    tries: readings.reduce((sum, { tries }) => sum + tries, 0),
    raw: { readings: readings.map(({ raw }) => raw) },
  };
}

/** Between two in the middle, halfway. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.floor((sorted.length - 1) / 2);
  return hundredths(((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2);
}
