/** Reads over HTTP all that a station keeps, as its page and other programs do. */
import type {
  DownloadRow,
  FieldAnswer,
  SeriesAnswer,
  SourceAnswer,
  SourcesAnswer,
} from '../../../src/station/views/api';
import { idOf, placeOf, type Value } from './posts';

/** All that a station gave back. */
export interface Stored {
  /** Values by their places. */
  readonly values: ReadonlyMap<string, Value>;
  /** Of each picture that a value names: whether its bytes came back; else what was answered, in words. */
  readonly pictures: ReadonlyMap<string, 'intact' | 'altered' | { readonly refusal: string }>;
  /** What cannot be: a value that is there twice, or a graph that shows something else than the file of all values. */
  readonly contradictions: readonly string[];
}

/** As many points as one graph can have. */
const MOST_POINTS = 4000;

/** @param url the address of the station */
export async function readBack(url: string): Promise<Stored> {
  const values = new Map<string, Value>();
  const contradictions: string[] = [];
  const ids = new Set<string>();
  const { sources }: SourcesAnswer = JSON.parse(await ask(`${url}/api/sources`));
  for (const source of sources) {
    if (source.fields.every(({ first }) => first === undefined)) continue;
    const query = new URLSearchParams({ kind: source.kind, source: source.name });
    const rows = await readRows(`${url}/api/download?${query}&format=json`);
    for (const { timestamp, field, value } of rows) {
      const place = placeOf(source.kind, source.name, field, timeIn(timestamp));
      if (values.has(place)) contradictions.push(`${place} is there twice`);
      values.set(place, value);
      if (isPicture(source, field)) ids.add(String(value));
    }
    for (const field of source.fields) contradictions.push(...(await compareGraph(url, source, field, rows)));
  }
  const pictures = new Map<string, 'intact' | 'altered' | { readonly refusal: string }>();
  for (const id of ids) pictures.set(id, await readPicture(url, id));
  return { values, pictures, contradictions };
}

function isPicture({ fields }: SourceAnswer, name: string): boolean {
  return fields.some((field) => field.name === name && field.type === 'image');
}

/** All values of a source; none where they were all found to be damaged since it was listed. */
async function readRows(url: string): Promise<readonly DownloadRow[]> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status === 404) return [];
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

async function readPicture(url: string, id: string) {
  const response = await fetch(`${url}/pictures/${id}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) return { refusal: `${response.status} ${Buffer.from(bytes).toString()}` };
  return idOf(bytes) === id ? 'intact' : 'altered';
}

/** A time as milliseconds, with the fraction that a Date does not read. */
function timeIn(text: string): number {
  const beyond = /\.\d{3}(\d+)Z$/.exec(text)?.[1];
  return Date.parse(text) + (beyond === undefined ? 0 : Number(`0.${beyond}`));
}

/** A graph shows rows of the file of all values: each of them, or, where there are too many, some with the extremes. */
async function compareGraph(
  url: string,
  { kind, name }: SourceAnswer,
  { name: field, type }: FieldAnswer,
  rows: readonly DownloadRow[],
): Promise<readonly string[]> {
  if (type !== 'number') return [];
  const query = new URLSearchParams({ kind, source: name, field, points: String(MOST_POINTS) });
  const shown: SeriesAnswer = JSON.parse(await ask(`${url}/api/series?${query}`));
  const kept = new Map<number, Value>();
  for (const row of rows) if (row.field === field) kept.set(timeIn(row.timestamp), row.value);
  const strange = shown.times.filter((time, index) => kept.get(time) !== shown.values[index]);
  const what = `the graph of ${kind} ${name} ${field}`;
  const found = strange.map((time) => `${what} shows what is not kept at ${time}`);
  if (!shown.downsampled && shown.times.length < kept.size)
    found.push(`${what} shows ${shown.times.length} of ${kept.size} values`);
  const [all, drawn] = [[...kept.values()].map(Number), shown.values];
  if (extremesOf(all) !== extremesOf(drawn)) found.push(`${what} shows other extremes than are kept`);
  return found;
}

function extremesOf(values: readonly number[]): string {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  return `${least} to ${most}`;
}
