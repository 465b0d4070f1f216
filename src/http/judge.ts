import type { IncomingMessage } from 'node:http';
import { failed, success, type Result } from '../result';
import type { HttpAnswer, HttpFailure } from './answer';
import { aheadOf, type Exchanged } from './dates';
import type { Broken, Errand, Outcome, Whole } from './errand';
import type { Limit } from './limit';
import { failureOfConnection, failureOfTunnel, unreadable } from './reasons';
import { failureOfAnswer } from './refusal';

/** What an outcome is judged by. */
export interface Circumstances extends Exchanged {
  readonly errand: Errand;
  readonly limit: Limit;
  /** Strikes the request's secrets out of a text. */
  readonly strike: (text: string) => string;
}

/** What became of a request, as its caller hears of it. */
export function judge(outcome: Outcome, circumstances: Circumstances): Result<HttpAnswer, HttpFailure> {
  const { errand, limit } = circumstances;
  const { host } = errand.url;
  if (limit.endedBy() === 'cancelled')
    return failed({ kind: 'cancelled', message: `Stopped before ${host} had answered` });
  if (outcome.became === 'barred') return failed(failureOfTunnel(outcome, host));
  const { answer } = outcome;
  if (answer && !isAccepted(answer)) return failed(readRefusal(answer, outcome, circumstances));
  if (outcome.became === 'broken') return failed(failureOfBreak(outcome, host, limit));
  if (outcome.became === 'overlong') return failed(unreadable(host, outcome.answer, 'with more than 1 MB'));
  if (isEncoded(outcome))
    return failed(unreadable(host, outcome.answer, 'with a compressed body, which nobody asked for'));
  return success(readAnswer(outcome.answer, outcome.body, circumstances));
}

function isAccepted({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

function isEncoded({ answer, body }: Whole): boolean {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  return body.length > 0 && encoding.toLowerCase() !== 'identity';
}

function failureOfBreak({ code, peer }: Broken, host: string, limit: Limit): HttpFailure {
  if (limit.endedBy() !== 'timeout') return failureOfConnection(peer, code);
  const seconds = Math.round(limit.timeoutMs / 1000);
  return { kind: 'timeout', message: `${host} gave no complete answer within ${seconds} s` };
}

const NOTHING = Buffer.alloc(0);

/** What an answer outside 2xx means is told by its status, even where its body is cut off, too large or garbled. */
function readRefusal(answer: IncomingMessage, outcome: Outcome, circumstances: Circumstances): HttpFailure {
  const { errand, strike, answeredAt } = circumstances;
  const body = outcome.became === 'whole' && !isEncoded(outcome) ? outcome.body : NOTHING;
  const { location = '', 'retry-after': retryAfter = '', date = '' } = answer.headers;
  const headers = { location: strike(location), retryAfter, date };
  return failureOfAnswer(errand.url.host, readAnswer(answer, body, circumstances), headers, answeredAt);
}

const LONGEST_CONTENT_TYPE = 100;

function readAnswer(
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer,
  circumstances: Circumstances,
): HttpAnswer {
  const { strike } = circumstances;
  const aheadMs = aheadOf(headers.date ?? '', circumstances);
  const contentType = strike(headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  return {
    statusCode,
    contentType: contentType.trim().toLowerCase().slice(0, LONGEST_CONTENT_TYPE),
    text: strike(textOf(body)),
    ...(aheadMs === undefined ? {} : { aheadMs }),
  };
}

const BYTE_ORDER_MARK = '\uFEFF';

/** UTF-8 as text, without a byte order mark, with which no JSON can be decoded. */
function textOf(body: Buffer): string {
  const text = body.toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
