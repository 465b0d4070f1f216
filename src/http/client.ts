import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as TlsOptions } from 'node:https';
import { describe, misconfigured, success, type Result } from '../result';
import { addressOf, createUrlMemory, proxyForUrl, type Proxy, type ProxySettings } from './address';
import type { HttpAnswer, HttpFailure } from './answer';
import type { Errand, HttpRequest, Outcome, Sending } from './errand';
import { exchange } from './exchange';
import { judge } from './judge';
import { createLimit } from './limit';
import { createStrikerMemory } from './secrets';
import { openTunnel, secure } from './tunnel';

/** What all requests of one client share. */
export interface HttpSettings {
  /** Milliseconds that any request may take, before the time that its body needs is added. */
  readonly baseTimeoutMs: number;
  readonly tls?: TlsOptions;
  readonly proxy?: ProxySettings;
  /** The clock, in milliseconds, which the dates in answers are measured from. */
  readonly now: () => number;
}

/** Sends requests over connections that it keeps alive until `close`. */
export interface HttpClient {
  /** Posts `request`; a success is a complete 2xx answer. Never throws or rejects. */
  post(request: HttpRequest, signal: AbortSignal): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Gets `url`, with the same care as `post`. */
  get(
    request: Pick<HttpRequest, 'url' | 'bearer'>,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Whether the server of a URL answers anything at all now, also where it is not trusted. Never throws or rejects. */
  reach(url: string, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

const NO_BODY = { headers: {}, length: 0 };

// The slowest upload that still counts as progress: 16 kB/s, a bad mobile connection.
const SLOWEST_BYTES_PER_MS = 16;
const POOL = { keepAlive: true, maxSockets: 8 };

/** A client with the given settings. Nothing is connected before the first request. */
export function createHttpClient(settings: HttpSettings): HttpClient {
  const { baseTimeoutMs, tls, now } = settings;
  const agents = { http: new HttpAgent(POOL), https: new HttpsAgent(POOL) };
  const strikerOf = createStrikerMemory();
  const urlOf = createUrlMemory();

  async function run(request: Sending, signal: AbortSignal): Promise<Result<HttpAnswer, HttpFailure>> {
    const url = urlOf(request.url);
    if (!url) return noUrl(request.url);
    const proxy = settings.proxy ? proxyForUrl(url, settings.proxy) : success(undefined);
    if (!proxy.ok) return proxy;
    const errand = { request, url, proxy: proxy.value, tls };
    const limit = createLimit(baseTimeoutMs + request.length / SLOWEST_BYTES_PER_MS, signal);
    const sentAt = now();
    const outcome = await send(errand, limit.signal);
    limit.end();
    const strike = strikerOf(secretsOf(errand));
    return judge(outcome, { errand, limit, strike, sentAt, answeredAt: now() });
  }

  async function send(errand: Errand, signal: AbortSignal): Promise<Outcome> {
    const { url, proxy } = errand;
    if (proxy && url.protocol === 'https:') return sendByTunnel(errand, proxy, signal);
    const agent = agents[(proxy ?? addressOf(url)).protocol];
    const first = await exchange(errand, { agent }, signal);
    const isStale = first.became === 'broken' && first.isStale;
    return isStale ? exchange(errand, { agent: false }, signal) : first;
  }

  async function reach(url: string, signal: AbortSignal): Promise<boolean> {
    if (!URL.canParse(url)) return false;
    // The server's first page: no resource of the service, and no key.
    const result = await run({ ...NO_BODY, method: 'HEAD', url: new URL('/', url).href }, signal);
    return result.ok || result.failure.statusCode !== undefined || result.failure.kind === 'untrusted';
  }

  function close(): void {
    agents.http.destroy();
    agents.https.destroy();
  }

  return {
    post: (request, signal) => run({ ...request, method: 'POST' }, signal),
    get: (request, signal) => run({ ...NO_BODY, ...request, method: 'GET' }, signal),
    reach,
    close,
  };
}

/** A tunnel serves one request. */
async function sendByTunnel(errand: Errand, proxy: Proxy, signal: AbortSignal): Promise<Outcome> {
  const tunnel = await openTunnel(errand, proxy, signal);
  if (tunnel.became !== 'open') return tunnel;
  const { socket } = tunnel;
  try {
    return await exchange(errand, { createConnection: () => secure(socket, errand) }, signal);
  } finally {
    socket.destroy();
  }
}

/** What a request carries that must not come back. A proxy's password goes out in base64 only. */
function secretsOf({ request, proxy }: Errand): readonly string[] {
  return [request.bearer, proxy?.credentials].filter((secret) => secret !== undefined);
}

function noUrl(url: string) {
  return misconfigured(`The address ${describe(url)} is no URL that begins with http:// or https://`);
}
