/** A Senio measurement: judged as a whole, then kept as a whole. The same for HTTP and inside the process. */
import { parseTimestamp, type Present } from '../clock';
import { describe, success, type Result } from '../result';
import type { Intake } from './intake';
import { MAX_FIELDS_PER_SOURCE } from './limits';
import type { DraftPicture } from './picture';
import { refuse, type Refusal } from './refusal';
import type { NewColumn, StagedPicture } from './store';
import { checkName, checkNumber } from './values';

/** A measurement as it came: nothing in it is known to be right. */
export interface MeasurementDraft {
  readonly timestamp: unknown;
  readonly scalars: Iterable<readonly [field: string, value: unknown]>;
  readonly images: Iterable<readonly [field: string, picture: DraftPicture]>;
}

/** What Senio answers to a measurement: the values kept, a picture as its id. */
export interface StoredMeasurement {
  readonly timestamp: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly tags: null;
}

/** Keeps a measurement, or nothing of it. */
export async function keepMeasurement(
  intake: Intake,
  sensorName: string,
  draft: MeasurementDraft,
): Promise<Result<StoredMeasurement, Refusal>> {
  const checked = check(sensorName, draft, intake.present());
  if (!checked.ok) return checked;
  const { timestamp, values } = checked.value;
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
    const kept = await intake.keep(columns, pictures);
    if (!kept.ok) return kept;
    const data = columns.map((column, index) => [column.field, kept.value.at(index, 0)] as const);
    return success({ timestamp, data: Object.fromEntries(data), tags: null });
  } finally {
    for (const picture of pictures) await picture.discard();
  }
}

/** A picture that is one. */
interface CheckedPicture {
  readonly picture: DraftPicture;
  readonly contentType: string;
}

type Values = Map<string, number | CheckedPicture>;

function check(
  sensorName: string,
  draft: MeasurementDraft,
  present: Present,
): Result<{ readonly timestamp: number; readonly values: Values }, Refusal> {
  const name = checkName('The sensor name', sensorName);
  if (!name.ok) return name;
  if (typeof draft.timestamp !== 'number') {
    return refuse(
      'invalid',
      `"timestamp" must be a number of milliseconds, and is ${describe(draft.timestamp)}.`,
    );
  }
  const timestamp = parseTimestamp(draft.timestamp, present);
  if (!timestamp.ok) return refuse('invalid', `"timestamp": ${timestamp.failure.message}.`);
  const values = checkValues(draft);
  return values.ok ? success({ timestamp: timestamp.value, values: values.value }) : values;
}

function checkValues({ scalars, images }: MeasurementDraft): Result<Values, Refusal> {
  const values: Values = new Map();
  for (const [field, value] of scalars) {
    const checked = checkField(field, values, (what) => checkNumber(what, value));
    if (!checked.ok) return checked;
  }
  for (const [field, picture] of images) {
    const checked = checkField(field, values, (what) => checkImage(what, picture));
    if (!checked.ok) return checked;
  }
  if (values.size > 0) return success(values);
  return refuse('invalid', 'The measurement is empty: send numbers in "data", or pictures, or both.');
}

/** Checks one field's name and value, and adds it to `values`. */
function checkField(
  field: string,
  values: Values,
  checkValue: (what: string) => Result<number | CheckedPicture, Refusal>,
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
  values.set(field, value.value);
  return value;
}

function checkImage(what: string, picture: DraftPicture): Result<CheckedPicture, Refusal> {
  if (picture.type) return success({ picture, contentType: picture.type.contentType });
  return refuse('invalid', `${what}: its ${picture.bytes} bytes are no picture (JPEG, PNG, GIF or WebP).`);
}
