import { isPlainObject } from './plain-object';

/** So many bytes are looked at: what people mean as a value is short. */
const LONGEST_VALUE = 400;

/** Whether a value is a Buffer as JSON writes it, `{type: 'Buffer', data: [21, 5]}`. */
export function isBufferInJson(value: unknown): boolean {
  return isPlainObject(value) && value['type'] === 'Buffer' && Array.isArray(value['data']);
}

/** What to do about a Buffer that JSON has made an object of. */
export const BUFFER_IN_JSON = 'it is a Buffer that went through JSON: make it one again, with Buffer.from(…)';

/** What to do about bytes that hold a text, as an MQTT node gives them; `undefined` for others. */
export function adviseOnBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > LONGEST_VALUE) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const isText = !text.includes('\uFFFD') && !/\p{Cc}/u.test(text.trim());
  return isText ? 'it holds text: have the node before this one give text, not a Buffer' : undefined;
}
