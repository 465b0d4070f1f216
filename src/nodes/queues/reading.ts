import { pushCodec, type DataboomTarget, type Push } from '../../databoom';
import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';
import { measurementCodec } from '../../senio';
import { decodeOrigin } from '../runtime';
import { parseKey } from './key';

/** The part of a kept reading that says what it carries. */
export interface Carried {
  readonly timestamp: number;
  readonly body: string;
}

/** What a reading carries, as a flow would give it to a publish node. */
type Content = Partial<DataboomTarget> & { readonly payload: unknown };

/**
 * What a kept reading carries; its pictures are apart.
 * @param destination the key of its destination, which says how it is kept
 */
export function contentOf(destination: string, { timestamp, body }: Carried): Content {
  const stored = { group: '', timestamp, body, images: [] };
  const { service } = parseKey(destination);
  if (service === 'senio') {
    const measurement = measurementCodec.restore(stored);
    if (measurement.ok) return { payload: Object.fromEntries(measurement.value.scalars) };
  }
  if (service === 'databoom') {
    const push = pushCodec.restore(stored);
    if (push.ok) return { ...push.value.target, payload: payloadOf(push.value.content) };
  }
  // Kept by another version of this package: better as it is than not at all.
  return { payload: decodeJson(body)?.value ?? body };
}

function payloadOf(content: Push['content']): object {
  if (content.kind === 'current') return Object.fromEntries(content.signals);
  const histories = [...content.signals].map(([signal, { description, values }]) => {
    const history = values.map(({ timestamp, value }) => ({ date: timestamp, value }));
    return [signal, description === undefined ? { history } : { description, history }] as const;
  });
  return Object.fromEntries(histories);
}

/**
 * A line of the outbox's export as the user gets it: with `payload`, `timestamp` and `topic` as a publish node takes
 * them, so that the file can be read back by a flow, and pictures in base64.
 */
export function userLine(line: string): string {
  const item = decodeJson(line)?.value;
  // A line that says why the list cannot be read on.
  if (!isPlainObject(item) || 'problem' in item) return line;
  const { destination, timestamp, body, origin, images, reason, refusedAt } = item;
  const carried = { timestamp: Number(timestamp), body: String(body) };
  return JSON.stringify({
    destination,
    timestamp,
    topic: decodeOrigin(String(origin)).message.topic,
    ...contentOf(String(destination), carried),
    pictures: images,
    reason,
    refusedAt,
  });
}
