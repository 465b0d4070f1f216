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
