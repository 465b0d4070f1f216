import type { Codec, StoredItem } from '../delivery';
import { isPlainObject } from '../fields';
import { detectImageType } from '../image';
import { decodeJson } from '../json';
import { failed, success, type Failure, type Result } from '../result';
import type { Measurement, MeasurementImage, SensorMeasurement } from './measurement';

type Damage = Failure<'damaged'>;

/**
 * How measurements of the one sensor of their queue are kept until they are delivered: the scalars as JSON text, the
 * images apart.
 */
export const measurementCodec: Codec<Measurement> = {
  store: ({ timestamp, scalars, images }) => ({
    // One request carries one measurement, so none of them can be merged.
    group: '',
    timestamp,
    body: JSON.stringify([...scalars]),
    images: [...images].map(([field, { bytes }]) => ({ field, bytes })),
  }),
  restore: (stored) => restoreMeasurement(stored, decodeJson(stored.body)?.value),
};

/**
 * How measurements that name their sensors are kept, with the name of each. What names none is refused: it was kept for
 * the one sensor of another queue, and nobody knows here which one that was. Each sensor is a lane.
 */
export const sensorMeasurementCodec: Codec<SensorMeasurement> = {
  store: ({ sensor, ...measurement }) => ({
    ...measurementCodec.store(measurement),
    group: sensor,
    body: JSON.stringify({ sensor, scalars: [...measurement.scalars] }),
  }),
  restore: (stored) => {
    const body = decodeJson(stored.body)?.value;
    if (!isPlainObject(body) || typeof body['sensor'] !== 'string') return damaged('it names no sensor');
    const measurement = restoreMeasurement(stored, body['scalars']);
    return measurement.ok ? success({ ...measurement.value, sensor: body['sensor'] }) : measurement;
  },
  laneOf: ({ sensor }) => sensor,
};

/** A stored measurement. @param scalars as they were read from its body */
function restoreMeasurement(
  { timestamp, images: stored }: Pick<StoredItem, 'timestamp' | 'images'>,
  scalars: unknown,
): Result<Measurement, Damage> {
  if (!isScalars(scalars)) return damaged('its values are not what was kept');
  const images = new Map<string, MeasurementImage>();
  for (const { field, bytes } of stored) {
    const type = detectImageType(bytes);
    if (!type) return damaged(`field "${field}" is no image any more`);
    images.set(field, { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), type });
  }
  return success({ timestamp, scalars: new Map(scalars), images });
}

function isScalars(value: unknown): value is readonly (readonly [string, number])[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number',
    )
  );
}

function damaged(reason: string) {
  return failed<Damage>({
    kind: 'damaged',
    message: `The kept measurement is damaged: ${reason}`,
  });
}
