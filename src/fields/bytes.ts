/** So many bytes are looked at: what people mean as a value is short. */
const LONGEST_VALUE = 400;

/** What to do about bytes that hold a text, as an MQTT node gives them; `undefined` for others. */
export function adviseOnBytes(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > LONGEST_VALUE) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const isText = !text.includes('\uFFFD') && !/\p{Cc}/u.test(text.trim());
  return isText ? 'it holds text: have the node before this one give text, not a Buffer' : undefined;
}
