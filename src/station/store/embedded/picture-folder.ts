/** Pictures as files of a folder, named by the SHA-1 of their bytes: a database would write each byte three times. */
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createImageInspector } from '../../../image';
import { failed, success, type Result } from '../../../result';
import {
  fileFailureOf,
  makePrivateFolderAsync,
  syncFolderAsync,
  type StorageFailure,
} from '../../../storage';
import { isPictureId, type StagedPicture } from '../contract';
import { createNameReservations } from './reservations';

/** Writes one picture to a file with a temporary name. Its functions do not reject. */
export interface PictureWriter {
  /** Writes the next bytes; not to be called again before it has resolved. */
  write(chunk: Uint8Array): Promise<void>;
  /** Syncs the file; the failure is that of the first write that failed. */
  finish(): Promise<Result<StagedPicture, StorageFailure>>;
  discard(): Promise<void>;
}

export interface PictureFolder {
  receive(): PictureWriter;
  /** Gives staged pictures their final names, then runs `commitRows`, which commits the rows that name them. */
  commit<Value>(
    pictures: readonly StagedPicture[],
    commitRows: () => Promise<Result<Value, StorageFailure>>,
  ): Promise<Result<Value, StorageFailure>>;
  /** Deletes pictures that no row names, except those that are being committed. */
  remove(ids: readonly string[]): Promise<void>;
  /** Deletes the files of earlier runs that no row names. */
  sweep(named: ReadonlySet<string>): Promise<void>;
  /** Deletes nothing from now on: another may be using the folder. What is left is swept at the next start. */
  close(): void;
  /** The path of a picture, whether it is there or not. */
  readonly pathOf: (id: string) => string;
}

const WRITING_FAILED = 'The picture could not be written';

/** Bytes that are hashed and inspected before other work may run: a millisecond on a Raspberry Pi. */
const HASH_STEP = 2 ** 18;

/**
 * @param folder made, with its parents, when a picture is received and it is missing
 * @param onMade called then: where it is not the first time, its pictures are gone
 */
export function createPictureFolder(folder: string, onMade: () => void = () => {}): PictureFolder {
  // Tells this run's temporary files from those of earlier runs.
  const run = randomBytes(6).toString('hex');
  const reservations = createNameReservations();
  // Ids committed since the start, until the sweep: its list of named pictures may be older than their rows.
  let committedSinceStart: Set<string> | undefined = new Set();
  let count = 0;
  let isClosed = false;

  const pathOf = (name: string) => join(folder, name);
  const discard = (name: string) => rm(pathOf(name), { force: true }).catch(ignore);

  async function create(name: string): Promise<FileHandle> {
    if (await makePrivateFolderAsync(folder)) onMade();
    return open(pathOf(name), 'wx', 0o600);
  }

  function receive(): PictureWriter {
    const name = `${run}-${(count += 1)}.tmp`;
    return new FileWriter(create(name), name, () => discard(name));
  }

  async function commit<Value>(
    pictures: readonly StagedPicture[],
    commitRows: () => Promise<Result<Value, StorageFailure>>,
  ): Promise<Result<Value, StorageFailure>> {
    if (pictures.length === 0) return commitRows();
    const ids = pictures.map(({ id }) => id);
    for (const id of ids) committedSinceStart?.add(id);
    const release = await reservations.reserve(ids);
    try {
      for (const { file, id } of pictures) await rename(pathOf(file), pathOf(id));
      await syncFolderAsync(folder);
      await syncFolderAsync(dirname(folder));
      return await commitRows();
    } catch (error) {
      return failed(fileFailureOf(WRITING_FAILED, error));
    } finally {
      // Not at once: an earlier commit that deleted the last row of a picture reports it while it is still reserved.
      setImmediate(release);
    }
  }

  async function remove(ids: readonly string[]): Promise<void> {
    await reservations.remove(ids.filter(isPictureId), async (id) => {
      if (!isClosed) await discard(id);
    });
  }

  async function sweep(named: ReadonlySet<string>): Promise<void> {
    const files = await readdir(folder).catch(() => []);
    const unfinished = files.filter((file) => file.endsWith('.tmp') && !file.startsWith(`${run}-`));
    for (const file of unfinished) await discard(file);
    await remove(
      files.filter((file) => isPictureId(file) && !named.has(file) && !committedSinceStart?.has(file)),
    );
    committedSinceStart = undefined;
  }

  function close(): void {
    isClosed = true;
  }

  return { receive, commit, remove, sweep, close, pathOf };
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
