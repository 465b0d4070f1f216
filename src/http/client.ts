import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as TlsOptions } from 'node:https';
import type { Readable } from 'node:stream';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { failed, success, type Result } from '../result';
import { failureOfAnswer, type HttpAnswer, type HttpFailure } from './answer';
import { proxyForUrl, type Proxy, type ProxySettings } from './address';
import { describeStatus, failureOfConnection } from './reasons';
import { strikeOut } from './secrets';

/** What all requests of one client share. */
export interface HttpSettings {
  /** Milliseconds that any request may take, before the time that its body needs is added. */
  readonly baseTimeoutMs: number;
  readonly tls?: TlsOptions;
  readonly proxy?: ProxySettings;
  /** The clock, in milliseconds, which a Retry-After date is measured from. */
  readonly now: () => number;
}

/** One request. */
export interface HttpRequest {
  readonly url: string;
  /** Sent as `Authorization: Bearer`; struck out of everything that comes back. */
  readonly bearer: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes the body; called again for a second try, because a stream can be read only once. */
  readonly body: () => Buffer | Readable;
  /** The body's length in bytes. */
  readonly length: number;
}

/** Sends requests over connections that it keeps alive until `close`. */
export interface HttpClient {
  /** Posts `request`; a success is a complete 2xx answer. Never throws or rejects. */
  post(request: HttpRequest, signal: AbortSignal): Promise<Result<HttpAnswer, HttpFailure>>;
  close(): void;
}

// The slowest upload that still counts as progress: 16 kB/s, a bad mobile connection.
const SLOWEST_BYTES_PER_MS = 16;
// Both services answer in well under a kilobyte; more is some other server, or an attack on this machine's memory.
const LARGEST_ANSWER = 1_000_000;
const MOST_CONNECTIONS = 8;

/** A client with the given settings. Nothing is connected, and no library loaded, before the first request. */
export function createHttpClient(settings: HttpSettings): HttpClient {
  const pooled = createAgents({ ...settings.tls, keepAlive: true, maxSockets: MOST_CONNECTIONS });
  const single = createAgents({ ...settings.tls, keepAlive: false });

  async function post(request: HttpRequest, signal: AbortSignal): Promise<Result<HttpAnswer, HttpFailure>> {
    const proxy = settings.proxy ? proxyForUrl(request.url, settings.proxy) : success(undefined);
    if (!proxy.ok) return proxy;
    const limit = createLimit(settings.baseTimeoutMs + request.length / SLOWEST_BYTES_PER_MS, signal);
    try {
      const exchange = (agents: Agents) =>
        sendOnce(request, { agents, proxy: proxy.value, signal: limit.signal });
      const first = await exchange(pooled);
      // The server closed a kept-alive connection just as it was used again: nothing is wrong, so once more on a new one.
      const outcome = first.isStale ? await exchange(single) : first;
      return judge(request, outcome, limit, settings.now());
    } finally {
      limit.end();
    }
  }

  function close(): void {
    for (const agents of [pooled, single]) {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    }
  }

  return { post, close };
}

interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

