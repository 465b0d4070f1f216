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

/** An answer that is written as fast as the client takes it. */
export interface StreamedAnswer extends AnswerHead {
  /** Writes the body and ends it. Where it rejects, the connection is cut, so that no client takes a part for the whole. */
  readonly stream: (response: ServerResponse) => Promise<void>;
  /** Releases its resources where the body is not wanted. */
  readonly cancel: () => void;
}

export type Answer = WholeAnswer | StreamedAnswer;

/** No browser runs an answer, lets another site frame it, or takes it for another type than it says. */
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

/** After how many seconds a client should try again, by the kind of refusal; never, where there is none. */
const RETRY_AFTER_S: Readonly<Partial<Record<Refusal['kind'], number>>> = {
  busy: 1,
  unavailable: 1,
  behind: 60,
};

export function refusalAnswer(refusal: Refusal): WholeAnswer {
  // The rest of a slow request shall not be waited for.
  const headers: WholeAnswer['headers'] = refusal.kind === 'slow' ? { Connection: 'close' } : {};
  const after = RETRY_AFTER_S[refusal.kind];
  const retry: WholeAnswer['headers'] = after === undefined ? {} : { 'Retry-After': String(after) };
  return jsonAnswer(statusCodeOf(refusal), { error: refusal.message }, { ...headers, ...retry });
}

export function methodAnswer(allowed: string): WholeAnswer {
  return jsonAnswer(405, { error: `This address takes ${allowed} only.` }, { Allow: allowed });
}

/**
 * Sends an answer. Where the request is still being received, its rest is thrown away, because a client reads the
 * answer only when it has sent everything; after `discardMs` milliseconds the connection is cut.
 */
export function sendAnswer(
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
