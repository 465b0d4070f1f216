/** What readings take on the disk. */

/** A number: its time and its value, in bytes. */
export const BYTES_PER_NUMBER = 16;

/** What a text takes beside its bytes: its row and its part of the two indexes, in bytes. */
const BYTES_BESIDE_TEXT = 60;

/** What a text takes, in bytes. */
export function bytesOfText(text: string): number {
  return BYTES_BESIDE_TEXT + Buffer.byteLength(text);
}
