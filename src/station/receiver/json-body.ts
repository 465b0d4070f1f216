/** A request's body that is JSON, or a form with JSON in its field `json`. */
import type { IncomingMessage } from 'node:http';
import { isPlainObject } from '../../fields';
import { failed, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import { mediaTypeOf, type BodyReader, type BodyReceiver } from './body';
import { checkDecoded, checkJsonSize, decodeJson, tooLarge } from './json';
import { MAX_FORM_FIELDS, MAX_JSON_BYTES } from './limits';

const FORM = 'application/x-www-form-urlencoded';

/**
 * Receives and decodes the body of `request`. What begins as a JSON object does is JSON, whatever the Content-Type says:
 * `curl -d` says that it is a form, and the HTTP client of an ESP32 says nothing.
 * @param unsupported the refusal of a body that is neither called JSON nor looks like it
 */
export async function receiveJson(
  bodies: BodyReceiver,
  request: IncomingMessage,
  unsupported: Refusal,
): Promise<Result<unknown, Refusal>> {
  const mediaType = mediaTypeOf(request) ?? '';
  if (isParsed(request)) {
    const body: unknown = Reflect.get(request, 'body');
    return mediaType === FORM ? decodeField(body, unsupported) : checkParsed(request, body);
  }
  if (isJsonType(mediaType))
    return bodies.receive(
      request,
      createReader(() => true, decodeBody),
    );
  if (mediaType !== FORM) {
    return bodies.receive(
      request,
      createReader(looksLikeJson, (bytes) =>
        looksLikeJson(bytes) ? decodeBody(bytes) : failed(unsupported),
      ),
    );
  }
  return bodies.receive(
    request,
    createReader(
      () => true,
      (bytes) => (looksLikeJson(bytes) ? decodeBody(bytes) : decodeForm(bytes, unsupported)),
    ),
  );
}

/** Whether a parser of express has read the body: some mark that with `_body`, and all put the result into `body`. */
function isParsed(request: IncomingMessage): boolean {
  return Reflect.get(request, '_body') === true || (request.readableEnded && Reflect.has(request, 'body'));
}

/** The bounds of what was parsed before it got here, which `keepBodiesUnread` could not prevent. */
function checkParsed(request: IncomingMessage, body: unknown): Result<unknown, Refusal> {
  const length = Number(request.headers['content-length'] ?? 0);
  return length > MAX_JSON_BYTES ? tooLarge('The body') : checkDecoded('The body', body);
}

function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType === 'text/json' || mediaType.endsWith('+json');
}

function decodeBody(bytes: Buffer): Result<unknown, Refusal> {
  return decodeJson('The body', bytes);
}

function decodeForm(bytes: Buffer, unsupported: Refusal): Result<unknown, Refusal> {
  // What is larger was not received to its end.
  const size = checkJsonSize('The form', bytes);
  if (!size.ok) return size;
  // Counted first: 4 MB have room for millions of fields, which would take seconds to decode.
  const fields = bytes.toString().split('&', MAX_FORM_FIELDS + 1);
  if (fields.length > MAX_FORM_FIELDS)
    return refuse('invalid', `The form has more than ${MAX_FORM_FIELDS} fields.`);
  return decodeField({ json: new URLSearchParams(fields.join('&')).get('json') }, unsupported);
}

/** The JSON in the field `json` of a form. */
function decodeField(form: unknown, unsupported: Refusal): Result<unknown, Refusal> {
  const json = isPlainObject(form) ? form['json'] : undefined;
  if (typeof json !== 'string') return failed(unsupported);
  return decodeJson('The form field "json"', Buffer.from(json));
}

/** Whether a text begins as a JSON object or array does, after a byte order mark and white space. */
function looksLikeJson(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, MAX_BEFORE_JSON).replace(/^\u00ef\u00bb\u00bf/, '');
  return /^\s*[{[]/.test(start);
}

/** Bytes in which JSON begins: an indented template has some white space before it. */
const MAX_BEFORE_JSON = 200;

/**
 * @param isWanted whether the rest of a body is to be received, by its beginning
 * @param decode decodes a body, or the beginning of one that is not wanted
 */
function createReader(
  isWanted: (beginning: Buffer) => boolean,
  decode: (bytes: Buffer) => Result<unknown, Refusal>,
): BodyReader<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isChecked = false;
  let finish: ((result: Result<unknown, Refusal>) => void) | undefined;

  const end = () => finish?.(decode(Buffer.concat(chunks)));

  /** Whether the rest need not be received. `decode` refuses what is too large. */
  function isDecided(): boolean {
    if (bytes > MAX_JSON_BYTES) return true;
    if (isChecked || bytes < MAX_BEFORE_JSON) return false;
    isChecked = true;
    return !isWanted(Buffer.concat(chunks));
  }

  return {
    start: (onFinished) => {
      finish = onFinished;
    },
    write: (chunk, done) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (isDecided()) end();
      else done();
    },
    end,
    cancel: () => {
      chunks.length = 0;
    },
  };
}
