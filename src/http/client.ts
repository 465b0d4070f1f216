import type { IncomingMessage } from 'node:http';
import type { AgentOptions as TlsOptions } from 'node:https';
import type { AheadBounds } from '../clock';
import { success, type Result } from '../result';
import type { HttpAnswer, HttpFailure } from './answer';
import { ask } from './ask';
import { attempt } from './attempt';
import { classifyOutcome } from './classify-outcome';
import { createConnections } from './connections';
import { aheadBoundsOf, type AttemptTimes } from './dates';
import { createDeadline, type Deadline } from './deadline';
import { LARGEST_ANSWER, type Outcome } from './outcome';
import type { ProxyFor } from './proxy';
import { createRedactorCache } from './redact';
import { headersOf, type AnyRequest, type HttpRequest, type RequestContext } from './request';
import { createRouter, type Route } from './route';

/** What all requests of one client share. */
export interface HttpSettings {
  /** Milliseconds that any request may take, before the time that its body needs is added. */
  readonly baseTimeoutMs: number;
  /** Requests that are under way at the same time: so many connections, so that none waits for another's. */
  readonly concurrent?: number;
  readonly tls?: TlsOptions;
  /** Without it, all requests go directly. */
  readonly proxyFor?: ProxyFor;
  /** The clock, in milliseconds, which the dates in answers are measured from. */
  readonly now: () => number;
  /** Whether that clock can be trusted; it can, where left out. */
  readonly isClockSet?: () => boolean;
  /** Called with what a 2xx answer says of its server's clock. */
  readonly heard?: (hostname: string, ahead: AheadBounds) => void;
}

/** Sends requests over connections that it keeps alive until `close`. */
export interface HttpClient {
  /** Posts `request`; a success is a complete 2xx answer. Never throws or rejects. */
  post(request: HttpRequest, signal: AbortSignal): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Gets `url` by axios, which the first of these loads; says of a failure what `post` would. */
  get(
    request: Pick<HttpRequest, 'url' | 'bearer' | 'largestAnswer'>,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Gets `url` as `get` does, but without axios: for what every delivery may need, on small machines too. */
  read(
    request: Pick<HttpRequest, 'url' | 'bearer'>,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, HttpFailure>>;
  /** Whether the server of a URL answers anything at all now, also where it is not trusted. Never throws or rejects. */
  reach(url: string, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** Where the settings do not say. */
const DEFAULT_CONCURRENT = 8;

const goDirectly: ProxyFor = () => success(undefined);

const NO_BODY = { headers: {}, length: 0 };

// The slowest upload that still counts as progress: 16 kB/s, a bad mobile connection.
const SLOWEST_BYTES_PER_MS = 16;

/** A client with the given settings. Nothing is connected before the first request. */
export function createHttpClient(settings: HttpSettings): HttpClient {
  const { baseTimeoutMs, tls, now, isClockSet = () => true, heard } = settings;
  const connections = createConnections(settings.concurrent ?? DEFAULT_CONCURRENT);
  const redactorFor = createRedactorCache();
  const routeTo = createRouter(settings.proxyFor ?? goDirectly);

  async function run(
    request: AnyRequest,
    signal: AbortSignal,
    way = send,
  ): Promise<Result<HttpAnswer, HttpFailure>> {
    const route = routeTo(request.url);
    if (!route.ok) return route;
    const { method, body, largestAnswer = LARGEST_ANSWER } = request;
    const headers = headersOf(request, route.value);
    const context = { method, route: route.value, headers, body, largestAnswer, tls };
    const deadline = createDeadline(baseTimeoutMs + request.length / SLOWEST_BYTES_PER_MS, signal);
    const sentAt = now();
    const outcome = await way(context, deadline);
    deadline.clear();
    const redactor = redactorFor(secretsOf(request, route.value, outcome));
    const times = { sentAt, answeredAt: now() };
    const state = { ...times, isClockSet: isClockSet(), largestAnswer };
    const circumstances = { route: route.value, deadline, redactor, ...state };
    const result = classifyOutcome(outcome, circumstances);
    if (result.ok && outcome.type === 'complete') tellOfClock(route.value, outcome.answer, times);
    return result;
  }

  function tellOfClock({ url }: Route, { headers }: IncomingMessage, times: AttemptTimes): void {
    const ahead = heard && aheadBoundsOf(headers.date ?? '', times);
    if (ahead) heard?.(url.hostname, ahead);
  }

  /** A second attempt is made where the server closed a kept connection just as the first used it. */
  async function send(context: RequestContext, deadline: Deadline): Promise<Outcome> {
    const { route } = context;
    const first = await attempt(context, connections.shared(route), deadline);
    const isStale = first.type === 'broken' && first.isStale;
    if (!isStale) return first;
    const second = await attempt(context, connections.single(route), deadline);
    // The first may have been sent all the same.
    return second.type === 'broken' ? { ...second, isUnsent: false } : second;
  }

  const askBy = (context: RequestContext, deadline: Deadline) => ask(context, deadline, send);

  async function reach(url: string, signal: AbortSignal): Promise<boolean> {
    if (!URL.canParse(url)) return false;
    // The server's first page: no resource of the service, and no key.
    const result = await run({ ...NO_BODY, method: 'HEAD', url: new URL('/', url).href }, signal);
    const isAnswer = result.ok || result.failure.statusCode !== undefined;
    return isAnswer || ['untrusted', 'untimely'].includes(result.failure.kind);
  }

  return {
    post: (request, signal) => run({ ...request, method: 'POST' }, signal),
    get: (request, signal) => run({ ...NO_BODY, ...request, method: 'GET' }, signal, askBy),
    read: (request, signal) => run({ ...NO_BODY, ...request, method: 'GET' }, signal),
    reach,
    close: () => connections.close(),
  };
}

/**
 * What a request carries that must not come back. A user name of a proxy is an ordinary word at times, so it is taken out
 * of that proxy's own answers alone, which ask for it.
 */
function secretsOf(
  { bearer }: AnyRequest,
  { forwarder, tunneller }: Route,
  outcome: Outcome,
): readonly string[] {
  const { credentials, username, password } = forwarder ?? tunneller ?? {};
  const isOfProxy = outcome.type !== 'tunnelRefused' && outcome.answer?.statusCode === 407;
  const secrets = [bearer, credentials, password, isOfProxy ? username : undefined];
  return secrets.filter((secret) => secret !== undefined);
}
