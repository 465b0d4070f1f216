import { checkName, isPlainObject } from '../fields';

/** A field of a sensor, as Senio knows it. */
export interface SenioField {
  readonly name: string;
  readonly type: 'scalar' | 'image';
  /** Free text; empty where it has none. */
  readonly unit: string;
}

/** What Senio knows of a sensor. */
export interface SenioConfiguration {
  readonly name: string;
  readonly fields: readonly SenioField[];
}

// Whatever a server says, a list for people stays one that they can read.
const MOST_FIELDS = 200;
const LONGEST_TEXT = 200;

/** Reads Senio's answer, decoded; undefined where it is none. Fields that no measurement can have are left out. */
export function parseConfiguration(body: unknown): SenioConfiguration | undefined {
  if (!isPlainObject(body) || !isPlainObject(body['fields'])) return undefined;
  const fields = Object.entries(body['fields']).map(([name, field]) => parseField(name, field));
  const usable = fields.filter((field) => field !== undefined).slice(0, MOST_FIELDS);
  return { name: oneLine(body['name']), fields: usable };
}

function parseField(name: string, field: unknown): SenioField | undefined {
  if (checkName(name, 'field') || !isPlainObject(field)) return undefined;
  const { type, unit } = field;
  return type === 'scalar' || type === 'image' ? { name, type, unit: oneLine(unit) } : undefined;
}

function oneLine(text: unknown): string {
  return typeof text === 'string' ? text.replaceAll(/\p{C}+/gu, ' ').slice(0, LONGEST_TEXT) : '';
}
