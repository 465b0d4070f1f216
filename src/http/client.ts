import { Agent as HttpAgent, ClientRequest } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions as TlsOptions } from 'node:https';
import type { Readable } from 'node:stream';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { describe, failed, success, type Result } from '../result';
import {
  aheadOf,
  failureOfAnswer,
  type AnswerHeaders,
  type Exchanged,
  type HttpAnswer,
  type HttpFailure,
} from './answer';
import { proxyForUrl, type Proxy, type ProxySettings } from './address';
import { describeStatus, failureOfBody, failureOfConnection, type Peer } from './reasons';
import { strikeOut } from './secrets';

/** What all requests of one client share. */
export interface HttpSettings {
  /** Milliseconds that any request may take, before the time that its body needs is added. */
  readonly baseTimeoutMs: number;
  readonly tls?: TlsOptions;
  readonly proxy?: ProxySettings;
  /** The clock, in milliseconds, which the dates in answers are measured from. */
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
  /** Whether the server of a URL answers anything at all now, also where it is not trusted. Never throws or rejects. */
  reach(url: string, signal: AbortSignal): Promise<boolean>;
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

  async function send(request: Sending, signal: AbortSignal): Promise<Result<HttpAnswer, HttpFailure>> {
    if (!/^https?:/.test(request.url) || !URL.canParse(request.url)) return failed(noUrl(request.url));
    const proxy = settings.proxy ? proxyForUrl(request.url, settings.proxy) : success(undefined);
    if (!proxy.ok) return proxy;
    const limit = createLimit(settings.baseTimeoutMs + request.length / SLOWEST_BYTES_PER_MS, signal);
    const sentAt = settings.now();
    try {
      const exchange = (agents: Agents) =>
        sendOnce(request, { agents, proxy: proxy.value, signal: limit.signal });
      const unshared = () => createAgents({ ...settings.tls, signal: limit.signal });
      // A proxy's tunnel serves one request, and where it never opens, axios leaves its connection open.
      const first = await exchange(proxy.value ? unshared() : pooled);
      // The server closed a kept-alive connection just as it was used again: nothing is wrong, so once more on a new one.
      const outcome = first.isStale ? await exchange(unshared()) : first;
      return judge({ request, proxy: proxy.value, sentAt, answeredAt: settings.now() }, outcome, limit);
    } finally {
      limit.end();
    }
  }

  async function reach(url: string, signal: AbortSignal): Promise<boolean> {
    if (!URL.canParse(url)) return false;
    // The server's first page: no resource of the service, and no key.
    const request = { method: 'HEAD', url: new URL('/', url).href, headers: {}, length: 0 } as const;
    const result = await send(request, signal);
    return result.ok || result.failure.statusCode !== undefined || result.failure.kind === 'untrusted';
  }

  function close(): void {
    pooled.httpAgent.destroy();
    pooled.httpsAgent.destroy();
  }

  return { post: (request, signal) => send({ ...request, method: 'POST' }, signal), reach, close };
}

/** A request of either kind. */
type Sending =
  | (HttpRequest & { readonly method: 'POST' })
  | (Pick<HttpRequest, 'url' | 'headers' | 'length'> & {
      readonly method: 'HEAD';
      readonly bearer?: undefined;
      readonly body?: undefined;
    });

interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Options of connections; a `signal` ends each of them, however far it has come. */
type ConnectionOptions = TlsOptions & { readonly signal?: AbortSignal };

