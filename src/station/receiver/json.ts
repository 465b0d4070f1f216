/** JSON from outside, decoded within bounds of size and depth. */
import { success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import { MAX_JSON_BYTES, MAX_JSON_DEPTH } from './limits';

/** Decodes JSON text. @param what how the message calls it, as in `The body` */
export function decodeJson(what: string, bytes: Buffer): Result<unknown, Refusal> {
  const size = checkJsonSize(what, bytes);
  if (!size.ok) return size;
  const text = decodeUtf8(bytes);
  if (text === undefined) return refuse('invalid', `${what} is not UTF-8 text.`);
  if (isTooDeep(text)) return refuse('invalid', `${what} nests deeper than ${MAX_JSON_DEPTH} levels.`);
  try {
    const value: unknown = JSON.parse(text);
    return success(value);
  } catch {
    return refuse('invalid', `${what} is not JSON.`);
  }
}

/** Refuses bytes that are more than JSON, and what holds it, may have. @param what as in `decodeJson` */
export function checkJsonSize(what: string, bytes: Buffer): Result<undefined, Refusal> {
  if (bytes.length <= MAX_JSON_BYTES) return success(undefined);
  return refuse('tooLarge', `${what} is larger than the ${MAX_JSON_BYTES} bytes that JSON may have here.`);
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Counts brackets outside of strings: millions of open ones would cost the decoder more memory than there is. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString && character === '\\') index++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > MAX_JSON_DEPTH) return true;
  }
  return false;
}
