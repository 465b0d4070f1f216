/** A request's body in multipart/form-data: one part `json`, and pictures whose part names are the fields. */
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { describe, success, type Result } from '../result';
import type { BodyReader } from './body';
import { MAX_PART_HEADERS, MAX_PART_HEADER_BYTES, MAX_PARTS } from './limits';
import { refuse, type Refusal } from './refusal';

export interface Form {
  /** The text of the part `json`. */
  readonly json: Buffer;
  /** The other parts, in their order; nothing says that they are pictures. */
  readonly files: readonly (readonly [name: string, bytes: Buffer])[];
}

const UNREADABLE = 'The multipart body cannot be read: it is cut off or has a wrong boundary.';

/** @returns what reads a body of this content type, or why there can be none */
export function createMultipartBody(contentType: string): Result<BodyReader<Form>, Refusal> {
  try {
    const busboy = new Busboy({
      headers: { 'content-type': contentType },
      // Every part is taken as bytes: whether it is a picture is judged by its content.
      isPartAFile: () => true,
      limits: { parts: MAX_PARTS, headerPairs: MAX_PART_HEADERS, headerSize: MAX_PART_HEADER_BYTES },
    });
    return success(new MultipartBody(busboy));
  } catch {
    // The parser throws where the boundary is missing or longer than it can search for.
    return refuse('invalid', 'The Content-Type has no usable multipart boundary.');
  }
}

class MultipartBody implements BodyReader<Form> {
  readonly #busboy: BusboyInstance;
  readonly #parts = new Map<string, Buffer[]>();

  constructor(busboy: BusboyInstance) {
    this.#busboy = busboy;
  }

  start(settle: (result: Result<Form, Refusal>) => void): void {
    const fail = (message: string) => settle(refuse('invalid', message));
    this.#busboy
      .on('file', (name, stream) => this.#takePart(name, stream, fail))
      .on('partsLimit', () => fail(`The request has more than ${MAX_PARTS} parts.`))
      .on('error', () => fail(UNREADABLE))
      .on('finish', () => settle(this.#form()));
  }

  write(chunk: Buffer): void {
    // The request's own limit bounds what the parser buffers, so there is no need to wait for it.
    this.#busboy.write(chunk);
  }

  end(): void {
    this.#busboy.end();
  }

  #takePart(name: string | undefined, stream: BusboyFileStream, fail: (message: string) => void): void {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => fail(UNREADABLE));
    if (name === undefined) fail('A part of the request has no name.');
    else if (this.#parts.has(name)) fail(`The part ${describe(name)} is there twice.`);
    else this.#parts.set(name, chunks);
  }

  #form(): Result<Form, Refusal> {
    const parts = [...this.#parts].map(([name, chunks]) => [name, Buffer.concat(chunks)] as const);
    const json = parts.find(([name]) => name === 'json')?.[1];
    if (!json) return refuse('invalid', 'The part "json" with the "timestamp" is missing.');
    return success({ json, files: parts.filter(([name]) => name !== 'json') });
  }
}
