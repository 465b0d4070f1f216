import { pushCodec, type DataboomTarget, type Push } from '../../databoom';
import { isPlainObject } from '../../fields';
import { decodeJson } from '../../json';
import { measurementCodec, sensorMeasurementCodec } from '../../senio';
import { decodeOrigin, parseKey } from '../runtime';

/** The part of a stored reading that holds its content. */
export interface StoredContent {
  readonly timestamp: number;
  readonly body: string;
}

/** The version of the lines of an export, see `userLine`. Those of earlier versions say none, and are read alike. */
export const EXPORT_FORMAT = 1;

/** The content of a reading as a flow would give it to a publish node. */
type Content = Partial<DataboomTarget> & { readonly sensor?: string; readonly payload: unknown };

/**
 * The content of a stored reading without its pictures.
 * @param destination the key of its destination: the service decides how a reading is stored
 */
export function contentOf(destination: string, { timestamp, body }: StoredContent): Content {
  const stored = { group: '', timestamp, body, images: [] };
  const { service, namesSensors } = parseKey(destination);
  if (namesSensors) {
    const measurement = sensorMeasurementCodec.restore(stored);
    if (measurement.ok) {
      const { sensor, scalars } = measurement.value;
      return { sensor, payload: Object.fromEntries(scalars) };
    }
  } else if (service === 'senio') {
    const measurement = measurementCodec.restore(stored);
    if (measurement.ok) return { payload: Object.fromEntries(measurement.value.scalars) };
  }
  if (service === 'databoom') {
    const push = pushCodec.restore(stored);
    if (push.ok) return { ...push.value.target, payload: payloadOf(push.value.content) };
  }
  // Another version of this package stored it: shown as it is rather than not at all.
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
 * A line of the outbox's export as users get it: with `payload`, `timestamp` and `topic` as a publish node takes them,
 * so that a flow can read the file back, with pictures in base64, and with what an import needs: the version of the
 * format, and what the reading is known by wherever it goes.
 */
export function userLine(line: string): string {
  const item = decodeJson(line)?.value;
  // This line says why the rest of the list cannot be read.
  if (!isPlainObject(item) || 'problem' in item) return line;
  const { identity, destination, timestamp, body, images, reason, refusedAt } = item;
  const { node, message, reading = identity } = decodeOrigin(String(item['origin']));
  const stored = { timestamp: Number(timestamp), body: String(body) };
  const { topic, _msgid, parts } = message;
  return JSON.stringify({
    format: EXPORT_FORMAT,
    id: reading,
    destination,
    timestamp,
    node,
    topic,
    _msgid,
    parts,
    ...contentOf(String(destination), stored),
    pictures: images,
    reason,
    refusedAt,
  });
}

/** The lines of the outbox's export as users get them. */
export async function* userLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield userLine(line);
}
