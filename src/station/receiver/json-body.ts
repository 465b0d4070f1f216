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
  return bodies.receive(request, new JsonBody());
}

class JsonBody implements BodyReader<unknown> {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #finish: (result: Result<unknown, Refusal>) => void = () => {};

  start(finish: (result: Result<unknown, Refusal>) => void): void {
    this.#finish = finish;
  }

  write(chunk: Buffer, done: () => void): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    // `decodeJson` refuses what is too large; there is no reason to receive the rest of it.
    if (this.#bytes > MAX_JSON_BYTES) this.end();
    else done();
  }

  end(): void {
    this.#finish(decodeJson('The body', Buffer.concat(this.#chunks)));
  }

  cancel(): void {
    this.#chunks.length = 0;
  }
}
