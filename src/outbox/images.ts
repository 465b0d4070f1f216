import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { failed, success, type Result } from '../result';
import { fileFailureOf, isMissingFile, makePrivateFolderAsync, READ_OWN, syncFolderAsync } from '../storage';
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

/** Images as files in a folder of their own, because a database would write each byte three times. */
export interface ImageFolder {
  /** Writes images, synced; if one fails, all are deleted again. */
  store(images: readonly NewImage[]): Promise<Result<readonly StoredImage[], OutboxFailure>>;
  /** Reads an image; fails as `damaged` if it differs from what was written. */
  read(image: StoredImage): Promise<Result<Uint8Array, OutboxFailure>>;
  /** Deletes files; a missing file is not an error. */
  remove(images: readonly StoredImage[]): Promise<void>;
  /** Deletes the files of earlier runs that no item names. */
  sweep(named: ReadonlySet<string>): Promise<void>;
  /** Moves the files of earlier runs that no item names to another folder. @returns how many; rejects where one stays */
  moveAway(named: ReadonlySet<string>, to: string): Promise<number>;
}

const WRITING_FAILED = 'The image could not be written';

/** Bytes of which the checksum is computed in one step, between which other work can run. */
const SUM_STEP = 2 ** 20;

/**
 * The images in a folder, which is made for the first one.
 * @param onMade called where the folder was missing: where it is not the first time, its images are gone
 */
export function createImageFolder(folder: string, onMade: () => void = () => {}): ImageFolder {
  // Marks the files of this run, which a sweep must not delete because their rows may not be committed yet.
  const run = randomBytes(6).toString('hex');
  let count = 0;
  const makeFolder = folderMaker(folder, onMade);

  async function store(images: readonly NewImage[]): Promise<Result<readonly StoredImage[], OutboxFailure>> {
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
      const bytes = await readFile(join(folder, file), { flag: READ_OWN });
      if (bytes.length === size && (await sumOf(bytes)) === sum) return success(bytes);
      return failed(damaged('came back from the disk altered'));
    } catch (error) {
      if (isTransient(error)) return failed(fileFailureOf('The image could not be read', error));
      if (isMissingFile(error)) return failed(GONE);
      return failed(damaged(`cannot be read (${textOf(error)})`));
    }
  }

  async function remove(images: readonly StoredImage[]): Promise<void> {
    // The next start sweeps what cannot be deleted now.
    for (const { file } of images) await rm(join(folder, file), { force: true }).catch(ignore);
  }

  return { store, read, remove, ...createSweeping(folder, (file) => file.startsWith(`${run}-`)) };
}

/** @param isOwn whether a file is of this run */
function createSweeping(
  folder: string,
  isOwn: (file: string) => boolean,
): Pick<ImageFolder, 'sweep' | 'moveAway'> {
  async function unnamedFiles(named: ReadonlySet<string>): Promise<readonly string[]> {
    const files = await readdir(folder).catch(() => []);
    return files.filter((file) => !isOwn(file) && !named.has(file));
  }

  async function sweep(named: ReadonlySet<string>): Promise<void> {
    for (const file of await unnamedFiles(named)) await rm(join(folder, file), { force: true }).catch(ignore);
  }

  async function moveAway(named: ReadonlySet<string>, to: string): Promise<number> {
    const files = await unnamedFiles(named);
    for (const file of files) await rename(join(folder, file), join(to, file));
    if (files.length > 0) for (const changed of [to, folder]) await syncFolderAsync(changed);
    return files.length;
  }

  return { sweep, moveAway };
}

/** Makes a folder that survives a power cut. Its parent is only synced once, because a sync takes time. */
function folderMaker(folder: string, onMade: () => void): () => Promise<void> {
  let isSynced = false;
  return async () => {
    const isMade = await makePrivateFolderAsync(folder);
    if (!isMade && !isSynced) await syncFolderAsync(dirname(folder));
    isSynced = true;
    if (isMade) onMade();
  };
}

/**
 * The images that a row names; none if the text is damaged, which can be as the checksum of the row may not have been
 * checked.
 */
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

const GONE: OutboxFailure = {
  kind: 'damaged',
  message: "The image's file is gone: it was deleted or moved away while it waited",
};

/** Errors of a system that is short of resources, which say nothing about the file. */
const TRANSIENT_CODES: readonly unknown[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR'];

function isTransient(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TRANSIENT_CODES.includes(error.code);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function ignore(): void {}
