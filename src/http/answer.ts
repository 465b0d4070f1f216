import type { Failure } from '../result';
import { describeStatus, PROXY_WANTS_CREDENTIALS } from './reasons';

/** What a server answered, complete and with every secret of the request struck out. */
export interface HttpAnswer {
  readonly statusCode: number;
  /** The Content-Type header without parameters, in lower case; empty where there was none. */
  readonly contentType: string;
  /** The body as UTF-8 text. */
  readonly text: string;
  /** How far, at least, the server's clock is ahead of this machine's, in milliseconds; absent where it does not say. */
  readonly aheadMs?: number;
}

/** Why a request did not end in a 2xx answer. The kinds mean what they mean for a delivery. */
export type HttpProblem =
  | 'offline'
  | 'untrusted'
  | 'timeout'
  | 'throttled'
  | 'unavailable'
  | 'unreadable'
  | 'unauthorised'
  | 'missing'
  | 'refused'
  | 'misconfigured'
  | 'cancelled';

/** A failed request; `statusCode`, `retryAfterMs` and `aheadMs` (see `HttpAnswer`) where an answer carried them. */
export interface HttpFailure extends Failure<HttpProblem> {
  readonly statusCode?: number;
  readonly retryAfterMs?: number;
  readonly aheadMs?: number;
}

/** The headers of an answer that decide what it means. */
export interface AnswerHeaders {
  readonly location: string;
  readonly retryAfter: string;
  /** The server's own time, which a Retry-After date is measured from: this machine's may be hours off. */
  readonly date: string;
}

/** When a request was sent and its answer was there, by this machine's clock, in milliseconds. */
export interface Exchanged {
  readonly sentAt: number;
  readonly answeredAt: number;
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

function problemOfStatus(statusCode: number): HttpProblem {
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

/** JSON text decoded and wrapped, or `undefined` where it is no JSON. */
export function decodeJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** Retry-After as milliseconds from `now`: seconds or an HTTP date (RFC 9110, 10.2.3), at most a day. */
function parseRetryAfter({ retryAfter, date }: AnswerHeaders, now: number): number | undefined {
  const answeredAt = parseHttpDate(date);
  const from = Number.isNaN(answeredAt) ? now : answeredAt;
  const milliseconds = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : parseHttpDate(retryAfter) - from;
  return Number.isNaN(milliseconds) ? undefined : Math.min(Math.max(milliseconds, 0), LONGEST_RETRY_AFTER_MS);
}

/** Milliseconds since 1970; NaN for what is no date of HTTP (RFC 9110, 5.6.7). */
function parseHttpDate(text: string): number {
  // `Date.parse` makes a date of almost any text with a number in it; one of HTTP ends in GMT.
  return text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
}

/** A date of HTTP is in whole seconds. */
const DATE_SPAN_MS = 999;

/**
 * How far a server's clock is ahead of this machine's at least, in milliseconds (negative: behind): nothing, where its
 * Date can have been written between the request and the answer; undefined without a Date.
 */
export function aheadOf(date: string, { sentAt, answeredAt }: Exchanged): number | undefined {
  const writtenAt = parseHttpDate(date);
  if (Number.isNaN(writtenAt)) return undefined;
  if (writtenAt > answeredAt) return writtenAt - answeredAt;
  return Math.min(0, writtenAt + DATE_SPAN_MS - sentAt);
}

/** What a user of a service should look at after a failure. */
export interface Advice {
  readonly unauthorised: string;
  readonly missing: string;
}

/** The failure with advice, where its kind has one. */
export function advise(failure: HttpFailure, advice: Advice): HttpFailure {
  const { kind, message } = failure;
  if (kind !== 'unauthorised' && kind !== 'missing') return failure;
  return { ...failure, message: `${message}: ${advice[kind]}` };
}
