/** A request's body with a password: a form, or JSON. */
import type { IncomingMessage } from 'node:http';
import { isPlainObject } from '../../fields';
import { success, type Result } from '../../result';
import { MAX_SIGN_IN_BYTES } from '../access';
import { refuse, type Refusal } from '../protocol';
import { checkEncoding, mediaTypeOf, type BodyReader, type BodyReceiver } from './body';
import { decodeJson } from './json';

/** The password in the body's field `password`. */
export async function receivePassword(
  bodies: BodyReceiver,
  request: IncomingMessage,
): Promise<Result<string, Refusal>> {
  const encoding = checkEncoding(request);
  if (!encoding.ok) return encoding;
  const isJson = mediaTypeOf(request) === 'application/json';
  // Another parser may have read the body before, see receiveJson.
  if (Reflect.get(request, '_body') === true) return passwordOf(Reflect.get(request, 'body'));
  const bytes = await bodies.receive(request, createSmallReader());
  if (!bytes.ok) return bytes;
  if (!isJson) return passwordOf(Object.fromEntries(new URLSearchParams(bytes.value.toString())));
  const decoded = decodeJson('The body', bytes.value);
  return decoded.ok ? passwordOf(decoded.value) : decoded;
}

function passwordOf(body: unknown): Result<string, Refusal> {
  const password = isPlainObject(body) ? body['password'] : undefined;
  return typeof password === 'string'
    ? success(password)
    : refuse('invalid', 'Send the password as the field "password" of a form or of JSON.');
}

function createSmallReader(): BodyReader<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let finish: ((result: Result<Buffer, Refusal>) => void) | undefined;
  return {
    start: (onFinished) => {
      finish = onFinished;
    },
    write: (chunk, done) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > MAX_SIGN_IN_BYTES) finish?.(refuse('tooLarge', 'No password is as long as this body.'));
      else done();
    },
    end: () => finish?.(success(Buffer.concat(chunks))),
    cancel: () => {
      chunks.length = 0;
    },
  };
}
