import { isUint8Array } from 'node:util/types';
import { timestampOfMessage, type Present } from '../clock';
import { checkName, parseDecimal, readFields } from '../fields';
import { detectImageType, type ImageType } from '../image';
import { describe, failed, success, type Failure, type Result } from '../result';

/** An image of a measurement. */
export interface MeasurementImage {
  readonly bytes: Buffer;
  readonly type: ImageType;
}

/** Values of some of a sensor's fields at one time; at least one scalar or image. */
export interface Measurement {
  /** Milliseconds since 1970, possibly with a fraction. */
  readonly timestamp: number;
  readonly scalars: ReadonlyMap<string, number>;
  readonly images: ReadonlyMap<string, MeasurementImage>;
}

/** A measurement that cannot be published; the message names the field and the reason. */
export type MeasurementFailure = Failure<'invalid'>;

/** What a flow gives to be published. */
export interface MeasurementInput {
  /** An object of field to number, numeric text or Buffer; or a single such value. */
  readonly payload: unknown;
  /** When it was taken, see `timestampOfMessage`. */
  readonly timestamp: unknown;
  /** The field of a single value. */
  readonly field: string;
}

/** The most bytes of all images of a measurement: with the rest it fits the station's 16 MB a request. */
const MOST_IMAGE_BYTES = 15_000_000;

// In a multipart request, the part of this name carries the timestamp and the scalars (Senio's API).
const RESERVED_IMAGE_FIELD = 'json';

/**
 * Reads a measurement from what a flow gives.
 */
export function parseMeasurement(
  input: MeasurementInput,
  present: Present,
): Result<Measurement, MeasurementFailure> {
  const fields = readFields(input.payload, input.field, 'field');
  if (!fields.ok) return fields;
  const timestamp = timestampOfMessage(input.timestamp, present);
  if (!timestamp.ok) return timestamp;

  const scalars = new Map<string, number>();
  const images = new Map<string, MeasurementImage>();
  for (const [field, value] of fields.value) {
    const wrongName = checkName(field, 'field');
    if (wrongName) return failed(wrongName);
    if (isUint8Array(value)) {
      const image = parseImage(field, value);
      if (!image.ok) return image;
      images.set(field, image.value);
    } else {
      const scalar = parseScalar(field, value);
      if (!scalar.ok) return scalar;
      scalars.set(field, scalar.value);
    }
  }
  return checkSize(images) ?? success({ timestamp: timestamp.value, scalars, images });
}

function parseScalar(field: string, value: unknown): Result<number, MeasurementFailure> {
  const number = typeof value === 'string' ? parseDecimal(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return success(number);
  const comma = typeof value === 'string' && parseDecimal(value.replace(',', '.')) !== undefined;
  const advice = comma ? ': write the decimals with a point' : '';
  return invalid(
    `Field "${field}" is ${describe(value)}, but Senio takes numbers and images (a JPEG, PNG, GIF or WebP in a Buffer)${advice}`,
  );
}

function parseImage(field: string, value: Uint8Array): Result<MeasurementImage, MeasurementFailure> {
  const type = detectImageType(value);
  if (!type)
    return invalid(`Field "${field}" is ${describe(value)} that holds no JPEG, PNG, GIF or WebP image`);
  if (/["\\]/.test(field)) {
    return invalid(
      `Field ${describe(field)} cannot be an image: in a multipart request its name cannot have a quote or a backslash`,
    );
  }
  if (field === RESERVED_IMAGE_FIELD) {
    return invalid(
      `Field "${field}" cannot be an image: Senio keeps that name for the rest of the measurement`,
    );
  }
  return success({ bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength), type });
}

function checkSize(images: Measurement['images']) {
  const bytes = [...images.values()].reduce((sum, image) => sum + image.bytes.length, 0);
  if (bytes <= MOST_IMAGE_BYTES) return undefined;
  const names = [...images.keys()].slice(0, 5).map((field) => `"${field}"`);
  return invalid(
    `Field ${names.join(', ')}: ${bytes} bytes of images, but at most ${MOST_IMAGE_BYTES} (15 MB) fit one measurement: take a smaller picture`,
  );
}

function invalid(message: string) {
  return failed<MeasurementFailure>({ kind: 'invalid', message });
}
