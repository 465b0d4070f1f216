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
  if (isTooDeep(text)) return tooDeep(what);
  try {
    const value: unknown = JSON.parse(text);
    return success(value);
  } catch {
    return refuse('invalid', `${what} is not JSON.`);
  }
}

/** Refuses bytes that are more than JSON, and what holds it, may have. @param what as in `decodeJson` */
export function checkJsonSize(what: string, bytes: Buffer): Result<undefined, Refusal> {
  return bytes.length <= MAX_JSON_BYTES ? success(undefined) : tooLarge(what);
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

/**
 * Holds what somebody else has decoded to the same bounds. Its text is not there any more, but had at least as many bytes
 * as are counted here.
 * @param what as in `decodeJson`
 */
export function checkDecoded(what: string, decoded: unknown): Result<unknown, Refusal> {
  let bytes = 0;
  let level: readonly unknown[] = [decoded];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= MAX_JSON_DEPTH && level.some(isNest)) return tooDeep(what);
    for (const value of level) bytes += leastBytesOf(value);
    if (bytes > MAX_JSON_BYTES) return tooLarge(what);
    level = level.flatMap((value) => (isNest(value) ? Object.values(value) : []));
  }
  return success(decoded);
}

function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A value's text without what is in it; each has at least a digit, a comma or a bracket. */
function leastBytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 1;
  if (!isNest(value) || Array.isArray(value)) return 1;
  return Object.keys(value).reduce((bytes, key) => bytes + key.length, 1);
}

function tooDeep(what: string) {
  return refuse('invalid', `${what} nests deeper than ${MAX_JSON_DEPTH} levels.`);
}

/** The refusal of JSON that is too large. @param what as in `decodeJson` */
export function tooLarge(what: string) {
  return refuse('tooLarge', `${what} is larger than the ${MAX_JSON_BYTES} bytes that JSON may have here.`);
}
