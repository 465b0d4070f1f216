import type FormData from 'form-data';
import type { Measurement } from './measurement';

/** A request body; `body` makes it anew for each try, because a stream can be read only once. */
export interface EncodedMeasurement {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => string | FormData;
  /** Bytes. */
  readonly length: number;
}

/** A measurement as Senio's API takes it: JSON where it has scalars only, a multipart form where it has an image. */
export async function encodeMeasurement(measurement: Measurement): Promise<EncodedMeasurement> {
  const json = JSON.stringify(restOf(measurement));
  if (measurement.images.size === 0) {
    const headers = { 'Content-Type': 'application/json' };
    return { headers, body: () => json, length: Buffer.byteLength(json) };
  }
  // Loaded on first use: most flows never publish an image.
  const { default: Form } = await import('form-data');
  const boundary = new Form().getBoundary();
  const body = () => {
    const form = new Form();
    form.setBoundary(boundary);
    form.append('json', json);
    for (const [field, { bytes, type }] of measurement.images) {
      form.append(field, bytes, { filename: `${field}.${type.extension}`, contentType: type.contentType });
    }
    return form;
  };
  const form = body();
  return { headers: form.getHeaders(), body, length: form.getLengthSync() };
}

/** The part of a measurement that is JSON in either form; `data` is there where there are scalars. */
function restOf({ timestamp, scalars }: Measurement): object {
  // `Object.fromEntries` defines own properties, so that a field named __proto__ is a field like any other.
  return scalars.size === 0 ? { timestamp } : { timestamp, data: Object.fromEntries(scalars) };
}
