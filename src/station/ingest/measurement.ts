/** A Senio measurement: validated as a whole, then recorded as a whole, over HTTP and inside the process alike. */
import { describe, success, type Result } from '../../result';
import { checkName, refuse, type Refusal } from '../protocol';
import { MAX_FIELDS_PER_SOURCE, type NewColumn, type StagedPicture } from '../store';
import type { UnvalidatedPicture } from './picture';
import type { Recorder } from './recorder';
import { checkTimestamp, type StationPresent } from './timestamps';
import { checkNumber } from './values';

/** A measurement as it was received: nothing in it has been validated. */
export interface UnvalidatedMeasurement {
  readonly timestamp: unknown;
  readonly scalars: Iterable<readonly [field: string, value: unknown]>;
  readonly images: Iterable<readonly [field: string, picture: UnvalidatedPicture]>;
}

/** What Senio answers to a measurement: the values that are stored, a picture as its id. */
export interface RecordedMeasurement {
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly tags: null;
}

/** Validates and records a measurement, all or nothing. */
export async function ingestMeasurement(
  recorder: Recorder,
  sensorName: string,
  unvalidated: UnvalidatedMeasurement,
): Promise<Result<RecordedMeasurement, Refusal>> {
  const validated = validate(sensorName, unvalidated, recorder.present());
  if (!validated.ok) return validated;
  const { timestamp, values } = validated.value;
  const columns: NewColumn[] = [];
  const pictures: StagedPicture[] = [];
  try {
    for (const [field, value] of values) {
      const id = { kind: 'sensor', name: sensorName, field, times: [timestamp] } as const;
      if (typeof value === 'number') {
        columns.push({ ...id, type: 'number', values: [value] });
        continue;
      }
      const staged = await value.picture.stage();
      if (!staged.ok) return staged;
      pictures.push(staged.value);
      const file = { id: staged.value.id, bytes: value.picture.bytes, type: value.contentType };
      columns.push({ ...id, type: 'image', values: [file] });
    }
    const recorded = await recorder.record(columns, pictures);
    if (!recorded.ok) return recorded;
    const data = columns.map((column, index) => [column.field, recorded.value.at(index, 0)] as const);
    return success({ timestamp, data: Object.fromEntries(data), tags: null });
  } finally {
    for (const picture of pictures) await picture.discard();
  }
}

/** What the numbers of a measurement would record; nothing where they would be refused. */
export function columnsOfMeasurement(
  present: StationPresent,
  sensorName: string,
  { timestamp, scalars }: Pick<UnvalidatedMeasurement, 'timestamp' | 'scalars'>,
): readonly NewColumn[] {
  const validated = validate(sensorName, { timestamp, scalars, images: [] }, present);
  if (!validated.ok) return [];
  const id = { kind: 'sensor', name: sensorName, times: [validated.value.timestamp] } as const;
  return [...validated.value.values].flatMap(([field, value]) =>
    typeof value === 'number' ? [{ ...id, field, type: 'number' as const, values: [value] }] : [],
  );
}

/** A picture that is complete. */
interface ValidatedPicture {
  readonly picture: UnvalidatedPicture;
  readonly contentType: string;
}

type Values = Map<string, number | ValidatedPicture>;

function validate(
  sensorName: string,
  unvalidated: UnvalidatedMeasurement,
  present: StationPresent,
): Result<{ readonly timestamp: number; readonly values: Values }, Refusal> {
  const name = checkName('The sensor name', sensorName);
  if (!name.ok) return name;
  if (typeof unvalidated.timestamp !== 'number') {
    return refuse(
      'invalid',
      `"timestamp" must be a number of milliseconds, and is ${describe(unvalidated.timestamp)}.`,
    );
  }
  const timestamp = checkTimestamp('"timestamp"', unvalidated.timestamp, present);
  if (!timestamp.ok) return timestamp;
  const values = validateValues(unvalidated);
  return values.ok ? success({ timestamp: timestamp.value, values: values.value }) : values;
}

function validateValues({ scalars, images }: UnvalidatedMeasurement): Result<Values, Refusal> {
  const values: Values = new Map();
  for (const [field, value] of scalars) {
    const checked = validateField(field, values, (what) => checkNumber(what, value));
    if (!checked.ok) return checked;
  }
  for (const [field, picture] of images) {
    const checked = validateField(field, values, (what) => validateImage(what, picture));
    if (!checked.ok) return checked;
  }
  if (values.size > 0) return success(values);
  return refuse('invalid', 'The measurement is empty: send numbers in "data", or pictures, or both.');
}

/** Validates one field's name and value, and adds it to `values`. */
function validateField(
  field: string,
  values: Values,
  validateValue: (what: string) => Result<number | ValidatedPicture, Refusal>,
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
  const value = validateValue(what);
  if (!value.ok) return value;
  values.set(field, value.value);
  return value;
}

function validateImage(what: string, picture: UnvalidatedPicture): Result<ValidatedPicture, Refusal> {
  const { verdict, bytes } = picture;
  if (verdict.kind === 'complete') return success({ picture, contentType: verdict.type.contentType });
  if (verdict.kind === 'other')
    return refuse('invalid', `${what}: its ${bytes} bytes are no picture (JPEG, PNG, GIF or WebP).`);
  const name = verdict.type.extension.toUpperCase();
  const reason =
    verdict.kind === 'cut'
      ? 'end before the picture does: it was cut off on its way, or is not fully written yet'
      : `are no ${name} that can be shown: their parts do not fit together`;
  return refuse('invalid', `${what}: its ${bytes} bytes begin as a ${name}, and ${reason}.`);
}
