/** Receives a picture as a file: hashed and written as it comes in, then synced. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createImageInspector } from '../../../image';
import { failed, success, type Result } from '../../../result';
import { fileFailureOf, type StorageFailure } from '../../../storage';
import type { StagedPicture } from '../contract';

/** Writes one picture to a file with a temporary name. Its functions do not reject. */
export interface PictureWriter {
  /** Writes the next bytes; not to be called again before it has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** Syncs the file; the failure is that of the first write that failed. */
  finish(): Promise<Result<StagedPicture, StorageFailure>>;
  discard(): Promise<void>;
}

export const WRITING_FAILED = 'The picture could not be written';

/** Bytes that are hashed and inspected before other work may run: a millisecond on a Raspberry Pi. */
const HASH_STEP = 2 ** 18;

/** @param name of the file, which is its temporary one */
export function createPictureWriter(
  file: Promise<FileHandle>,
  name: string,
  deleteFile: () => Promise<void>,
): PictureWriter {
  return new FileWriter(file, name, deleteFile);
}

class FileWriter implements PictureWriter {
  readonly #file: Promise<FileHandle>;
  readonly #name: string;
  readonly #deleteFile: () => Promise<void>;
  readonly #hash = createHash('sha1');
  readonly #inspector = createImageInspector();
  #bytes = 0;
  #problem: unknown;
  #isClosed = false;

  constructor(file: Promise<FileHandle>, name: string, deleteFile: () => Promise<void>) {
    this.#file = file;
    this.#name = name;
    this.#deleteFile = deleteFile;
    // The first write or `finish` reports a failure; until then it must not count as unhandled.
    file.catch(ignore);
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length && this.#problem === undefined; from += HASH_STEP) {
      const part = chunk.subarray(from, from + HASH_STEP);
      if (from > 0) await nextTurn();
      this.#hash.update(part);
      this.#inspector.write(part);
      this.#bytes += part.length;
      await this.#attempt(async (file) => {
        for (let done = 0; done < part.length;) done += (await file.write(part, done)).bytesWritten;
      });
    }
  }

  async finish(): Promise<Result<StagedPicture, StorageFailure>> {
    if (this.#isClosed) return failed({ kind: 'closed', message: 'The picture was discarded' });
    await this.#attempt((file) => file.sync());
    await this.#close();
    if (this.#problem !== undefined) {
      await this.#deleteFile();
      return failed(fileFailureOf(WRITING_FAILED, this.#problem));
    }
    const verdict = this.#inspector.finish();
    const id = this.#hash.digest('hex');
    return success({ id, bytes: this.#bytes, verdict, file: this.#name, discard: this.#deleteFile });
  }

  async discard(): Promise<void> {
    await this.#close();
    await this.#deleteFile();
  }

  async #attempt(work: (file: FileHandle) => Promise<void>): Promise<void> {
    try {
      if (this.#problem === undefined) await work(await this.#file);
    } catch (error) {
      this.#problem ??= error;
    }
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#file.then((file) => file.close()).catch((error: unknown) => (this.#problem ??= error));
  }
}

function ignore(): void {}