function createAgents(options: TlsOptions): Agents {
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/** Ends a request when its time is up or when its caller gives up; `end` stops the watch. */
interface Limit {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly endedBy: () => 'timeout' | 'cancelled' | undefined;
  readonly end: () => void;
}

function createLimit(timeoutMs: number, caller: AbortSignal): Limit {
  const controller = new AbortController();
  let endedBy: 'timeout' | 'cancelled' | undefined;
  const endBy = (cause: 'timeout' | 'cancelled') => {
    endedBy ??= cause;
    controller.abort();
  };
  const cancel = () => endBy('cancelled');
  const timer = setTimeout(() => endBy('timeout'), timeoutMs);
  if (caller.aborted) cancel();
  else caller.addEventListener('abort', cancel, { once: true });
  const end = () => {
    clearTimeout(timer);
    caller.removeEventListener('abort', cancel);
  };
  return { signal: controller.signal, timeoutMs, endedBy: () => endedBy, end };
}

/** What became of one try: an answer as it came, or the error that ended it. */
interface Outcome {
  readonly response?: AxiosResponse<Readable>;
  readonly body?: Buffer;
  readonly error?: unknown;
  readonly isStale: boolean;
}

interface Way {
  readonly agents: Agents;
  readonly proxy: Proxy | undefined;
  readonly signal: AbortSignal;
}

async function sendOnce(request: HttpRequest, way: Way): Promise<Outcome> {
  // Loaded on first use: axios costs tens of milliseconds and megabytes, which Node-RED's start should not pay.
  const { default: axios } = await import('axios');
  try {
    const response = await axios.request<Readable>(axiosOptions(request, way));
    const body = await readAnswer(response.data);
    return { response, isStale: false, ...(body ? { body } : {}) };
  } catch (error) {
    return { error, isStale: !way.signal.aborted && isStaleConnection(error) };
  }
}

function axiosOptions(request: HttpRequest, way: Way): AxiosRequestConfig<Buffer | Readable> {
  return {
    method: 'POST',
    url: request.url,
    headers: {
      ...request.headers,
      Authorization: `Bearer ${request.bearer}`,
      'Content-Length': request.length,
    },
    data: request.body(),
    signal: way.signal,
    responseType: 'stream',
    validateStatus: () => true,
    // By default a redirected POST becomes a GET that reports 200: a silent loss.
    maxRedirects: 0,
    maxBodyLength: Infinity,
    // The environment's proxy variables are the user's, for other programs; Node-RED has a node for ours.
    proxy: way.proxy ?? false,
    ...way.agents,
  };
}

/** The whole body, or `undefined` where it is larger than any answer of a service. */
async function readAnswer(stream: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    // An HTTP response without an encoding yields Buffers only.
    const bytes: Buffer = chunk;
    length += bytes.length;
    if (length > LARGEST_ANSWER) return undefined; // leaving the loop destroys the stream and its connection
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const CLOSED_BY_SERVER = new Set(['ECONNRESET', 'EPIPE']);

function isStaleConnection(error: unknown): boolean {
  const socketWasReused = propertyOf(propertyOf(error, 'request'), 'reusedSocket') === true;
  return socketWasReused && CLOSED_BY_SERVER.has(errorCode(error));
}

function errorCode(error: unknown): string {
  const code = propertyOf(error, 'code');
  return typeof code === 'string' ? code : 'unknown error';
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function judge(
  request: HttpRequest,
  outcome: Outcome,
  limit: Limit,
  now: number,
): Result<HttpAnswer, HttpFailure> {
  const { host } = new URL(request.url);
  const endedBy = limit.endedBy();
  if (endedBy === 'cancelled')
    return failed({ kind: 'cancelled', message: `Stopped before ${host} had answered` });
  if (endedBy === 'timeout') {
    const seconds = Math.round(limit.timeoutMs / 1000);
    return failed({ kind: 'timeout', message: `${host} gave no complete answer within ${seconds} s` });
  }
  const { response } = outcome;
  if (!response) return failed(failureOfConnection(host, errorCode(outcome.error)));
  if (!outcome.body) return failed(tooLarge(host, response.status));

  const strike = strikeOut([request.bearer]);
  const answer: HttpAnswer = {
    statusCode: response.status,
    contentType: header(response, 'content-type').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    text: strike(outcome.body.toString('utf8')),
  };
  if (answer.statusCode >= 200 && answer.statusCode <= 299) return success(answer);
  const headers = {
    location: strike(header(response, 'location')),
    retryAfter: header(response, 'retry-after'),
  };
  return failed(failureOfAnswer(host, answer, headers, now));
}

function tooLarge(host: string, statusCode: number): HttpFailure {
  const message = `${host} answered ${describeStatus(statusCode)} with more than 1 MB: is the server address right`;
  return { kind: 'unreadable', message, statusCode };
}

function header(response: AxiosResponse, name: string): string {
  const value: unknown = response.headers[name];
  return typeof value === 'string' ? value : '';
}
