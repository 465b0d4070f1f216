/** Pictures as files of a folder, named by the SHA-1 of their bytes: a database would write each byte three times. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { detectImageType, type ImageType } from '../../image';
import { failed, success, type Result } from '../../result';
import { fileFailureOf, syncFolderAsync, type StorageFailure } from '../../storage';
import { Pins } from './pins';

/** A picture that has come completely and is not kept yet: a file with a temporary name, on the disk. */
export interface StagedPicture {
  /** The SHA-1 of its bytes in 40 hex digits. */
  readonly id: string;
  readonly bytes: number;
  /** What its first bytes say that it is; undefined where it is no picture. */
  readonly type: ImageType | undefined;
  /** The name of its file until it is kept. */
  readonly file: string;
  /** Deletes the file, unless it was kept meanwhile. */
  discard(): Promise<void>;
}

/** A picture that is coming. Its functions do not reject. */
export interface IncomingPicture {
  /** Writes the next bytes; not to be called again before it has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** Syncs the file; the failure is that of the first write that failed. */
  finish(): Promise<Result<StagedPicture, StorageFailure>>;
  discard(): Promise<void>;
}

export interface PictureFolder {
  receive(): IncomingPicture;
  /** Gives staged pictures their names for good, then has their rows committed by `commit`. */
  keep<Value>(
    pictures: readonly StagedPicture[],
    commit: () => Promise<Result<Value, StorageFailure>>,
  ): Promise<Result<Value, StorageFailure>>;
  /** Deletes pictures that no row names, unless one is just being kept. */
  remove(ids: readonly string[]): Promise<void>;
  /** Deletes the files of earlier runs that no row names. */
  sweep(named: ReadonlySet<string>): Promise<void>;
  /** Deletes nothing from now on: another may be using the folder. What is left is swept at the next start. */
  close(): void;
  /** Where the picture with an id is, kept or not. */
  readonly pathOf: (id: string) => string;
}

const WRITING_FAILED = 'The picture could not be written';

/** The bytes that tell a picture's type. */
const HEAD_BYTES = 12;

/** Bytes that are summed at a time, between which others may run: a millisecond on a Raspberry Pi. */
const SUM_STEP = 2 ** 18;

const ID = /^[0-9a-f]{40}$/;

/** Whether a text is the id of a picture: what is, can be part of a path. */
export function isPictureId(text: string): boolean {
  return ID.test(text);
}

/** @param folder made, with its parents, when a picture comes */
export function createPictureFolder(folder: string): PictureFolder {
  // Tells this run's files from those of earlier ones.
  const run = randomBytes(6).toString('hex');
  const pins = new Pins();
  // Until the sweep, which may not hear of their rows.
  let keptSinceStart: Set<string> | undefined = new Set();
  let count = 0;
  let isClosed = false;

  const pathOf = (name: string) => join(folder, name);
  const discard = (name: string) => rm(pathOf(name), { force: true }).catch(ignore);

  async function create(name: string): Promise<FileHandle> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return open(pathOf(name), 'wx', 0o600);
  }

  function receive(): IncomingPicture {
    const name = `${run}-${(count += 1)}.tmp`;
    return new Reception(create(name), name, () => discard(name));
  }

  async function keep<Value>(
    pictures: readonly StagedPicture[],
    commit: () => Promise<Result<Value, StorageFailure>>,
  ): Promise<Result<Value, StorageFailure>> {
    if (pictures.length === 0) return commit();
    const ids = pictures.map(({ id }) => id);
    for (const id of ids) keptSinceStart?.add(id);
    const unpin = await pins.pin(ids);
    try {
      for (const { file, id } of pictures) await rename(pathOf(file), pathOf(id));
      await syncFolderAsync(folder);
      await syncFolderAsync(dirname(folder));
      return await commit();
    } catch (error) {
      return failed(fileFailureOf(WRITING_FAILED, error));
    } finally {
      // Not at once: what a commit before this one deleted is to be heard of while it still counts as used.
      setImmediate(unpin);
    }
  }

  async function remove(ids: readonly string[]): Promise<void> {
    await pins.remove(ids.filter(isPictureId), async (id) => {
      if (!isClosed) await discard(id);
    });
  }

  async function sweep(named: ReadonlySet<string>): Promise<void> {
    const files = await readdir(folder).catch(() => []);
    const unfinished = files.filter((file) => file.endsWith('.tmp') && !file.startsWith(`${run}-`));
    for (const file of unfinished) await discard(file);
    await remove(files.filter((file) => isPictureId(file) && !named.has(file) && !keptSinceStart?.has(file)));
    keptSinceStart = undefined;
  }

  function close(): void {
    isClosed = true;
  }

  return { receive, keep, remove, sweep, close, pathOf };
}

class Reception implements IncomingPicture {
  readonly #file: Promise<FileHandle>;
  readonly #name: string;
  readonly #discard: () => Promise<void>;
  readonly #sum = createHash('sha1');
  #head = Buffer.alloc(0);
  #bytes = 0;
  #problem: unknown;
  #isClosed = false;

  constructor(file: Promise<FileHandle>, name: string, discard: () => Promise<void>) {
    this.#file = file;
    this.#name = name;
    this.#discard = discard;
    // Whoever awaits it hears of it.
    file.catch(ignore);
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length && this.#problem === undefined; from += SUM_STEP) {
      const part = chunk.subarray(from, from + SUM_STEP);
      if (from > 0) await nextTurn();
      this.#sum.update(part);
      if (this.#head.length < HEAD_BYTES)
        this.#head = Buffer.concat([this.#head, part.subarray(0, HEAD_BYTES)]);
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
      await this.#discard();
      return failed(fileFailureOf(WRITING_FAILED, this.#problem));
    }
    const type = detectImageType(this.#head);
    const id = this.#sum.digest('hex');
    return success({ id, bytes: this.#bytes, type, file: this.#name, discard: this.#discard });
  }

  async discard(): Promise<void> {
    await this.#close();
    await this.#discard();
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
