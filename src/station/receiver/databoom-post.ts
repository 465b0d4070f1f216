/** A post to Databoom's API, before anybody knows what it wants: with a token, and in JSON. */
import type { IncomingMessage } from 'node:http';
import { methodAnswer, refusalAnswer, type Answer, type Refusal } from '../protocol';
import type { AccessKeys } from '../registry';
import { checkEncoding, type BodyReceiver } from './body';
import { refuseToken } from './databoom-token';
import { receiveJson } from './json-body';

/** The decoded body of a post, or the answer to one that is refused. */
export type ReceivedPost = { readonly body: unknown } | { readonly refused: Answer };

/** @param notJson the refusal of a body that is no JSON */
export async function receivePost(
  request: IncomingMessage,
  tokens: AccessKeys,
  bodies: BodyReceiver,
  notJson: Refusal,
): Promise<ReceivedPost> {
  if (request.method !== 'POST') return { refused: methodAnswer('POST') };
  const refused = refuseToken(tokens, request);
  if (refused) return { refused };
  const encoding = checkEncoding(request);
  if (!encoding.ok) return { refused: refusalAnswer(encoding.failure) };
  const body = await receiveJson(bodies, request, notJson);
  return body.ok ? { body: body.value } : { refused: refusalAnswer(body.failure) };
}
