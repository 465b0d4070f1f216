/** A station on a real HTTP server, mounted under /station as express would mount it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { detectImageType } from '../../../src/image';
import {
  createStation,
  type Station,
  type StationEnvironment,
  type StationNotice,
} from '../../../src/station';
import { pngOf } from '../../support/pictures';
import type { DownloadRow, FieldAnswer, SourcesAnswer } from '../../../src/station/views/api';

export const NOW = Date.parse('2026-05-01T12:00:00Z');
export const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
export const TOKEN = 'databoom-token';

/** From its header to its end a JPEG, of 16 × 8 pixels; no browser can show it. */
export const JPEG = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0000b080008001001011100ffda0008010100003f0000ffd9',
  'hex',
);
export const PNG = pngOf({ width: 4, height: 3 });

/**
 * Keeps the storage thread running through the tests of a `describe`: it ends with the last open database, and to load
 * it from the TypeScript sources takes longer than a test.
 */
export function keepStorageThread(): void {
  let station: TestStation;
  before(async () => {
    station = await TestStation.start();
  });
  after(() => station.close());
}

/** A signal that never cancels anything. */
export const NEVER = new AbortController().signal;

export const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');

/** A picture of so many bytes, most of them behind its end; another one for each number. */
export function picture(number: number, bytes = 1000): Buffer {
  return Buffer.concat([JPEG, Buffer.alloc(bytes - JPEG.length, `${number};`)]);
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export type Options = Partial<StationEnvironment> & { readonly sensors?: readonly string[] };

export class TestStation {
  /** All that the station reported. */
  readonly notices: StationNotice[] = [];
  readonly folder: string;
  readonly #options: Options;
  readonly #server: Server;
  #station: Station;

  private constructor(folder: string, options: Options) {
    this.folder = folder;
    this.#options = options;
    this.#station = this.#open();
    this.#server = createServer((request, response) => {
      const { url = '' } = request;
      const rest = url.replace(/^(http:..[^/]*)?\/station/, '$1');
      const mounted = { originalUrl: url, url: /^(\/|http:)/.test(rest) ? rest : `/${rest}` };
      this.#station.handle(Object.assign(request, mounted), response);
    });
  }

  /**
   * Starts a station that knows one account, and the sensor `rpi` or other `sensors`. Without a `folder` it gets one of
   * its own.
   */
  static async start(options: Options = {}): Promise<TestStation> {
    const folder = options.folder ?? join(await mkdtemp(join(tmpdir(), 'station-')), 'sensorpost', 'station');
    const station = new TestStation(folder, options);
    await new Promise<void>((resolve) => {
      station.#server.listen(0, '127.0.0.1', resolve);
    });
    return station;
  }

  get station(): Station {
    return this.#station;
  }

  #open(): Station {
    const { sensors = ['rpi'], ...environment } = this.#options;
    const station = createStation({
      now: () => NOW,
      // No round of retention comes unless a test has one come.
      schedule: () => () => {},
      report: (notice) => void this.notices.push(notice),
      shrinker: undefined,
      ...environment,
      folder: this.folder,
    });
    for (const name of sensors) station.registerSensor({ name, key: KEY });
    station.registerAccount({ token: TOKEN });
    return station;
  }

  /** Closes the station and opens it again, as a restart does; `meanwhile` runs in between. */
  async reopen(meanwhile: () => void | Promise<void> = () => {}): Promise<void> {
    await this.#station.close();
    await meanwhile();
    this.#station = this.#open();
  }

  /** How many connections the station has. */
  connections(): Promise<number> {
    return promisify(this.#server.getConnections.bind(this.#server))();
  }

  get port(): number {
    const address = this.#server.address();
    assert(typeof address === 'object' && address !== null);
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/station`;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, { redirect: 'manual', ...init });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** Posts text as JSON, anything else as its JSON, with the sensor's key. */
  postJson(body: unknown, path = '/publish/rpi', key = KEY): Promise<Answer> {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return this.fetch(path, { method: 'POST', headers, body: text });
  }

  push(body: unknown, path = '/v1/signals/push'): Promise<Answer> {
    return this.postJson(body, path, TOKEN);
  }

  /** Posts the bytes of a multipart body whose boundary is `b`. */
  postMultipart(body: string | Buffer, contentType = 'multipart/form-data; boundary=b'): Promise<Answer> {
    const headers = { Authorization: `Bearer ${KEY}`, 'Content-Type': contentType };
    return this.fetch('/publish/rpi', { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
  }

  /** The answer of one of the page's requests. */
  async ask<Value>(path: string, parameters: Readonly<Record<string, string | number>> = {}): Promise<Value> {
    const query = new URLSearchParams(
      Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    );
    const answer = await this.fetch(`/api/${path}?${query}`);
    assert.equal(answer.status, 200, answer.text);
    const value: Value = JSON.parse(answer.text);
    return value;
  }

  /** A field of what there is to look at, as it is. */
  async field(source: string, name: string): Promise<FieldAnswer | undefined> {
    const found = (await this.sources()).find((each) => each.name === source);
    return found?.fields.find((each) => each.name === name);
  }

  /** What there is to look at. */
  async sources(): Promise<SourcesAnswer['sources']> {
    return (await this.ask<SourcesAnswer>('sources')).sources;
  }

  /** Delivers a measurement inside the process; resolves to what was answered. */
  async deliver(
    sensor: string,
    timestamp: number,
    scalars: Readonly<Record<string, number>>,
    pictures: Readonly<Record<string, Buffer>> = {},
  ): Promise<unknown> {
    const images = Object.entries(pictures).map(([field, bytes]) => {
      const type = detectImageType(bytes);
      assert(type);
      return [field, { bytes, type }] as const;
    });
    const item = { timestamp, scalars: new Map(Object.entries(scalars)), images: new Map(images) };
    const delivered = await this.#station.senioTransport(sensor).deliver(item, NEVER);
    assert(delivered.ok, delivered.ok ? '' : delivered.failure.message);
    return delivered.value.answer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
    await this.#station.close();
    if (this.#options.folder === undefined)
      await rm(join(this.folder, '../..'), { recursive: true, force: true });
  }
}

/** The reason in an answer that says no. */
export function errorOf({ text }: Answer): unknown {
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
}

/** All values of a sensor or device, by their field and time. */
export async function everything(
  station: TestStation,
  kind: string,
  source: string,
): Promise<Map<string, unknown>> {
  const answer = await station.fetch(`/api/download?kind=${kind}&source=${source}&format=json`);
  if (answer.status === 404) return new Map();
  assert.equal(answer.status, 200, answer.text);
  const rows: readonly DownloadRow[] = JSON.parse(answer.text);
  return new Map(rows.map(({ timestamp, field, value }) => [`${field} ${Date.parse(timestamp)}`, value]));
}
