/** A request's body that is JSON. */
import type { IncomingMessage } from 'node:http';
import { success, type Result } from '../../result';
import type { Refusal } from '../protocol';
import type { BodyReader, BodyReceiver } from './body';
import { decodeJson } from './json';
import { MAX_JSON_BYTES } from './limits';

/** Receives and decodes the body of `request`. */
export async function receiveJson(
  bodies: BodyReceiver,
  request: IncomingMessage,
): Promise<Result<unknown, Refusal>> {
  // Where Node-RED's editor has the same root path, its body parser has already read the JSON; express' parsers mark
  // that with `_body`.
  if (Reflect.get(request, '_body') === true) return success(Reflect.get(request, 'body'));
  return bodies.receive(request, createJsonReader());
}

function createJsonReader(): BodyReader<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let finish: ((result: Result<unknown, Refusal>) => void) | undefined;

  const end = () => finish?.(decodeJson('The body', Buffer.concat(chunks)));

  return {
    start: (onFinished) => {
      finish = onFinished;
    },
    write: (chunk, done) => {
      bytes += chunk.length;
      chunks.push(chunk);
      // `decodeJson` refuses what is too large; there is no reason to receive the rest of it.
      if (bytes > MAX_JSON_BYTES) end();
      else done();
    },
    end,
    cancel: () => {
      chunks.length = 0;
    },
  };
}
