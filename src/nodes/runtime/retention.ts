import { describe } from '../../result';
import type { StationEnvironment } from '../../station';

type Retention = NonNullable<StationEnvironment['retention']>;

/** The name of the property in Node-RED's settings file. */
const PROPERTY = 'sensorpostStation';

const DAY_MS = 86_400_000;
const MEGABYTE = 2 ** 20;

/**
 * How much the station keeps: `sensorpostStation: { keepDays: 365, keepMegabytes: 2048 }` in Node-RED's settings file.
 * @param settings what that file exports
 * @param warn called for each value that cannot be used, with a message for the user
 * @returns the limits that are set and can be used
 */
export function readRetention(settings: object, warn: (message: string) => void): Retention {
  const read = (name: string, unit: number): number | undefined => {
    const value = propertyOfStation(settings, name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isFinite(value) && value >= 1) return value * unit;
    warn(
      `${PROPERTY}.${name} in Node-RED's settings must be a number from 1 on, and is ${describe(value)}: it is not used`,
    );
    return undefined;
  };
  const [ageMs, bytes] = [read('keepDays', DAY_MS), read('keepMegabytes', MEGABYTE)];
  return { ...(ageMs === undefined ? {} : { ageMs }), ...(bytes === undefined ? {} : { bytes }) };
}

/** One of the station's settings, as Node-RED's settings file has it. */
export function propertyOfStation(settings: object, name: string): unknown {
  const given: unknown = Reflect.get(settings, PROPERTY);
  return typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
}
