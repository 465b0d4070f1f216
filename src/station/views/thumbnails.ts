/** Small pictures, made one at a time and stored as files. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_THUMBNAILS, MAX_WAITING_THUMBNAILS } from './limits';

/** A picture of which a thumbnail is made. */
export interface UnshrunkPicture {
  readonly file: string;
  /** As many as its header tells: a picture that turns out to have more is not unpacked. */
  readonly pixels: number;
}

/** What makes thumbnails. */
export interface Shrinker {
  /** From a picture makes a JPEG that fits into 320 × 240 pixels in another file; rejects where it cannot. */
  readonly shrink: (picture: UnshrunkPicture, thumbnail: string) => Promise<void>;
  /** Releases what it needs for that. */
  readonly close: () => void;
}

export interface Thumbnails {
  /**
   * Finds the file of a thumbnail, and makes it where there is none yet.
   * @param id of a stored picture
   * @param picture undefined where none is to be made
   * @returns undefined where the full picture is to be shown instead
   */
  find(id: string, picture: UnshrunkPicture | undefined): Promise<string | undefined>;
  /** Deletes the thumbnails of pictures that were deleted. */
  remove(ids: readonly string[]): Promise<void>;
  close(): void;
}

const EXTENSION = '.jpg';

/** @param shrinker undefined where there is nothing that could make thumbnails */
export function createThumbnails(folder: string, shrinker: Shrinker | undefined): Thumbnails {
  const files = createThumbnailFiles(folder);
  /** Pictures whose thumbnail could not be made. */
  const failed = new Set<string>();
  const making = new Map<string, Promise<string | undefined>>();
  let last: Promise<unknown> = files.load();

  async function find(id: string, picture: UnshrunkPicture | undefined): Promise<string | undefined> {
    if (!shrinker || !picture || failed.has(id)) return undefined;
    await last.catch(ignore);
    const existing = files.use(id);
    if (existing !== undefined) return existing;
    const begun = making.get(id);
    if (begun) return begun;
    if (making.size >= MAX_WAITING_THUMBNAILS) return undefined;
    const made = last.then(() => make(id, picture, shrinker)).finally(() => making.delete(id));
    making.set(id, made);
    last = made;
    return made;
  }

  async function make(
    id: string,
    picture: UnshrunkPicture,
    { shrink }: Shrinker,
  ): Promise<string | undefined> {
    try {
      return await files.add(id, (file) => shrink(picture, file));
    } catch {
      if (failed.size >= MAX_THUMBNAILS) failed.clear();
      failed.add(id);
      return undefined;
    }
  }

  return { find, remove: files.remove, close: () => shrinker?.close() };
}

/** The files of thumbnails, of which the least recently used are deleted when there are too many. */
interface ThumbnailFiles {
  /** Finds the files of earlier runs. */
  load(): Promise<void>;
  /** The file of a thumbnail, which counts as used now; undefined where there is none. */
  use(id: string): string | undefined;
  /** Adds a thumbnail that `write` writes to a file. Rejects where that does. */
  add(id: string, write: (file: string) => Promise<void>): Promise<string>;
  readonly remove: (ids: readonly string[]) => Promise<void>;
}

function createThumbnailFiles(folder: string): ThumbnailFiles {
  /** Ids in the order in which they were last used. */
  const ids = new Set<string>();
  const fileOf = (id: string) => join(folder, id + EXTENSION);

  async function load(): Promise<void> {
    const files = await readdir(folder).catch(() => []);
    for (const file of files) {
      if (file.endsWith(EXTENSION)) ids.add(file.slice(0, -EXTENSION.length));
      else await deleteFile(join(folder, file));
    }
  }

  function use(id: string): string | undefined {
    if (!ids.delete(id)) return undefined;
    ids.add(id);
    return fileOf(id);
  }

  async function add(id: string, write: (file: string) => Promise<void>): Promise<string> {
    const unfinished = join(folder, `${id}.tmp`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // The library would write into what a symbolic link leads to.
      await rm(unfinished, { force: true });
      await write(unfinished);
      await rename(unfinished, fileOf(id));
    } catch (error) {
      await deleteFile(unfinished);
      throw error;
    }
    ids.add(id);
    for (const leastRecent of ids) {
      if (ids.size <= MAX_THUMBNAILS) break;
      await remove([leastRecent]);
    }
    return fileOf(id);
  }

  async function remove(unwanted: readonly string[]): Promise<void> {
    for (const id of unwanted) if (ids.delete(id)) await deleteFile(fileOf(id));
  }

  return { load, use, add, remove };
}

async function deleteFile(file: string): Promise<void> {
  await rm(file, { force: true }).catch(ignore);
}

function ignore(): void {}
