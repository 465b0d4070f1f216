import { decodeJson } from '../json';
import type { Failure, RequestProblem } from '../result';

/** What a server answered, complete and with every secret of the request redacted. */
export interface HttpAnswer {
  readonly statusCode: number;
  /** The Content-Type header without parameters, in lower case; empty where there was none. */
  readonly contentType: string;
  /** The body as UTF-8 text. */
  readonly text: string;
  /** How far, at least, the server's clock is ahead of this machine's, in milliseconds; absent where it does not say. */
  readonly aheadMs?: number;
}

/** A failed request; `statusCode`, `retryAfterMs` and `aheadMs` (see `HttpAnswer`) where an answer carried them. */
export interface HttpFailure extends Failure<RequestProblem> {
  readonly statusCode?: number;
  readonly retryAfterMs?: number;
  readonly aheadMs?: number;
  /** The server says that the token itself is wrong (`invalid_token`, RFC 6750, 3.1), and not what it may do. */
  readonly isTokenInvalid?: true;
  /** Nothing of the request was sent: there was no connection. */
  readonly isUnsent?: true;
}

/**
 * The body of a 2xx answer as its service meant it: decoded JSON, or text, or an empty text; undefined where it comes
 * from somebody else (a web page, as a network's login shows it) or is broken off (it says that it is JSON).
 */
export function acceptedBody({ text, contentType }: HttpAnswer): { readonly body: unknown } | undefined {
  const json = decodeJson(text);
  if (json) return { body: json.value };
  const isWebPage =
    contentType === 'text/html' ||
    contentType === 'application/xhtml+xml' ||
    text.trimStart().startsWith('<');
  const isBroken = contentType.endsWith('json') || /^\s*[[{]/.test(text);
  return text.trim() !== '' && (isWebPage || isBroken) ? undefined : { body: text };
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
