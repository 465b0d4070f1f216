/** What the status of an answer means: the server's own, and a proxy's that opens no tunnel. */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { decodeJson } from '../json';
import type { RequestProblem } from '../result';
import type { HttpAnswer, HttpFailure } from './answer';
import { parseRetryAfter } from './dates';
import type { TunnelRefused } from './outcome';
import { nameOfProxy } from './proxy';

/** The headers of an answer that decide what it means. */
export interface AnswerHeaders {
  readonly location: string;
  readonly retryAfter: string;
  /** The server's own time, which a Retry-After date is measured from: this machine's may be hours off. */
  readonly date: string;
}

const LONGEST_EXCERPT = 200;

/**
 * What an answer outside 2xx means.
 * @param host the server, as the message names it
 * @param now the time in milliseconds, which a Retry-After date is measured from where the server has no time of its own
 */
export function failureOfAnswer(
  host: string,
  answer: HttpAnswer,
  headers: AnswerHeaders,
  now: number,
): HttpFailure {
  const { statusCode, aheadMs } = answer;
  const kind = problemOfStatus(statusCode);
  const retryAfterMs = parseRetryAfter(headers, now);
  const message = [
    `${host} answered ${describeStatus(statusCode)}`,
    reasonOf(answer),
    redirectAdvice(statusCode, headers.location),
    statusCode === 407 ? PROXY_WANTS_CREDENTIALS : '',
    retryAfterMs === undefined ? '' : `it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`,
  ];
  return {
    kind,
    message: message.filter(Boolean).join(': '),
    statusCode,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  };
}

function problemOfStatus(statusCode: number): RequestProblem {
  // A switch to another protocol, which nobody asked for.
  if (statusCode < 200) return 'unreadable';
  if (statusCode === 401 || statusCode === 403) return 'unauthorised';
  if (statusCode === 404) return 'missing';
  if (statusCode === 407) return 'misconfigured';
  if (statusCode === 429) return 'throttled';
  if (statusCode === 408 || statusCode === 425 || statusCode >= 500) return 'unavailable';
  return 'refused';
}

function redirectAdvice(statusCode: number, location: string): string {
  if (statusCode < 300 || statusCode > 399) return '';
  const target = location === '' ? 'elsewhere' : `to ${location.slice(0, LONGEST_EXCERPT)}`;
  return `it redirects ${target}, and a redirected post would be lost: set the final address in the config node`;
}

/** The reason that a server gives in its answer, in one short line; empty where it gives none. */
function reasonOf(answer: HttpAnswer): string {
  const stated = statedReason(answer.text);
  const plain = answer.contentType === 'text/plain' ? answer.text : '';
  // Control characters would break a log line or a status apart.
  return (stated ?? plain)
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
  const advice = statusCode === 407 ? PROXY_WANTS_CREDENTIALS : kind === 'misconfigured' ? PROXY_FORBIDS : '';
  return { kind, message: advice === '' ? refusal : `${refusal}: ${advice}`, statusCode };
}

const PROXY_WANTS_CREDENTIALS = 'the proxy wants a user name and password: set them in the http proxy node';
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
