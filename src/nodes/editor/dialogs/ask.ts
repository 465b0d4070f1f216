import type { DialogFailure } from '../../contract';
import type { RequestFailure, Translate } from '../red';

/** A request under way; `giveUp` aborts it, which the runtime notices. */
export interface Asked<Answer> {
  /** Never rejects: a request without an answer resolves to a `DialogFailure`. */
  readonly answer: Promise<Answer | DialogFailure>;
  giveUp(): void;
}

/**
 * Asks the runtime, see contract/dialog-api.ts.
 * @param question sent as JSON
 */
export function ask<Answer>(translate: Translate, path: string, question: object = {}): Asked<Answer> {
  const request = $.ajax<Answer | DialogFailure>({
    url: path,
    method: 'POST',
    cache: false,
    dataType: 'json',
    contentType: 'application/json',
    data: JSON.stringify(question),
  });
  const answer = new Promise<Answer | DialogFailure>((resolve) => {
    request.then(resolve, (failure: RequestFailure) => resolve(failureOf(translate, failure)));
  });
  return { answer, giveUp: () => request.abort() };
}

/** Why there was no answer, in the runtime's words where it has some. */
function failureOf(translate: Translate, { status, responseJSON }: RequestFailure): DialogFailure {
  const stated: unknown = isObject(responseJSON) ? Reflect.get(responseJSON, 'reason') : undefined;
  const reason = typeof stated === 'string' ? stated : translate(`common.ask.${wordFor(status)}`, { status });
  return { ok: false, reason };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function wordFor(status: number): string {
  if (status === 401 || status === 403) return 'forbidden';
  return status === 0 ? 'away' : 'failed';
}
