/** What the status of an answer means: the server's own, and a proxy's that opens no tunnel. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { decodeJson } from '../json';
import type { RequestProblem } from '../result';
import type { HttpAnswer, HttpFailure } from './answer';
import { parseRetryAfter } from './dates';
import type { TunnelRefused } from './outcome';
import type { Redactor } from './redact';
import { nameOfProxy, throughProxy, type Proxy } from './proxy';
import type { Route } from './route';

/** The headers of an answer that decide what it means. */
export interface AnswerHeaders {
  readonly location: string;
  readonly retryAfter: string;
  /** WWW-Authenticate. */
  readonly authenticate: string;
  /** The server's own time, which a Retry-After date is measured from: this machine's may be hours off. */
  readonly date: string;
}

/** An answer that refuses. */
export interface Refusal extends HttpAnswer {
  readonly headers: AnswerHeaders;
  /** Takes secrets out of what is shown of it. */
  readonly redactExcerpt: Redactor['redactExcerpt'];
}

const LONGEST_EXCERPT = 200;

/**
 * What an answer outside 2xx means.
 * @param route the way to the server, which may lead through a proxy that answers in its place
 * @param now the time in milliseconds, which a Retry-After date is measured from where the server has no time of its own
 */
export function failureOfAnswer({ host, forwarder }: Route, answer: Refusal, now: number): HttpFailure {
  const { statusCode, aheadMs, headers } = answer;
  const isPlain = isPlainHttpRefusal(answer);
  const kind = isPlain ? 'misdirected' : problemOfStatus(statusCode);
  const retryAfterMs = parseRetryAfter(headers, now);
  const message = [
    `${host} answered ${describeStatus(statusCode)}${throughProxy(forwarder)}`,
    reasonOf(answer),
    redirectAdvice(statusCode, headers.location),
    isPlain ? SPEAKS_TLS : adviceOn(statusCode, forwarder),
    retryAfterMs === undefined ? '' : `it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`,
  ];
  return {
    kind,
    message: message.filter(Boolean).join(': '),
    statusCode,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(aheadMs === undefined ? {} : { aheadMs }),
    ...(kind === 'unauthorised' && INVALID_TOKEN.test(headers.authenticate) ? { isTokenInvalid: true } : {}),
  };
}

/** The error of a Bearer challenge that says that the token is expired, revoked or unknown (RFC 6750, 3.1). */
const INVALID_TOKEN = /(?:^|[\s,])error="?invalid_token(?:["\s,]|$)/i;

/**
 * Statuses below 500, and 511, that say nothing of what was sent: the address, the method, the protocol, the terms of
 * the service or the network's login are at fault (RFC 9110; 421, 426, 451 and 511: RFC 6585, 7725).
 */
const MISDIRECTED = new Set([402, 405, 406, 410, 411, 421, 426, 451, 511]);

function problemOfStatus(statusCode: number): RequestProblem {
  // A switch to another protocol, which nobody asked for, or the answer to a question that was never asked.
  if (statusCode < 200 || statusCode === 304) return 'unreadable';
  if (statusCode < 400 || MISDIRECTED.has(statusCode)) return 'misdirected';
  if (statusCode === 401 || statusCode === 403) return 'unauthorised';
  if (statusCode === 404) return 'missing';
  if (statusCode === 407) return 'misconfigured';
  if (statusCode === 429) return 'throttled';
  if (statusCode === 408 || statusCode === 425 || statusCode >= 500) return 'unavailable';
  return 'refused';
}

function redirectAdvice(statusCode: number, location: string): string {
  if (statusCode < 300 || statusCode > 399 || statusCode === 304) return '';
  const target = location === '' ? 'elsewhere' : `to ${location.slice(0, LONGEST_EXCERPT)}`;
  return `it redirects ${target}, and a redirected post would be lost: set the final address in the config node, or log in to the network where it asks for that`;
}

const SPEAKS_TLS = 'this port takes only https: is the address to begin with https://';

