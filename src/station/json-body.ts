/** A request's body that is JSON. */
import type { IncomingMessage } from 'node:http';
import { success, type Result } from '../result';
import type { BodyReader, Receiver } from './body';
import { decodeJson } from './json';
import { MAX_JSON_BYTES } from './limits';
import type { Refusal } from './refusal';

/** The decoded body of `request`. */
export async function receiveJson(
  receiver: Receiver,
  request: IncomingMessage,
): Promise<Result<unknown, Refusal>> {
  // Where Node-RED's editor shares our root path, its body parser has read JSON before it comes here; `_body` is how
  // express' parsers say so.
  if (Reflect.get(request, '_body') === true) return success(Reflect.get(request, 'body'));
  return receiver.receive(request, new JsonBody());
}

class JsonBody implements BodyReader<unknown> {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #settle: (result: Result<unknown, Refusal>) => void = () => {};

  start(settle: (result: Result<unknown, Refusal>) => void): void {
    this.#settle = settle;
  }

  write(chunk: Buffer, done: () => void): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    // Judged by what decodes it; there is only no reason to go on receiving what it will refuse.
    if (this.#bytes > MAX_JSON_BYTES) this.end();
    else done();
  }

  end(): void {
    this.#settle(decodeJson('The body', Buffer.concat(this.#chunks)));
  }

  cancel(): void {
    this.#chunks.length = 0;
  }
}
