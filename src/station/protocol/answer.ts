/** An answer as a value, and how it is sent. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, type Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { addressOf, createQuota, endWhereStalled, turnOf } from '../../serving';
import { createEncoder, encode, isCompressible, pickCoding, type CodedBodies, type Coding } from './coding';
import { MAX_UNTAKEN_BYTES, MAX_UNTAKEN_BYTES_PER_ADDRESS, PIECE_BYTES } from './limits';
import { statusCodeOf, type Refusal } from './refusal';

interface AnswerHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer that is known as a whole. */
export interface WholeAnswer extends AnswerHead {
  readonly body: string | Buffer;
  /** The body as it was compressed before; where there is none, it is compressed while it is sent. */
  readonly coded?: CodedBodies;
}

/** An answer that is written as fast as the client takes it. */
export interface StreamedAnswer extends AnswerHead {
  /** How long the body is; left out where that is not known. */
  readonly bytes?: number;
  /** Writes the body and ends it. Where it rejects, the connection is cut, so that no client takes a part for the whole. */
  readonly stream: (body: Writable) => Promise<void>;
  /** Releases its resources, when the answer is over or is not sent at all. */
  readonly release: () => void;
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

/** How long clients are waited for. */
export interface AnswerLimits {
  /** Where the request is still being received, its connection is cut so many milliseconds after the answer. */
  readonly discardMs: number;
  /** A client that takes nothing of an answer for so many milliseconds is cut off. */
  readonly stallMs: number;
}

/**
 * Sends an answer, compressed where the client takes that. Where the request is still being received, its rest is thrown
 * away, because a client reads the answer only when it has sent everything. Never rejects.
 */
export type AnswerSender = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
) => Promise<void>;

/** Creates what sends the answers of one station: the memory of all that clients have not taken yet is bounded. */
export function createAnswerSender({ discardMs, stallMs }: AnswerLimits): AnswerSender {
  const untaken = createQuota({ inAll: MAX_UNTAKEN_BYTES, perAddress: MAX_UNTAKEN_BYTES_PER_ADDRESS });

  return async (request, response, answer) => {
    discardRest(request, discardMs);
    const bytes = 'body' in answer ? Buffer.byteLength(answer.body) : 0;
    const giveBack = untaken.take(addressOf(request), bytes);
    try {
      const hasTurn = (await turnOf(request, response)) && !response.headersSent;
      if (hasTurn) endWhereStalled(response, stallMs);
      if (hasTurn) await send(request, response, giveBack ? answer : TOO_MUCH);
      await closed(response);
    } catch {
      response.destroy();
    } finally {
      giveBack?.();
      if ('release' in answer) answer.release();
    }
  };
}

function discardRest(request: IncomingMessage, discardMs: number): void {
  if (request.complete) return;
  const cut = setTimeout(() => request.destroy(), discardMs);
  request.once('close', () => clearTimeout(cut)).resume();
}

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const coding = codingOf(request, answer);
  if ('body' in answer) await sendWhole(response, answer, coding);
  else if (request.method === 'HEAD') {
    sendHead(response, answer, lengthOf(answer, coding), coding);
    response.end();
  } else await sendStreamed(response, answer, coding);
}

/** Resolves when the client has been sent everything, or its connection is closed. */
async function closed(response: ServerResponse): Promise<void> {
  if (!response.closed && response.socket) await once(response, 'close');
}

function codingOf(request: IncomingMessage, answer: Answer): Coding | undefined {
  if (!isCompressible(answer.headers['Content-Type'])) return undefined;
  const bytes = 'body' in answer ? Buffer.byteLength(answer.body) : Infinity;
  const accepted = request.headers['accept-encoding'];
  return bytes > 0 ? pickCoding(typeof accepted === 'string' ? accepted : undefined, bytes) : undefined;
}

async function sendWhole(
  response: ServerResponse,
  answer: WholeAnswer,
  wanted: Coding | undefined,
): Promise<void> {
  const coded = wanted && (answer.coded?.[wanted] ?? (await compressed(answer.body, wanted)));
  // The client may have gone meanwhile.
  if (response.destroyed || response.headersSent) return;
  const body = coded ?? answer.body;
  // The length in a 304 would be that of the answer it stands for (RFC 9110, 8.6).
  const bytes = answer.statusCode === 304 ? undefined : Buffer.byteLength(body);
  sendHead(response, answer, bytes, coded && wanted);
  if (body.length <= PIECE_BYTES) response.end(body);
  else await pipeline(Readable.from(piecesOf(Buffer.from(body))), response);
}

/** A write is over when all of it is taken, so only short ones show that a slow client takes anything. */
function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += PIECE_BYTES) {
    yield body.subarray(start, start + PIECE_BYTES);
  }
}

/** Undefined where there is no memory for it. */
function compressed(body: string | Buffer, coding: Coding): Promise<Buffer | undefined> {
  return encode(typeof body === 'string' ? Buffer.from(body) : body, coding).catch(() => undefined);
}

async function sendStreamed(
  response: ServerResponse,
  answer: StreamedAnswer,
  wanted: Coding | undefined,
): Promise<void> {
  const encoder = wanted && encoderOf(wanted);
  const coding = encoder && wanted;
  sendHead(response, answer, lengthOf(answer, coding), coding);
  if (!encoder) return answer.stream(response);
  await Promise.all([pipeline(encoder, response), answer.stream(encoder)]);
}

/** Undefined where there is no memory for it. */
function encoderOf(coding: Coding): Transform | undefined {
  try {
    return createEncoder(coding);
  } catch {
    return undefined;
  }
}

/** What a streamed answer says of its length, which is another one where it is compressed. */
function lengthOf({ bytes }: StreamedAnswer, coding: Coding | undefined): number | undefined {
  return coding ? undefined : bytes;
}

function sendHead(
  response: ServerResponse,
  { statusCode, headers }: AnswerHead,
  bytes: number | undefined,
  coding: Coding | undefined,
): void {
  response.writeHead(statusCode, {
    ...HEADERS,
    ...headers,
    ...(isCompressible(headers['Content-Type']) ? { Vary: 'Accept-Encoding' } : {}),
    ...(coding ? { 'Content-Encoding': coding } : {}),
    ...(bytes === undefined ? {} : { 'Content-Length': bytes }),
  });
}

const TOO_MUCH = refusalAnswer({
  kind: 'busy',
  message:
    'Answers that nobody has read yet take up all the memory that there is for them: ask for less, or again in a second.',
});
