/** Databoom's push API: `POST /v1/signals/push` and `POST /v1/signals/push/:unique`. */
import type { IncomingMessage } from 'node:http';
import { ingestPush, type Recorder } from '../ingest';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer, type Refusal } from '../protocol';
import type { Access, AccessKeys } from '../registry';
import { checkEncoding, mediaTypeOf, type BodyReceiver } from './body';
import { receiveJson } from './json-body';

export class DataboomEndpoint {
  readonly #recorder: Recorder;
  readonly #tokens: AccessKeys;
  readonly #bodies: BodyReceiver;

  constructor(recorder: Recorder, tokens: AccessKeys, bodies: BodyReceiver) {
    this.#recorder = recorder;
    this.#tokens = tokens;
    this.#bodies = bodies;
  }

  async answer(request: IncomingMessage, unique: string | undefined): Promise<Answer> {
    if (request.method !== 'POST') return methodAnswer('POST');
    const access = this.#tokens.check(request.headers.authorization);
    if (access !== 'granted') return refusalAnswer({ kind: 'unauthorised', message: NO_ACCESS[access] });
    const encoding = checkEncoding(request);
    if (!encoding.ok) return refusalAnswer(encoding.failure);
    // Databoom's own examples do not always send a content type.
    if ((mediaTypeOf(request) ?? 'application/json') !== 'application/json') return refusalAnswer(NOT_JSON);
    const body = await receiveJson(this.#bodies, request);
    if (!body.ok) return refusalAnswer(body.failure);
    const ingested = await ingestPush(this.#recorder, body.value, unique);
    return ingested.ok ? jsonAnswer(200, ingested.value) : refusalAnswer(ingested.failure);
  }
}

const NOT_JSON: Refusal = { kind: 'unsupported', message: 'Send the push as application/json.' };

const NO_ACCESS: Readonly<Record<Exclude<Access, 'granted'>, string>> = {
  closed:
    'There is no token yet: set one in a databoom-config node that chose this Node-RED, then send it as "Authorization: Bearer TOKEN".',
  missing: 'The token is missing: send the one of a databoom-config node as "Authorization: Bearer TOKEN".',
  wrong: 'The token is not known here: compare it with the one in the databoom-config node.',
};
