import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  configuredProxy,
  createHttpClient,
  type HttpClient,
  type HttpRequest,
  type HttpSettings,
  type ProxyFor,
  type ProxySettings,
} from '../../src/http';

export const NOW = Date.parse('2026-05-01T12:00:00Z');
export const KEY = 'aaaa1111-bb22-4c33-8d44-eeee55556666';

/** Long enough that no test ever waits for it; those about time-outs set their own. */
const NEVER_MS = 600_000;

/** Short enough to wait for, and long enough for a request to arrive on a busy machine. */
export const SHORT_MS = 400;

const clients = new Set<HttpClient>();

/** A client that is closed after the test. */
export function createClient(settings: Partial<HttpSettings> = {}): HttpClient {
  const client = createHttpClient({ baseTimeoutMs: NEVER_MS, now: () => NOW, ...settings });
  clients.add(client);
  return client;
}

export function closeClients(): void {
  for (const client of clients) client.close();
  clients.clear();
}

/** The proxy at `url`, for all requests. */
export function proxyAt(url: string, change: Partial<ProxySettings> = {}): ProxyFor {
  return configuredProxy({ url, noProxy: [], username: undefined, password: undefined, ...change });
}

/** A request of a small JSON body. */
export function requestTo(url: string, change: Partial<HttpRequest> = {}): HttpRequest {
  const body = Buffer.from('{"timestamp":1}');
  return {
    url,
    bearer: KEY,
    headers: { 'Content-Type': 'application/json' },
    body: () => body,
    length: body.length,
    ...change,
  };
}

/** A request of `length` bytes. */
export function largeRequest(url: string, length: number): HttpRequest {
  const body = Buffer.alloc(length, 'x');
  return requestTo(url, { body: () => body, length });
}

export function noAbort(): AbortSignal {
  return new AbortController().signal;
}

/** A way in which a client makes requests; what it says of an answer or a failure must not depend on it. */
export interface Way {
  readonly name: string;
  readonly send: (
    client: HttpClient,
    url: string,
    signal?: AbortSignal,
    bearer?: string,
  ) => ReturnType<HttpClient['post']>;
}

/** What delivers, and what asks by way of axios. */
export const WAYS: readonly Way[] = [
  {
    name: 'delivering',
    send: (client, url, signal = noAbort(), bearer = KEY) => client.post(requestTo(url, { bearer }), signal),
  },
  {
    name: 'asking',
    send: (client, url, signal = noAbort(), bearer = KEY) => client.get({ url, bearer }, signal),
  },
];

/** Whatever `value` holds, seen or hidden, it must not show a secret. */
export function assertNoSecret(value: unknown, ...secrets: string[]): void {
  const text = inspect(value, {
    depth: Infinity,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
  for (const secret of [KEY, ...secrets])
    assert(!text.includes(secret), `a secret shows: ${text.slice(0, 500)}`);
}
