import { createAccessKeys, type AccessKeys } from './keys';
import { createFieldLabels, type FieldLabels, type StationField } from './labels';

/** A sensor that config nodes have registered. */
export interface RegisteredSensor {
  readonly keys: AccessKeys;
  readonly labels: FieldLabels;
}

/** The registered sensors. Several registrations may share a name, each with its own key and fields. */
export interface SensorRegistry {
  /** @returns a function that removes this registration */
  register(name: string, key: string | undefined, fields: readonly StationField[]): () => void;
  /** Lists fields of all sensors that are not registered. @returns a function that removes this list */
  registerFields(fields: readonly StationField[]): () => void;
  /** What the fields of a sensor are called, registered or not. */
  labelsOf(name: string): FieldLabels;
  /** A sensor by its name; `undefined` where it is not registered. */
  find(name: string): RegisteredSensor | undefined;
  readonly names: readonly string[];
}

export function createSensorRegistry(): SensorRegistry {
  const sensors = new Map<string, RegisteredSensor>();
  const labelsOfOthers = createFieldLabels();

  function register(name: string, key: string | undefined, fields: readonly StationField[]): () => void {
    const sensor = sensors.get(name) ?? { keys: createAccessKeys(), labels: createFieldLabels() };
    sensors.set(name, sensor);
    const removals = [sensor.keys.register(key), sensor.labels.register(fields)];
    return () => {
      for (const remove of removals) remove();
      if (!sensor.keys.isRegistered && sensors.get(name) === sensor) sensors.delete(name);
    };
  }

  return {
    register,
    registerFields: (fields) => labelsOfOthers.register(fields),
    labelsOf: (name) => sensors.get(name)?.labels ?? labelsOfOthers,
    find: (name) => sensors.get(name),
    get names() {
      return [...sensors.keys()];
    },
  };
}
