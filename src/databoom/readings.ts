import type { SignalValue, TimedValue } from './push';

/** What a device has of one time. */
export interface DeviceReading {
  /** The device's token. */
  readonly device: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly values: ReadonlyMap<string, SignalValue>;
}

/** Puts the values of signals together to readings. */
export interface Readings {
  /** Adds values of a signal. */
  add(device: string, signal: string, values: readonly TimedValue[]): void;
  /** The readings, the oldest first; of one time in the order in which their first value was added. */
  inOrder(): readonly DeviceReading[];
}

interface GrowingReading extends DeviceReading {
  readonly values: Map<string, SignalValue>;
}

/** A signal that has several values of one time makes as many readings of that time. */
export function createReadings(): Readings {
  const devices = new Map<string, Map<number, GrowingReading[]>>();
  const all: GrowingReading[] = [];

  function readingWithout(device: string, signal: string, timestamp: number): GrowingReading {
    const times = devices.get(device) ?? new Map<number, GrowingReading[]>();
    devices.set(device, times);
    const readings = times.get(timestamp) ?? [];
    times.set(timestamp, readings);
    const found = readings.find(({ values }) => !values.has(signal));
    if (found) return found;
    const made = { device, timestamp, values: new Map() };
    readings.push(made);
    all.push(made);
    return made;
  }

  return {
    add(device, signal, values) {
      for (const { timestamp, value } of values)
        readingWithout(device, signal, timestamp).values.set(signal, value);
    },
    inOrder: () => all.toSorted((one, other) => one.timestamp - other.timestamp),
  };
}
