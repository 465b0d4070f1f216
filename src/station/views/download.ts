/** All values of a source in a range, as a file: read from the disk as fast as its receiver takes it. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, success, type Result } from '../../result';
import { refusalAnswer, type Answer } from '../answer';
import { MAX_DOWNLOADS } from '../limits';
import { refuse, type Refusal } from '../refusal';
import type { ListedValue, SourceId, Store } from '../store';
import type { DownloadRow, FieldKind } from '../views-api';
import { readRange, readSource } from './query';

/** Values of one series read in one step. */
const STEP = 1000;

/** Characters that are sent in one piece, roughly. */
const PIECE = 16_384;

interface Format {
  readonly contentType: string;
  readonly before: string;
  readonly between: string;
  readonly after: string;
  row(row: DownloadRow): string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    before: 'timestamp,field,value\r\n',
    between: '',
    after: '',
    row: ({ timestamp, field, value }) => `${[timestamp, field, value].map(cellOf).join(',')}\r\n`,
  },
  json: {
    contentType: 'application/json; charset=utf-8',
    before: '[',
    between: ',\n',
    after: ']\n',
    row: (row) => JSON.stringify(row),
  },
};

interface Wanted {
  readonly source: SourceId;
  readonly from: number;
  readonly to: number;
  readonly format: Format;
  readonly extension: string;
}

export class Downloads {
  readonly #store: Store;
  #underWay = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  async answer(parameters: URLSearchParams): Promise<Answer> {
    const wanted = readWanted(parameters);
    if (!wanted.ok) return refusalAnswer(wanted.failure);
    if (this.#underWay >= MAX_DOWNLOADS) return refusalAnswer(TOO_MANY);
    // Counted at once: while this one waits for the disk, others may ask.
    this.#underWay += 1;
    const answer = await this.#begin(wanted.value);
    if (!('stream' in answer)) this.#underWay -= 1;
    return answer;
  }

  async #begin(wanted: Wanted): Promise<Answer> {
    const { source, format } = wanted;
    const known = await this.#store.ask('fields', source);
    if (!known.ok) return refusalAnswer(known.failure);
    if (known.value.length === 0) return refusalAnswer(unknownSource(source));
    const headers = {
      'Content-Type': format.contentType,
      'Content-Disposition': dispositionOf(wanted),
    };
    const stream = (response: ServerResponse) => this.#send(response, wanted, known.value);
    const cancel = () => void (this.#underWay -= 1);
    return { statusCode: 200, headers, stream, cancel };
  }

  async #send(response: ServerResponse, wanted: Wanted, series: readonly Series[]): Promise<void> {
    try {
      await pipeline(Readable.from(textOf(this.#store, wanted, series)), response);
    } finally {
      this.#underWay -= 1;
    }
  }
}

interface Series {
  readonly field: string;
  readonly type: FieldKind;
}

function readWanted(parameters: URLSearchParams): Result<Wanted, Refusal> {
  const source = readSource(parameters);
  if (!source.ok) return source;
  const range = readRange(parameters);
  if (!range.ok) return range;
  const extension = parameters.get('format') ?? 'csv';
  const format = Object.hasOwn(FORMATS, extension) ? FORMATS[extension] : undefined;
  if (!format) return refuse('invalid', `"format" must be csv or json, and is ${describe(extension)}.`);
  return success({ source: source.value, ...range.value, format, extension });
}

/** The file, in pieces. Throws where the store fails, which cuts the connection. */
async function* textOf(store: Store, wanted: Wanted, series: readonly Series[]): AsyncGenerator<string> {
  const { format } = wanted;
  let piece = format.before;
  let between = '';
  for await (const row of rowsOf(store, wanted, series)) {
    piece += between + format.row(row);
    ({ between } = format);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece + format.after;
}

/** The values of all series in the order of time. */
async function* rowsOf(store: Store, wanted: Wanted, series: readonly Series[]): AsyncGenerator<DownloadRow> {
  const readers = series.map(({ field, type }) => ({ field, values: valuesOf(store, wanted, field, type) }));
  const heads = await Promise.all(readers.map(async ({ values }) => nextOf(values)));
  for (;;) {
    let earliest = -1;
    for (const [index, head] of heads.entries()) {
      if (head && head.timestamp < (heads[earliest]?.timestamp ?? Infinity)) earliest = index;
    }
    const [reader, head] = [readers[earliest], heads[earliest]];
    if (!reader || !head) return;
    yield { timestamp: isoTime(head.timestamp), field: reader.field, value: head.value };
    heads[earliest] = await nextOf(reader.values);
  }
}

/** With the fraction of a millisecond, which a Date does not have, where there is one. */
function isoTime(timestamp: number): string {
  const whole = Math.floor(timestamp);
  const text = new Date(whole).toISOString();
  if (whole === timestamp) return text;
  const nanoseconds = Math.round((timestamp - whole) * 1e6);
  return text.replace('Z', `${String(Math.min(nanoseconds, 999_999)).padStart(6, '0')}Z`);
}

async function nextOf(values: AsyncGenerator<ListedValue>): Promise<ListedValue | undefined> {
  const next = await values.next();
  return next.done ? undefined : next.value;
}

async function* valuesOf(
  store: Store,
  { source, from, to }: Wanted,
  field: string,
  type: FieldKind,
): AsyncGenerator<ListedValue> {
  for (let [after, isAfterFrom] = [from, false]; ;) {
    const argument = { ...source, field, type, from: after, to, isAfterFrom, count: STEP };
    const page = await store.ask('values', argument);
    if (!page.ok) throw new Error(page.failure.message);
    const last = page.value.at(-1);
    if (!last) return;
    yield* page.value;
    [after, isAfterFrom] = [last.timestamp, true];
  }
}

/**
 * Where a formula may begin: a spreadsheet may take what follows a semicolon or a tab for a cell too, even in quotes,
 * where these separate the cells in its language.
 */
const FORMULA = /^(?=[=+\-@\t\r\n])|(?<=[;\t\r\n])(?=[=+\-@])/g;

/** A cell of a spreadsheet (RFC 4180) that is never taken for a formula. */
function cellOf(value: DownloadRow['value']): string {
  if (typeof value !== 'string') return String(value);
  const text = value.replaceAll(FORMULA, "'");
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With a name that every system can have, and the source's own for those that read it (RFC 6266). */
function dispositionOf({ source, extension }: Wanted): string {
  const plain = source.name.replaceAll(/[^\w.-]+/g, '_').replaceAll(/^\.+/g, '_');
  const encoded = encodeURIComponent(`${source.name}.${extension}`).replaceAll(/['()*]/g, percentEncode);
  return `attachment; filename="${plain}.${extension}"; filename*=UTF-8''${encoded}`;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function unknownSource({ kind, name }: SourceId): Refusal {
  return {
    kind: 'missing',
    message: `There is no ${kind} ${describe(name)} here, or nothing of it is kept.`,
  };
}

const TOO_MANY: Refusal = {
  kind: 'unavailable',
  message: `${MAX_DOWNLOADS} downloads are under way already: begin this one when one of them has ended.`,
};
