/** A request's body that is JSON. */
import type { Result } from '../result';
import type { BodyReader } from './body';
import { decodeJson } from './json';
import { MAX_JSON_BYTES } from './limits';
import type { Refusal } from './refusal';

export class JsonBody implements BodyReader<unknown> {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #settle: (result: Result<unknown, Refusal>) => void = () => {};

  start(settle: (result: Result<unknown, Refusal>) => void): void {
    this.#settle = settle;
  }

  write(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    // Judged by what decodes it; there is only no reason to go on receiving what it will refuse.
    if (this.#bytes > MAX_JSON_BYTES) this.end();
  }

  end(): void {
    this.#settle(decodeJson('The body', Buffer.concat(this.#chunks)));
  }
}