/** What servers say to plain HTTP at a port for HTTPS, with status 400: nginx, Apache, and programs in Go. */
const PLAIN_HTTP = [
  'plain HTTP request was sent to HTTPS port',
  'speaking plain HTTP to an SSL-enabled server port',
  'sent an HTTP request to an HTTPS server',
];

function isPlainHttpRefusal({ statusCode, text }: HttpAnswer): boolean {
  return statusCode === 400 && PLAIN_HTTP.some((sentence) => text.includes(sentence));
}

/** The reason that a server gives in its answer, in one short line; empty where it gives none. */
function reasonOf(answer: Refusal): string {
  const stated = statedReason(answer.text);
  const plain = answer.contentType === 'text/plain' ? answer.text : '';
  // Control characters would break a log line or a status apart.
  return answer
    .redactExcerpt(stated ?? plain)
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, LONGEST_EXCERPT);
}

function statedReason(text: string): string | undefined {
  const body = decodeJson(text)?.value;
  if (typeof body !== 'object' || body === null) return undefined;
  const reasons = ['error', 'message', 'reason'].map((name): unknown => Reflect.get(body, name));
  return reasons.find((reason) => typeof reason === 'string');
}

/** What it means that a proxy opened no tunnel to `host`. */
export function failureOfTunnel({ proxy, statusCode }: TunnelRefused, host: string): HttpFailure {
  const kind = problemOfTunnel(statusCode);
  const refusal = `${nameOfProxy(proxy)} refuses to connect to ${host} (${describeStatus(statusCode)})`;
  const advice =
    statusCode === 407 ? credentialsAdvice(proxy) : kind === 'misconfigured' ? PROXY_FORBIDS : '';
  return { kind, message: advice === '' ? refusal : `${refusal}: ${advice}`, statusCode };
}

function credentialsAdvice(proxy: Proxy | undefined): string {
  const place =
    proxy?.variable === undefined
      ? 'the http proxy node'
      : `${proxy.variable}, as in http://name:password@proxy:3128`;
  return `the proxy wants a user name and password: set them in ${place}`;
}

const IS_ADDRESS_RIGHT = 'is the server address right, with everything in front of the path of its API';

/** What to do about a status, where it says something of its own. */
function adviceOn(statusCode: number, forwarder: Proxy | undefined): string {
  return statusCode === 407 ? credentialsAdvice(forwarder) : (ADVICE[statusCode] ?? '');
}

const ADVICE: Readonly<Record<number, string>> = {
  402: 'the service wants to be paid: look at your account there',
  405: IS_ADDRESS_RIGHT,
  406: IS_ADDRESS_RIGHT,
  410: 'it was there once and is gone: is the server address still right',
  411: 'a proxy or the server does not understand the request: is the server address right',
  421: IS_ADDRESS_RIGHT,
  426: 'it wants another protocol: is the address to begin with https://',
  451: 'it may not answer for legal reasons: ask whoever runs the server',
  511: 'the network wants a login first: open a web page from this network and log in',
};

const PROXY_FORBIDS = 'ask whoever runs the proxy to allow it, or choose another in the config node';

/** A proxy's 5xx says that it cannot reach the server now, most other statuses that it will not. */
function problemOfTunnel(statusCode: number): HttpFailure['kind'] {
  if (statusCode === 429) return 'throttled';
  return statusCode === 408 || statusCode >= 500 ? 'unavailable' : 'misconfigured';
}

/** An answer that was accepted, but is not one of a service's; `flaw` says why. */
export function unreadable(host: string, { statusCode = 0 }: IncomingMessage, flaw: string): HttpFailure {
  const message = `${host} answered ${describeStatus(statusCode)} ${flaw}: is the server address right`;
  return { kind: 'unreadable', message, statusCode };
}

/** A status code with its name: "503 Service Unavailable". */
function describeStatus(statusCode: number): string {
  const name = STATUS_CODES[statusCode];
  return name === undefined ? String(statusCode) : `${statusCode} ${name}`;
}
