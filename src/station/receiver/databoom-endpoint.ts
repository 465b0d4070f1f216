/** Databoom's push API: `POST /v1/signals/push` and `POST /v1/signals/push/:unique`. */
import type { IncomingMessage } from 'node:http';
import { ingestPush, type Recorder } from '../ingest';
import { jsonAnswer, methodAnswer, refusalAnswer, type Answer, type Refusal } from '../protocol';
import type { AccessKeys } from '../registry';
import { checkEncoding, type BodyReceiver } from './body';
import { refuseToken } from './databoom-token';
import { receiveJson } from './json-body';

export interface DataboomEndpoint {
  /** Answers a request for `v1/signals/push`. @param unique what follows that in the address, if anything */
  answer(request: IncomingMessage, unique: string | undefined): Promise<Answer>;
}

export function createDataboomEndpoint(
  recorder: Recorder,
  tokens: AccessKeys,
  bodies: BodyReceiver,
): DataboomEndpoint {
  async function answer(request: IncomingMessage, unique: string | undefined): Promise<Answer> {
    if (request.method !== 'POST') return methodAnswer('POST');
    const refused = refuseToken(tokens, request);
    if (refused) return refused;
    const encoding = checkEncoding(request);
    if (!encoding.ok) return refusalAnswer(encoding.failure);
    const body = await receiveJson(bodies, request, NOT_JSON);
    if (!body.ok) return refusalAnswer(body.failure);
    const ingested = await ingestPush(recorder, body.value, unique);
    return ingested.ok ? jsonAnswer(200, ingested.value) : refusalAnswer(ingested.failure);
  }

  return { answer };
}

const NOT_JSON: Refusal = {
  kind: 'unsupported',
  message:
    'This body is no push: send JSON, {"device":"…","signals":[{"name":"…","value":…}]}, with the header "Content-Type: application/json".',
};
