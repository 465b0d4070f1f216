/** A request's body in multipart/form-data: one part `json`, and pictures whose part names are the fields. */
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { describe, success, type Result } from '../../result';
import { refuse, type Refusal } from '../protocol';
import type { ReceivedPicture, StagedPicture, Store } from '../store';
import type { BodyReader } from './body';
import { MAX_JSON_BYTES, MAX_PART_HEADERS, MAX_PART_HEADER_BYTES, MAX_PARTS } from './limits';

export interface Form {
  /** The text of the part `json`. */
  readonly json: Buffer;
  /** The other parts, in their order, staged on the disk; they may be no pictures. The caller discards them in the end. */
  readonly files: readonly (readonly [name: string, file: StagedPicture])[];
}

const UNREADABLE = 'The multipart body cannot be read: it is cut off or has a wrong boundary.';

/** Creates the reader of a body with this content type, or a refusal where there can be none. */
export function createMultipartBody(
  contentType: string,
  store: Pick<Store, 'receivePicture'>,
): Result<BodyReader<Form>, Refusal> {
  try {
    const busboy = new Busboy({
      headers: { 'content-type': contentType },
      // Every part is received as bytes: its content tells whether it is a picture.
      isPartAFile: () => true,
      limits: { parts: MAX_PARTS, headerPairs: MAX_PART_HEADERS, headerSize: MAX_PART_HEADER_BYTES },
    });
    return success(new MultipartBody(busboy, store));
  } catch {
    // The parser throws where the boundary is missing or longer than it can search for.
    return refuse('invalid', 'The Content-Type has no usable multipart boundary.');
  }
}

type Staged = Result<StagedPicture, Refusal>;

class MultipartBody implements BodyReader<Form> {
  readonly #busboy: BusboyInstance;
  readonly #store: Pick<Store, 'receivePicture'>;
  readonly #json: Buffer[] = [];
  readonly #incoming: ReceivedPicture[] = [];
  readonly #files = new Map<string, Promise<Staged>>();
  #hasJson = false;
  #isCancelled = false;
  #finish: (result: Result<Form, Refusal>) => void = () => {};

  constructor(busboy: BusboyInstance, store: Pick<Store, 'receivePicture'>) {
    this.#busboy = busboy;
    this.#store = store;
  }

  start(finish: (result: Result<Form, Refusal>) => void): void {
    this.#finish = finish;
    this.#busboy
      .on('file', (name, stream) => this.#takePart(name, stream))
      .on('partsLimit', () => this.#fail(`The request has more than ${MAX_PARTS} parts.`))
      .on('error', () => this.#fail(UNREADABLE))
      .on('finish', () => void this.#complete());
  }

  write(chunk: Buffer, done: () => void): void {
    if (this.#busboy.write(chunk)) done();
    else this.#busboy.once('drain', done);
  }

  end(): void {
    this.#busboy.end();
  }

  cancel(): void {
    this.#isCancelled = true;
    for (const incoming of this.#incoming) void incoming.discard();
  }

  #fail(message: string): void {
    this.#finish(refuse('invalid', message));
  }

  #takePart(name: string | undefined, stream: BusboyFileStream): void {
    stream.on('error', () => this.#fail(UNREADABLE));
    if (this.#isCancelled) stream.resume();
    else if (name === undefined) this.#fail('A part of the request has no name.');
    else if (this.#files.has(name) || (name === 'json' && this.#hasJson)) {
      this.#fail(`The part ${describe(name)} is there twice.`);
    } else if (name === 'json') this.#takeJson(stream);
    else {
      const incoming = this.#store.receivePicture();
      this.#incoming.push(incoming);
      this.#files.set(name, writePart(stream, incoming));
    }
  }

  #takeJson(stream: BusboyFileStream): void {
    this.#hasJson = true;
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      // `decodeJson` refuses what is too large; there is no reason to collect more of it.
      if (bytes <= MAX_JSON_BYTES) this.#json.push(chunk);
      bytes += chunk.length;
    });
  }

  async #complete(): Promise<void> {
    if (!this.#hasJson) {
      this.#fail('The part "json" with the "timestamp" is missing.');
      return;
    }
    const files: (readonly [string, StagedPicture])[] = [];
    for (const [name, staging] of this.#files) {
      const staged = await staging;
      if (!staged.ok) {
        this.#finish(staged);
        return;
      }
      files.push([name, staged.value]);
    }
    this.#finish(success({ json: Buffer.concat(this.#json), files }));
  }
}

/** Writes a part to the disk as it is received. */
async function writePart(stream: BusboyFileStream, incoming: ReceivedPicture): Promise<Staged> {
  try {
    for await (const chunk of stream) await incoming.write(chunk);
  } catch {
    // The stream's `error` listener has finished the reception with the reason.
  }
  return incoming.finish();
}
