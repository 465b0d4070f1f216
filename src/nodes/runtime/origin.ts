import type { NodeMessage } from 'node-red';
import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';

/** What is stored with a reading, so that its output message can be rebuilt after a restart. */
export interface Origin {
  /** The id of the publish node. */
  readonly node: string;
  /** The message's `topic` and `_msgid` alone: its other properties may be large or secret. */
  readonly message: Pick<NodeMessage, 'topic' | '_msgid'>;
}

/** The origin as the outbox stores it. */
export function encodeOrigin({ node, message }: Origin): string {
  return JSON.stringify({ node, message: textsOf(message) });
}

/** The topic and the id, where they are strings: a flow may have set them to anything. */
function textsOf({
  topic,
  _msgid,
}: {
  readonly topic?: unknown;
  readonly _msgid?: unknown;
}): Origin['message'] {
  return {
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof _msgid === 'string' ? { _msgid } : {}),
  };
}

const UNKNOWN: Origin = { node: '', message: {} };

/** The origin as it was stored. What cannot be read, because another version wrote it, is left out. */
export function decodeOrigin(text: string): Origin {
  const origin = decodeJson(text)?.value;
  if (!isPlainObject(origin) || !isPlainObject(origin['message'])) return UNKNOWN;
  return { node: String(origin['node']), message: textsOf(origin['message']) };
}
