/** An answer as a value, and how it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { statusCodeOf, type Refusal } from './refusal';

interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer that is known as a whole. */
export interface WholeAnswer extends AnswerHead {
  readonly body: string | Buffer;
}

/** An answer that is written as fast as it is taken. */
export interface StreamedAnswer extends AnswerHead {
  /** Writes the body and ends it. Where it rejects, the connection is cut, so that nobody takes a part for the whole. */
  readonly stream: (response: ServerResponse) => Promise<void>;
  /** Lets go of what it has where nobody wants the body. */
  readonly cancel: () => void;
}

export type Answer = WholeAnswer | StreamedAnswer;

/** Nothing here is ever run, framed by another site, or guessed to be of another type than it says. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'self'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export function jsonAnswer(
  statusCode: number,
  value: unknown,
  headers: WholeAnswer['headers'] = {},
): WholeAnswer {
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  return { statusCode, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

export function refusalAnswer(refusal: Refusal): WholeAnswer {
  // Nothing more is expected on this connection, or it shall not be waited for.
  const headers: WholeAnswer['headers'] = refusal.kind === 'slow' ? { Connection: 'close' } : {};
  const isPassing = refusal.kind === 'busy' || refusal.kind === 'unavailable';
  const retry: WholeAnswer['headers'] = isPassing ? { 'Retry-After': '1' } : {};
  return jsonAnswer(statusCodeOf(refusal), { error: refusal.message }, { ...headers, ...retry });
}

export function methodAnswer(allowed: string): WholeAnswer {
  return jsonAnswer(405, { error: `This address takes ${allowed} only.` }, { Allow: allowed });
}

/**
 * Sends an answer. Where the request is still coming in, its rest is thrown away so that the client gets to read the
 * answer; after `discardMs` milliseconds the connection is cut.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  discardMs: number,
): void {
  if (response.destroyed || response.headersSent) {
    if ('cancel' in answer) answer.cancel();
    return;
  }
  sendHead(response, answer);
  if ('body' in answer) response.end(answer.body);
  else if (request.method === 'HEAD') {
    answer.cancel();
    response.end();
  } else void answer.stream(response).catch(() => response.destroy());
  if (request.complete) return;
  const cut = setTimeout(() => request.destroy(), discardMs);
  request.once('close', () => clearTimeout(cut)).resume();
}

function sendHead(response: ServerResponse, answer: Answer): void {
  const length = 'body' in answer ? { 'Content-Length': Buffer.byteLength(answer.body) } : {};
  response.writeHead(answer.statusCode, { ...HEADERS, ...answer.headers, ...length });
}
