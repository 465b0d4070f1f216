import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { failed, success, type Result } from '../result';
import type { HttpAnswer, HttpFailure } from './answer';
import { aheadOf, type AttemptTimes } from './dates';
import { failureOfConnection } from './connection-errors';
import type { Deadline } from './deadline';
import type { Broken, Complete, Outcome } from './outcome';
import { throughProxy } from './proxy';
import type { Redactor } from './redact';
import type { Route } from './route';
import { failureOfAnswer, failureOfTunnel, unreadable } from './status';

/** What an outcome is classified by. */
export interface Circumstances extends AttemptTimes {
  readonly route: Route;
  readonly deadline: Deadline;
  readonly redactor: Redactor;
  /** Whether this machine's clock can be trusted. */
  readonly isClockSet: boolean;
  /** In bytes, see `HttpRequest`. */
  readonly largestAnswer: number;
}

/** The answer or the failure that an outcome is for whoever made the request. */
export function classifyOutcome(
  outcome: Outcome,
  circumstances: Circumstances,
): Result<HttpAnswer, HttpFailure> {
  const { route, deadline } = circumstances;
  const { host } = route;
  if (deadline.endedBy() === 'cancelled')
    return failed({ kind: 'cancelled', message: `Stopped before ${host} had answered` });
  if (outcome.type === 'tunnelRefused') return failed({ ...failureOfTunnel(outcome, host), isUnsent: true });
  const { answer } = outcome;
  if (answer && !isAccepted(answer)) return failed(readRefusal(answer, outcome, circumstances));
  if (outcome.type === 'broken') {
    const failure = failureOfBreak(outcome, circumstances);
    return failed(outcome.isUnsent ? { ...failure, isUnsent: true } : failure);
  }
  if (outcome.type === 'tooLarge') {
    const megabytes = circumstances.largestAnswer / 1_000_000;
    return failed(unreadable(host, outcome.answer, `with more than ${megabytes} MB`));
  }
  const body = decodeBody(outcome, circumstances);
  if (!body) return failed(unreadable(host, outcome.answer, 'with a compressed body that cannot be read'));
  return success(readAnswer(outcome.answer, body, circumstances));
}

function isAccepted({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

type Inflate = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

const INFLATERS: Readonly<Record<string, Inflate>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** The body as it was before a server compressed it, which nobody asked for; undefined where that cannot be undone. */
function decodeBody(
  { answer, body }: Complete,
  { largestAnswer }: Pick<Circumstances, 'largestAnswer'>,
): Buffer | undefined {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (body.length === 0 || encoding === 'identity' || encoding === '') return body;
  const inflate = Object.hasOwn(INFLATERS, encoding) ? INFLATERS[encoding] : undefined;
  try {
    // As much as an answer may hold that is not compressed.
    return inflate?.(body, { maxOutputLength: largestAnswer });
  } catch {
    return undefined;
  }
}

function failureOfBreak(broken: Broken, { route, deadline, isClockSet }: Circumstances): HttpFailure {
  if (deadline.endedBy() !== 'timeout') return failureOfConnection(broken, isClockSet);
  const seconds = Math.round(deadline.timeoutMs / 1000);
  const through = throughProxy(route.forwarder ?? route.tunneller);
  const message = `${route.host} gave no complete answer within ${seconds} s${through}`;
  return { kind: 'timeout', message };
}

const NOTHING = Buffer.alloc(0);

/** What an answer outside 2xx means is told by its status, even where its body is cut off, too large or garbled. */
function readRefusal(answer: IncomingMessage, outcome: Outcome, circumstances: Circumstances): HttpFailure {
  const { route, redactor, answeredAt } = circumstances;
  const body = (outcome.type === 'complete' ? decodeBody(outcome, circumstances) : undefined) ?? NOTHING;
  const { location = '', 'retry-after': retryAfter = '', date = '' } = answer.headers;
  const authenticate = answer.headers['www-authenticate'] ?? '';
  const headers = { location: redactor.redactExcerpt(location), authenticate, retryAfter, date };
  const { redactExcerpt } = redactor;
  const refusal = { ...readAnswer(answer, body, circumstances), headers, redactExcerpt };
  return failureOfAnswer(route, refusal, answeredAt);
}

const LONGEST_CONTENT_TYPE = 100;

function readAnswer(
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer,
  circumstances: Circumstances,
): HttpAnswer {
  const { redact } = circumstances.redactor;
  const aheadMs = aheadOf(headers.date ?? '', circumstances);
  const contentType = redact(headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  return {
    statusCode,
    contentType: contentType.trim().toLowerCase().slice(0, LONGEST_CONTENT_TYPE),
    text: redact(textOf(body)),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  };
}

const BYTE_ORDER_MARK = '\uFEFF';

/** UTF-8 as text, without a byte order mark, with which no JSON can be decoded. */
function textOf(body: Buffer): string {
  const text = body.toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
