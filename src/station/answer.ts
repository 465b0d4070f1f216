/** An answer as a value, and how it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { statusCodeOf, type Refusal } from './refusal';

export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Nothing here is ever run, framed by another site, or guessed to be of another type than it says. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'self'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

export function jsonAnswer(statusCode: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  const type = { 'Content-Type': 'application/json; charset=utf-8' };
  return { statusCode, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

export function refusalAnswer(refusal: Refusal): Answer {
  // Nothing more is expected on this connection, or it shall not be waited for.
  const headers: Answer['headers'] = refusal.kind === 'slow' ? { Connection: 'close' } : {};
  const retry: Answer['headers'] = refusal.kind === 'busy' ? { 'Retry-After': '1' } : {};
  return jsonAnswer(statusCodeOf(refusal), { error: refusal.message }, { ...headers, ...retry });
}

export function methodAnswer(allowed: string): Answer {
  return jsonAnswer(405, { error: `This address takes ${allowed} only.` }, { Allow: allowed });
}

/**
 * Sends an answer. Where the request is still coming in, its rest is thrown away so that the sender gets to read the
 * answer; after `discardMs` milliseconds the connection is cut.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  discardMs: number,
): void {
  if (response.destroyed || response.headersSent) return;
  const length = { 'Content-Length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.statusCode, { ...HEADERS, ...answer.headers, ...length });
  response.end(answer.body);
  if (request.complete) return;
  const cut = setTimeout(() => request.destroy(), discardMs);
  request.once('close', () => clearTimeout(cut)).resume();
}
