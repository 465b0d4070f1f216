/** All values of a source in a range, as a file: read from the disk as fast as the client takes it. */
import type { IncomingMessage } from 'node:http';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, success, type Result } from '../../result';
import { addressOf, createQuota } from '../../serving';
import { PIECE_BYTES, refusalAnswer, refuse, type Answer, type Refusal } from '../protocol';
import type { ListedValue, SourceId, Store } from '../store';
import type { FieldKind } from '../vocabulary';
import type { DownloadRow } from './api';
import { csvCell } from './csv';
import { MAX_DOWNLOADS, MAX_DOWNLOADS_PER_ADDRESS } from './limits';
import { readRange, readSource } from './query';

/** Values of one series read in one step. */
const STEP = 1000;

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
    row: ({ timestamp, field, value }) => `${[timestamp, field, value].map(csvCell).join(',')}\r\n`,
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

export interface Downloads {
  answer(request: Pick<IncomingMessage, 'socket'>, parameters: URLSearchParams): Promise<Answer>;
}

export function createDownloads(store: Store): Downloads {
  const places = createQuota({ inAll: MAX_DOWNLOADS, perAddress: MAX_DOWNLOADS_PER_ADDRESS });

  async function begin(wanted: Wanted, leave: () => void): Promise<Answer> {
    const { source, format } = wanted;
    const known = await store.read('fields', source);
    if (!known.ok) return refusalAnswer(known.failure);
    if (known.value.length === 0) return refusalAnswer(unknownSource(source));
    const headers = {
      'Content-Type': format.contentType,
      'Content-Disposition': dispositionOf(wanted),
    };
    const stream = (body: Writable) => pipeline(Readable.from(textOf(store, wanted, known.value)), body);
    return { statusCode: 200, headers, stream, release: leave };
  }

  async function answer(
    request: Pick<IncomingMessage, 'socket'>,
    parameters: URLSearchParams,
  ): Promise<Answer> {
    const wanted = readWanted(parameters);
    if (!wanted.ok) return refusalAnswer(wanted.failure);
    // Counted before the first wait, because others may come in during it.
    const leave = places.take(addressOf(request));
    if (!leave) return refusalAnswer(TOO_MANY);
    const begun = await begin(wanted.value, leave);
    if (!('stream' in begun)) leave();
    return begun;
  }

  return { answer };
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
    if (piece.length < PIECE_BYTES) continue;
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

/** A time as ISO 8601 text, with the fraction of a millisecond where there is one, which a Date does not have. */
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
    const page = await store.read('values', argument);
    if (!page.ok) throw new Error(page.failure.message);
    const last = page.value.at(-1);
    if (!last) return;
    yield* page.value;
    [after, isAfterFrom] = [last.timestamp, true];
  }
}

/** The Content-Disposition: a file name that every system allows, and the source's own name where it is understood (RFC 6266). */
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
  message: `${MAX_DOWNLOADS_PER_ADDRESS} downloads are under way already: begin this one when one of them has ended.`,
};
