import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { failed, success, type Result } from '../result';
import { fileFailureOf, syncFolderAsync } from '../storage';
import type { NewImage, OutboxFailure } from './types';

/** An image as the row of its item names it. */
export interface StoredImage {
  readonly field: string;
  /** The name of its file. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  readonly sum: number;
}

/** Images as files in a folder of their own: a database would write each byte three times. */
export interface ImageFolder {
  /** Writes images so that a power cut does not take them back; where one fails, none is left. */
  keep(images: readonly NewImage[]): Promise<Result<readonly StoredImage[], OutboxFailure>>;
  /** Reads an image; `damaged` where it is not what was kept. */
  read(image: StoredImage): Promise<Result<Uint8Array, OutboxFailure>>;
  /** Deletes files; one that is not there is no failure. */
  remove(images: readonly StoredImage[]): Promise<void>;
  /** Deletes the files of earlier runs that no item names. */
  sweep(named: ReadonlySet<string>): Promise<void>;
}

const WRITING_FAILED = 'The image could not be written';

/** Bytes that are summed at a time, between which others may run. */
const SUM_STEP = 2 ** 20;

/** The images in `folder`, which is made when there is one. */
export function createImageFolder(folder: string): ImageFolder {
  // Tells this run's files, whose rows may be on their way, from those of earlier runs.
  const run = randomBytes(6).toString('hex');
  let count = 0;
  const makeFolder = folderMaker(folder);

  async function keep(images: readonly NewImage[]): Promise<Result<readonly StoredImage[], OutboxFailure>> {
    if (images.length === 0) return success([]);
    const files = images.map(() => `${run}-${(count += 1)}`);
    const stored: StoredImage[] = [];
    try {
      await makeFolder();
      for (const [index, { field, bytes }] of images.entries()) {
        const file = files[index] ?? '';
        const [sum] = await Promise.all([sumOf(bytes), write(file, bytes)]);
        stored.push({ field, file, size: bytes.length, sum });
      }
      await syncFolderAsync(folder);
      return success(stored);
    } catch (error) {
      for (const file of files)
        for (const name of [file, unfinished(file)])
          await rm(join(folder, name), { force: true }).catch(ignore);
      return failed(fileFailureOf(WRITING_FAILED, error));
    }
  }

  async function write(file: string, bytes: Uint8Array): Promise<void> {
    const handle = await open(join(folder, unfinished(file)), 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(join(folder, unfinished(file)), join(folder, file));
  }

  async function read({ file, size, sum }: StoredImage): Promise<Result<Uint8Array, OutboxFailure>> {
    try {
      const bytes = await readFile(join(folder, file));
      if (bytes.length === size && (await sumOf(bytes)) === sum) return success(bytes);
      return failed(damaged('came back from the disk altered'));
    } catch (error) {
      if (isPassing(error)) return failed(fileFailureOf('The image could not be read', error));
      return failed(damaged(`cannot be read (${textOf(error)})`));
    }
  }

  async function remove(images: readonly StoredImage[]): Promise<void> {
    // What cannot be deleted now is swept at the next start.
    for (const { file } of images) await rm(join(folder, file), { force: true }).catch(ignore);
  }

  async function sweep(named: ReadonlySet<string>): Promise<void> {
    const files = await readdir(folder).catch(() => []);
    for (const file of files)
      if (!file.startsWith(`${run}-`) && !named.has(file))
        await rm(join(folder, file), { force: true }).catch(ignore);
  }

  return { keep, read, remove, sweep };
}

/** Makes `folder` so that a power cut does not take it back; the folder above is synced once, for each sync costs time. */
function folderMaker(folder: string): () => Promise<void> {
  let isSynced = false;
  return async () => {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made === undefined && isSynced) return;
    await syncFolderAsync(dirname(folder));
    isSynced = true;
  };
}

/** The images that a row names; none where the text is damaged, as in a row whose sum nobody has checked. */
export function imagesOf(text: string): readonly StoredImage[] {
  if (text === '') return [];
  try {
    // Written by `accept`.
    const images: readonly StoredImage[] = JSON.parse(text);
    return images;
  } catch {
    return [];
  }
}

function unfinished(file: string): string {
  return `${file}.tmp`;
}

async function sumOf(bytes: Uint8Array): Promise<number> {
  let sum = 0;
  for (let position = 0; position < bytes.length; position += SUM_STEP) {
    sum = crc32(bytes.subarray(position, position + SUM_STEP), sum);
    await nextTurn();
  }
  return sum;
}

function damaged(what: string): OutboxFailure {
  return { kind: 'damaged', message: `The image ${what}: the disk may be failing` };
}

/** What the system lacks when too much is open at once: it says nothing about the file. */
const PASSING: readonly unknown[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR'];

function isPassing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && PASSING.includes(error.code);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function ignore(): void {}
