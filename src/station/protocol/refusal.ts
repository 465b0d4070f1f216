/** Why the station refuses something, and the status code that says so. */
import { failed, type Failure } from '../../result';

const STATUS_CODES = {
  invalid: 400,
  unauthorised: 403,
  missing: 404,
  method: 405,
  slow: 408,
  tooLarge: 413,
  unsupported: 415,
  /** It would be deleted at once, because it is older than what is kept. */
  unkept: 422,
  busy: 429,
  /** The client closed the connection: there is nobody to answer. 499 is what nginx writes into its log for it. */
  aborted: 499,
  /** This machine's clock may be behind. */
  behind: 503,
  /** The store does not work now, but may later, so a client should try again. */
  unavailable: 503,
} as const;

type RefusalKind = keyof typeof STATUS_CODES;

/** A refusal; the message is for whoever sent the request. */
export type Refusal = Failure<RefusalKind>;

export function refuse(kind: RefusalKind, message: string) {
  return failed<Refusal>({ kind, message });
}

export function statusCodeOf(refusal: Refusal): number {
  return STATUS_CODES[refusal.kind];
}
