import { isUint8Array } from 'node:util/types';
import { readDateText, timestampOfMessage, type Present } from '../clock';
import {
  adviseOnBytes,
  adviseOnNumber,
  BUFFER_IN_JSON,
  createReadingRules,
  DEFAULT_OPTIONS,
  isBufferInJson,
  isPlainObject,
  parseDecimal,
  parseHeldDecimal,
  readFields,
  type FieldsFailure,
  type Parsed,
  type PayloadOptions,
} from '../fields';
import { detectImageType, type ImageType } from '../image';
import { describe, failed, success, type Result } from '../result';

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

/** A measurement, and the name of the sensor that it is of: of several that one key serves. */
export interface SensorMeasurement extends Measurement {
  readonly sensor: string;
}

/** A measurement that cannot be published; the message names the field and the reason. */
export type MeasurementFailure = FieldsFailure;

/** What a flow gives to be published. */
export interface MeasurementInput {
  /** An object of field to number, numeric text or Buffer; or a single such value. */
  readonly payload: unknown;
  /** When it was taken, see `timestampOfMessage`. */
  readonly timestamp: unknown;
  /** The field of a single value. */
  readonly field: string;
  /** How the payload is read; text that is a number is always one. */
  readonly options?: PayloadOptions;
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
): Parsed<Measurement, MeasurementFailure> {
  const { options = DEFAULT_OPTIONS } = input;
  const rules = createReadingRules<Value>(SERVICE, { ...options, keepText: false });
  const fields = readFields(input.payload, input.field, rules);
  if (!fields.ok) return fields;
  const timestamp = timestampOfMessage(input.timestamp, present);
  if (!timestamp.ok) return timestamp;

  const scalars = new Map<string, number>();
  const images = new Map<string, MeasurementImage>();
  for (const [field, value] of fields.value) {
    if (typeof value === 'number') scalars.set(field, value);
    else images.set(field, value);
  }
  const measurement = { timestamp: timestamp.value, scalars, images };
  return checkSize(images) ?? { ...success(measurement), leftOut: rules.unsendable.leftOut };
}

type Value = number | MeasurementImage;

const SERVICE = {
  term: 'field',
  read: (field: string, value: unknown): Result<Value, MeasurementFailure> =>
    isUint8Array(value) ? parseImage(field, value) : parseScalar(field, value),
  isValue: () => false,
} as const;

function parseScalar(field: string, value: unknown): Result<number, MeasurementFailure> {
  const number = typeof value === 'string' ? parseHeldDecimal(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return success(number);
  const advice = adviseOnValue(value);
  return invalid(
    `Field "${field}" is ${describe(value)}, but Senio takes numbers and images (a JPEG, PNG, GIF or WebP in a Buffer)${advice === '' ? '' : `: ${advice}`}`,
  );
}

/** What to do about a value that Senio does not take; empty where there is nothing to say. */
function adviseOnValue(value: unknown): string {
  if (typeof value === 'boolean') return 'send 1 for true and 0 for false';
  if (typeof value === 'bigint') return 'make it a number with Number(…)';
  if (isBufferInJson(value)) return BUFFER_IN_JSON;
  if (isPlainObject(value) || Array.isArray(value)) return `tick "Take nested values" in the node`;
  if (typeof value !== 'string') return '';
  if (parseDecimal(value) !== undefined) return 'it has more digits than a number holds';
  if (readDateText(value)) return 'where it is when the values were taken, put it into msg.timestamp';
  return adviseOnNumber(value) ?? '';
}

function parseImage(field: string, value: Uint8Array): Result<MeasurementImage, MeasurementFailure> {
  const type = detectImageType(value);
  if (!type) {
    const advice = adviseOnBytes(value);
    return invalid(
      `Field "${field}" is ${describe(value)} that holds no JPEG, PNG, GIF or WebP image${advice === undefined ? '' : `: ${advice}`}`,
    );
  }
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
