import type { IncomingMessage } from 'node:http';
import { failed, success, type Result } from '../result';
import type { HttpAnswer, HttpFailure } from './answer';
import { aheadOf, type Exchanged } from './dates';
import { failureOfConnection } from './connection-errors';
import type { Deadline } from './deadline';
import type { Broken, Complete, Outcome } from './outcome';
import type { Redact } from './redact';
import { failureOfAnswer, failureOfTunnel, unreadable } from './status';

/** What an outcome is classified by. */
export interface Circumstances extends Exchanged {
  /** The server, as messages name it. */
  readonly host: string;
  readonly deadline: Deadline;
  readonly redact: Redact;
}

/** The answer or the failure that an outcome is for whoever made the request. */
export function classifyOutcome(
  outcome: Outcome,
  circumstances: Circumstances,
): Result<HttpAnswer, HttpFailure> {
  const { host, deadline } = circumstances;
  if (deadline.endedBy() === 'cancelled')
    return failed({ kind: 'cancelled', message: `Stopped before ${host} had answered` });
  if (outcome.type === 'tunnelRefused') return failed(failureOfTunnel(outcome, host));
  const { answer } = outcome;
  if (answer && !isAccepted(answer)) return failed(readRefusal(answer, outcome, circumstances));
  if (outcome.type === 'broken') return failed(failureOfBreak(outcome, host, deadline));
  if (outcome.type === 'tooLarge') return failed(unreadable(host, outcome.answer, 'with more than 1 MB'));
  if (isEncoded(outcome))
    return failed(unreadable(host, outcome.answer, 'with a compressed body, which nobody asked for'));
  return success(readAnswer(outcome.answer, outcome.body, circumstances));
}

function isAccepted({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

function isEncoded({ answer, body }: Complete): boolean {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  return body.length > 0 && encoding.toLowerCase() !== 'identity';
}

function failureOfBreak({ code, peer }: Broken, host: string, deadline: Deadline): HttpFailure {
  if (deadline.endedBy() !== 'timeout') return failureOfConnection(peer, code);
  const seconds = Math.round(deadline.timeoutMs / 1000);
  return { kind: 'timeout', message: `${host} gave no complete answer within ${seconds} s` };
}

const NOTHING = Buffer.alloc(0);

/** What an answer outside 2xx means is told by its status, even where its body is cut off, too large or garbled. */
function readRefusal(answer: IncomingMessage, outcome: Outcome, circumstances: Circumstances): HttpFailure {
  const { host, redact, answeredAt } = circumstances;
  const body = outcome.type === 'complete' && !isEncoded(outcome) ? outcome.body : NOTHING;
  const { location = '', 'retry-after': retryAfter = '', date = '' } = answer.headers;
  const headers = { location: redact(location), retryAfter, date };
  return failureOfAnswer(host, readAnswer(answer, body, circumstances), headers, answeredAt);
}

const LONGEST_CONTENT_TYPE = 100;

function readAnswer(
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer,
  circumstances: Circumstances,
): HttpAnswer {
  const { redact } = circumstances;
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
