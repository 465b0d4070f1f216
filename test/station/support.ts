/** A station on a real HTTP server, mounted under /station as express would mount it. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createStation, type Station, type StationEnvironment } from '../../src/station';

export const NOW = Date.parse('2026-05-01T12:00:00Z');
export const KEY = 'aaaaaaaa-aaaa-4aaa-aaaa-aaaaaaaaaaaa';
export const TOKEN = 'databoom-token';

export const JPEG = Buffer.from('ffd8ffe000104a46494600ffd9', 'hex');
export const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export class TestStation {
  readonly station: Station;
  readonly #server: Server;

  private constructor(station: Station, server: Server) {
    this.station = station;
    this.#server = server;
  }

  /** Starts a station that knows one account, and the sensor `rpi` or other `sensors`. */
  static async start(
    options: Partial<StationEnvironment> & { sensors?: readonly string[] } = {},
  ): Promise<TestStation> {
    const { sensors = ['rpi'], ...environment } = options;
    const station = createStation({ now: () => NOW, ...environment });
    for (const name of sensors) station.registerSensor({ name, key: KEY });
    station.registerAccount({ token: TOKEN });
    const server = createServer((request, response) => {
      const { url = '' } = request;
      const rest = url.replace(/^\/station/, '');
      const mounted = { originalUrl: url, url: rest.startsWith('/') ? rest : `/${rest}` };
      station.handle(Object.assign(request, mounted), response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TestStation(station, server);
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

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

/** The reason in an answer that says no. */
export function errorOf({ text }: Answer): unknown {
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
}
