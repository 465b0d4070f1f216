/** Databoom's push API: `POST /v1/signals/push` and `POST /v1/signals/push/:unique`. */
import type { IncomingMessage } from 'node:http';
import type { Access, KeyRing } from './access';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer } from './answer';
import { checkEncoding, mediaTypeOf, type Receiver } from './body';
import { receiveJson } from './json-body';
import type { Intake } from './intake';
import { keepPush } from './push';
import type { Refusal } from './refusal';

export class DataboomEndpoint {
  readonly #intake: Intake;
  readonly #tokens: KeyRing;
  readonly #receiver: Receiver;

  constructor(intake: Intake, tokens: KeyRing, receiver: Receiver) {
    this.#intake = intake;
    this.#tokens = tokens;
    this.#receiver = receiver;
  }

  async answer(request: IncomingMessage, unique: string | undefined): Promise<Answer> {
    if (request.method !== 'POST') return methodAnswer('POST');
    const access = this.#tokens.check(request.headers.authorization);
    if (access !== 'granted') return refusalAnswer({ kind: 'unauthorised', message: NO_ACCESS[access] });
    const encoding = checkEncoding(request);
    if (!encoding.ok) return refusalAnswer(encoding.failure);
    // Databoom's own examples leave it to the client whether it names the type.
    if ((mediaTypeOf(request) ?? 'application/json') !== 'application/json') return refusalAnswer(NOT_JSON);
    const body = await receiveJson(this.#receiver, request);
    if (!body.ok) return refusalAnswer(body.failure);
    const kept = await keepPush(this.#intake, body.value, unique);
    return kept.ok ? jsonAnswer(200, kept.value) : refusalAnswer(kept.failure);
  }
}

const NOT_JSON: Refusal = { kind: 'unsupported', message: 'Send the push as application/json.' };

const NO_ACCESS: Readonly<Record<Exclude<Access, 'granted'>, string>> = {
  closed:
    'There is no token yet: set one in a databoom-config node that chose this Node-RED, then send it as "Authorization: Bearer TOKEN".',
  missing: 'The token is missing: send the one of a databoom-config node as "Authorization: Bearer TOKEN".',
  wrong: 'The token is not known here: compare it with the one in the databoom-config node.',
};
