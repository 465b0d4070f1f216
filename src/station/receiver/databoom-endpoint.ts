/** Databoom's push API: `POST /v1/signals/push` and `POST /v1/signals/push/:unique`. */
import type { IncomingMessage } from 'node:http';
import { ingestPush, type Recorder } from '../ingest';
import { jsonAnswer, refusalAnswer, type Answer, type Refusal } from '../protocol';
import type { AccessKeys } from '../registry';
import type { BodyReceiver } from './body';
import { receivePost } from './databoom-post';

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
    const post = await receivePost(request, tokens, bodies, NOT_JSON);
    if ('refused' in post) return post.refused;
    const ingested = await ingestPush(recorder, post.body, unique);
    return ingested.ok ? jsonAnswer(200, ingested.value) : refusalAnswer(ingested.failure);
  }

  return { answer };
}

const NOT_JSON: Refusal = {
  kind: 'unsupported',
  message:
    'This body is no push: send JSON, {"device":"…","signals":[{"name":"…","value":…}]}, with the header "Content-Type: application/json".',
};
