/** The files of one folder of pictures: what is done with each of them alone. */
import { access, open, rename, rm, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { detectImageType, type ImageType } from '../../../image';
import { createFreshAsync, makePrivateFolderAsync, openOwnAsync } from '../../../storage';

/** What the file of a picture tells. */
export interface FoundPicture {
  readonly id: string;
  readonly bytes: number;
  /** Undefined where it is no picture. */
  readonly type: ImageType | undefined;
  /** When it was written, or the time of its measurement, in milliseconds. */
  readonly modified: number;
}

/** The bytes that tell a picture's type. */
const HEAD_BYTES = 12;

/** The end of the name of the empty file beside a picture whose rows are being committed. */
export const UNCOMMITTED = '.uncommitted';

/** Pictures and their marks. Nothing is deleted any more once it is closed. */
export interface PictureFiles {
  /** Makes a file to be written; the folder too, where it is missing. */
  create(name: string): Promise<FileHandle>;
  /** Gives a picture its name, and a mark that its rows are not committed. @param time of its measurement, in milliseconds */
  name(file: string, id: string, time: number | undefined): Promise<void>;
  isMarked(id: string): Promise<boolean>;
  unmark(id: string): Promise<void>;
  /** Deletes a picture, then its mark. @returns whether it is not there any more */
  delete(id: string): Promise<boolean>;
  /** Deletes a file that is no picture yet. */
  discard(name: string): Promise<void>;
  close(): void;
  /** The path of a file, whether it is there or not. */
  readonly pathOf: (name: string) => string;
}

/** @param onMade called when the folder was missing and was made */
export function createPictureFiles(folder: string, onMade: () => void): PictureFiles {
  let isClosed = false;
  const pathOf = (name: string) => join(folder, name);
  const discard = (name: string) => rm(pathOf(name), { force: true }).catch(ignore);

  async function create(name: string): Promise<FileHandle> {
    if (await makePrivateFolderAsync(folder)) onMade();
    return open(pathOf(name), 'wx', 0o600);
  }

  async function nameFile(file: string, id: string, time: number | undefined): Promise<void> {
    // Where the rows are lost one day, the file still has its time. Some file systems have none.
    if (time !== undefined) await utimes(pathOf(file), time / 1000, time / 1000).catch(ignore);
    // What is there already was committed, or is marked.
    if (!(await isThere(pathOf(id)))) await (await createFreshAsync(pathOf(markOf(id)))).close();
    await rename(pathOf(file), pathOf(id));
  }

  async function unmark(id: string): Promise<void> {
    if (!isClosed) await discard(markOf(id));
  }

  async function deletePicture(id: string): Promise<boolean> {
    if (isClosed || !(await isDeleted(pathOf(id)))) return false;
    // Not before: without its mark, the next start could not know what the file is.
    await discard(markOf(id));
    return true;
  }

  return {
    create,
    name: nameFile,
    isMarked: (id) => isThere(pathOf(markOf(id))),
    unmark,
    delete: deletePicture,
    discard,
    close: () => {
      isClosed = true;
    },
    pathOf,
  };
}

function markOf(id: string): string {
  return `${id}${UNCOMMITTED}`;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Deletes a file. @returns whether it is not there any more */
async function isDeleted(path: string): Promise<boolean> {
  try {
    await rm(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** What a file tells; undefined where it cannot be read. */
export async function describeFile(id: string, path: string): Promise<FoundPicture | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await openOwnAsync(path);
    const { size, mtimeMs } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const type = detectImageType(buffer.subarray(0, bytesRead));
    return { id, bytes: size, type, modified: Math.round(mtimeMs) };
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

function ignore(): void {}