function createAgents(options: ConnectionOptions): Agents {
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

/** What became of one try. */
interface Outcome {
  readonly response?: AxiosResponse<Readable>;
  /** The answer's body, where it is whole and no larger than any answer of a service. */
  readonly body?: Buffer;
  /** What ended the try before there was a response, or the body of the response. */
  readonly error?: unknown;
  readonly isStale: boolean;
}

interface Way {
  readonly agents: Agents;
  readonly proxy: Proxy | undefined;
  readonly signal: AbortSignal;
}

async function sendOnce(request: Sending, way: Way): Promise<Outcome> {
  // Loaded on first use: axios costs tens of milliseconds and megabytes, which Node-RED's start should not pay.
  const { default: axios } = await import('axios');
  let response: AxiosResponse<Readable>;
  try {
    response = await axios.request<Readable>(axiosOptions(request, way));
  } catch (error) {
    return { error, isStale: !way.signal.aborted && isStaleConnection(error) };
  }
  try {
    const body = await readAnswer(response.data);
    return { response, isStale: false, ...(body ? { body } : {}) };
  } catch (error) {
    return { response, error, isStale: false };
  } finally {
    endUpload(response.request);
  }
}

/** Ends a request whose answer came before its body was sent: nobody waits for it, and it would hold a connection. */
function endUpload(sent: unknown): void {
  if (sent instanceof ClientRequest && !sent.writableFinished) sent.destroy();
}

function axiosOptions(request: Sending, way: Way): AxiosRequestConfig<Buffer | Readable> {
  const authorization = { Authorization: `Bearer ${request.bearer}`, 'Content-Length': request.length };
  return {
    method: request.method,
    url: request.url,
    headers: request.body ? { ...request.headers, ...authorization } : request.headers,
    ...(request.body ? { data: request.body() } : {}),
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

interface Exchange extends Exchanged {
  readonly request: Sending;
  readonly proxy: Proxy | undefined;
}

function judge(exchange: Exchange, outcome: Outcome, limit: Limit): Result<HttpAnswer, HttpFailure> {
  const { request, proxy, answeredAt } = exchange;
  const { host } = new URL(request.url);
  const { response, body, error } = outcome;
  const endedBy = limit.endedBy();
  if (endedBy === 'cancelled')
    return failed({ kind: 'cancelled', message: `Stopped before ${host} had answered` });
  const isAccepted = response !== undefined && response.status >= 200 && response.status <= 299;
  // What an answer outside 2xx means is told by its status, even where its body is cut off, too large or garbled.
  if (response && (body || !isAccepted)) {
    const { answer, headers } = readResponse(response, body, exchange);
    return isAccepted ? success(answer) : failed(failureOfAnswer(host, answer, headers, answeredAt));
  }
  if (endedBy === 'timeout') {
    const seconds = Math.round(limit.timeoutMs / 1000);
    return failed({ kind: 'timeout', message: `${host} gave no complete answer within ${seconds} s` });
  }
  const peer: Peer = { host, proxy: proxy && `${proxy.host}:${proxy.port}` };
  if (!response) return failed(failureOfConnection(peer, errorCode(error)));
  return failed(
    error ? failureOfBody(peer, response.status, errorCode(error)) : tooLarge(host, response.status),
  );
}

/** What a request carries that must not come back. A proxy's password goes out in base64 only. */
function secretsOf({ request: { bearer = '' }, proxy }: Exchange): readonly string[] {
  if (!proxy?.auth) return [bearer];
  const { username, password } = proxy.auth;
  return [bearer, Buffer.from(`${username}:${password}`).toString('base64')];
}

const LONGEST_CONTENT_TYPE = 100;

function readResponse(
  response: AxiosResponse,
  body: Buffer | undefined,
  exchange: Exchange,
): { readonly answer: HttpAnswer; readonly headers: AnswerHeaders } {
  const strike = strikeOut(secretsOf(exchange));
  const header = (name: string) => {
    const value: unknown = response.headers[name];
    return typeof value === 'string' ? strike(value) : '';
  };
  const contentType = header('content-type').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const aheadMs = aheadOf(header('date'), exchange);
  const answer = {
    statusCode: response.status,
    contentType: contentType.slice(0, LONGEST_CONTENT_TYPE),
    // Unlike `toString`, it takes away a byte order mark, with which no JSON can be decoded.
    text: strike(new TextDecoder().decode(body)),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  };
  const headers = { location: header('location'), retryAfter: header('retry-after') };
  return { answer, headers };
}

function tooLarge(host: string, statusCode: number): HttpFailure {
  const message = `${host} answered ${describeStatus(statusCode)} with more than 1 MB: is the server address right`;
  return { kind: 'unreadable', message, statusCode };
}

function noUrl(url: string): HttpFailure {
  return {
    kind: 'misconfigured',
    message: `The address ${describe(url)} is no URL that begins with http:// or https://`,
  };
}
