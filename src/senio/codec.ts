import type { Codec } from '../delivery';
import { detectImageType } from '../image';
import { decodeJson } from '../json';
import { failed, success, type Failure } from '../result';
import type { Measurement, MeasurementImage } from './measurement';

/** How measurements are kept until they are delivered: the scalars as JSON text, the images apart. */
export const measurementCodec: Codec<Measurement> = {
  store: ({ timestamp, scalars, images }) => ({
    // One request carries one measurement, so none of them can be merged.
    group: '',
    timestamp,
    body: JSON.stringify([...scalars]),
    images: [...images].map(([field, { bytes }]) => ({ field, bytes })),
  }),
  restore: (stored) => {
    const scalars = decodeJson(stored.body)?.value;
    if (!isScalars(scalars)) return damaged('its values are not what was kept');
    const images = new Map<string, MeasurementImage>();
    for (const { field, bytes } of stored.images) {
      const type = detectImageType(bytes);
      if (!type) return damaged(`field "${field}" is no image any more`);
      images.set(field, { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), type });
    }
    return success({ timestamp: stored.timestamp, scalars: new Map(scalars), images });
  },
};

function isScalars(value: unknown): value is readonly (readonly [string, number])[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number',
    )
  );
}

function damaged(reason: string) {
  return failed<Failure<'damaged'>>({
    kind: 'damaged',
    message: `The kept measurement is damaged: ${reason}`,
  });
}
