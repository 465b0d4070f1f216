import { StringDecoder } from 'node:string_decoder';

/** The largest file, in bytes: twice what a queue keeps by default. It is never in memory as a whole. */
const LARGEST_FILE = 512 * 2 ** 20;

/** The longest line, in characters: a reading with 15 MB of pictures in base64, and its texts. */
const LONGEST_LINE = 32 * 2 ** 20;

/** A file that is larger than any that is taken. */
export class UploadTooLarge extends Error {}

/** The lines of a text in UTF-8 that arrives in pieces. Throws `UploadTooLarge`, and what reading the pieces throws. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let size = 0;
  let rest: string[] = [];
  let restLength = 0;
  for await (const piece of pieces) {
    size += piece.length;
    const [first = '', ...others] = decoder.write(Buffer.from(piece)).split('\n');
    rest.push(first);
    restLength += first.length;
    if (size > LARGEST_FILE || restLength > LONGEST_LINE)
      throw new UploadTooLarge('The file, or a line of it, is too large');
    if (others.length === 0) continue;
    yield rest.join('');
    const last = others.pop() ?? '';
    yield* others;
    rest = [last];
    restLength = last.length;
  }
  yield rest.join('') + decoder.end();
}
