/** A Senio measurement: judged as a whole, then kept as a whole. The same for HTTP and inside the process. */
import { parseTimestamp, presentAt } from '../clock';
import { detectImageType } from '../image';
import { describe, success, type Result } from '../result';
import type { Image } from './image-shelf';
import { MAX_FIELDS_PER_SOURCE } from './limits';
import { refuse, type Refusal } from './refusal';
import type { FieldType, SourceId, Store } from './store';
import { checkName, checkNumber } from './values';

/** A measurement as it came: nothing in it is known to be right. */
export interface MeasurementDraft {
  readonly timestamp: unknown;
  readonly scalars: Iterable<readonly [field: string, value: unknown]>;
  readonly images: Iterable<readonly [field: string, bytes: Buffer]>;
}

/** What Senio answers to a measurement: the values kept, a picture as its id. */
export interface StoredMeasurement {
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly tags: null;
}

/**
 * Keeps a measurement, or nothing of it.
 * @param now milliseconds since 1970
 */
export function keepMeasurement(
  store: Store,
  sensorName: string,
  draft: MeasurementDraft,
  now: number,
): Result<StoredMeasurement, Refusal> {
  const name = checkName('The sensor name', sensorName);
  if (!name.ok) return name;
  const sensor: SourceId = { kind: 'sensor', name: sensorName };
  if (typeof draft.timestamp !== 'number') {
    return refuse(
      'invalid',
      `"timestamp" must be a number of milliseconds, and is ${describe(draft.timestamp)}.`,
    );
  }
  const timestamp = parseTimestamp(draft.timestamp, presentAt(now));
  if (!timestamp.ok) return refuse('invalid', `"timestamp": ${timestamp.failure.message}.`);
  const values = checkValues(draft, store.fieldTypes(sensor));
  if (!values.ok) return values;
  const at = timestamp.value;
  const data = [...values.value].map(([field, value]) => {
    const kept =
      typeof value === 'number'
        ? store.recordScalar(sensor, field, { timestamp: at, value })
        : store.recordImage(sensor, field, { timestamp: at, value });
    return [field, kept] as const;
  });
  return success({ timestamp: at, data: Object.fromEntries(data), tags: null });
}

function checkValues(
  { scalars, images }: MeasurementDraft,
  known: ReadonlyMap<string, FieldType>,
): Result<Map<string, number | Image>, Refusal> {
  const values = new Map<string, number | Image>();
  for (const [field, value] of scalars) {
    const checked = checkField(field, 'scalar', values, known, (what) => checkNumber(what, value));
    if (!checked.ok) return checked;
  }
  for (const [field, bytes] of images) {
    const checked = checkField(field, 'image', values, known, (what) => checkImage(what, bytes));
    if (!checked.ok) return checked;
  }
  if (values.size > 0) return success(values);
  return refuse('invalid', 'The measurement is empty: send numbers in "data", or pictures, or both.');
}

/** Checks one field's name and value, and adds it to `values`. */
function checkField(
  field: string,
  type: FieldType,
  values: Map<string, number | Image>,
  known: ReadonlyMap<string, FieldType>,
  checkValue: (what: string) => Result<number | Image, Refusal>,
): Result<unknown, Refusal> {
  const name = checkName('The field name', field);
  if (!name.ok) return name;
  const what = `Field ${describe(field)}`;
  if (values.has(field)) return refuse('invalid', `${what} is there twice.`);
  if (values.size >= MAX_FIELDS_PER_SOURCE) {
    return refuse(
      'invalid',
      `${what} is one too many: a measurement has at most ${MAX_FIELDS_PER_SOURCE} fields.`,
    );
  }
  const value = checkValue(what);
  if (!value.ok) return value;
  if (type !== (known.get(field) ?? type)) {
    const [has, got] = type === 'image' ? ['numbers', 'a picture'] : ['pictures', 'a number'];
    return refuse('invalid', `${what} has ${has} so far, and this is ${got}: give it a field of its own.`);
  }
  values.set(field, value.value);
  return value;
}

function checkImage(what: string, bytes: Buffer): Result<Image, Refusal> {
  const type = detectImageType(bytes);
  if (type) return success({ bytes, type });
  return refuse('invalid', `${what}: ${describe(bytes)} is no picture (JPEG, PNG, GIF or WebP).`);
}
