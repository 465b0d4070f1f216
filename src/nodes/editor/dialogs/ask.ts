import type { DialogFailure } from '../../contract';
import type { RequestFailure, Translate } from '../red';

/** A request under way; `giveUp` aborts it, which the runtime notices. */
export interface Asked<Answer> {
  /** Never rejects: a request without an answer resolves to a `DialogFailure`. */
  readonly answer: Promise<Answer | DialogFailure>;
  giveUp(): void;
}

/**
 * Makes a request to the runtime, see contract/dialog-api.ts.
 * @param question sent as JSON by POST; without it, the request is a GET
 */
export function ask<Answer>(translate: Translate, path: string, question?: object): Asked<Answer> {
  const body =
    question === undefined
      ? ({ method: 'GET' } as const)
      : ({ method: 'POST', contentType: 'application/json', data: JSON.stringify(question) } as const);
  const request = $.ajax<Answer | DialogFailure>({ url: path, cache: false, dataType: 'json', ...body });
  const answer = new Promise<Answer | DialogFailure>((resolve) => {
    request.then(resolve, ({ status }: RequestFailure) =>
      resolve({ ok: false, reason: translate(`common.ask.${wordFor(status)}`, { status }) }),
    );
  });
  return { answer, giveUp: () => request.abort() };
}

function wordFor(status: number): string {
  if (status === 401 || status === 403) return 'forbidden';
  return status === 0 ? 'away' : 'failed';
}
