/** Pictures and their thumbnails as files that are sent. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { refusalAnswer, type Answer, type Refusal } from '../protocol';
import { isPictureId, type PictureFile, type StationNotice, type Store } from '../store';
import { MAX_PIXELS, MAX_PIXELS_UNSHRUNK } from './limits';
import type { PictureSizes } from './picture-sizes';
import { placeholderBeyond } from './placeholder';
import type { Thumbnails } from './thumbnails';

/** Bytes that are read and hashed at a time: a millisecond on a Raspberry Pi. */
const HASH_STEP = 2 ** 18;

export interface Pictures {
  answer(id: string): Promise<Answer>;
  /**
   * Answers with a thumbnail; where there is none with the full picture, or with a placeholder where that has too many
   * pixels for a gallery.
   */
  answerThumbnail(id: string): Promise<Answer>;
  /** The bytes of a picture; undefined where it is damaged or deleted. */
  readonly read: (picture: PictureFile) => Promise<Buffer | undefined>;
}

export function createPictures(
  store: Store,
  thumbnails: Thumbnails,
  sizes: PictureSizes,
  report: (notice: StationNotice) => void,
): Pictures {
  const reported = new Set<string>();

  async function find(id: string): Promise<PictureFile | Refusal> {
    if (!isPictureId(id)) return MISSING;
    const found = await store.read('picture', id);
    return found.ok ? (found.value ?? MISSING) : found.failure;
  }

  /** Opens a picture at its beginning, after checking that it is undamaged. */
  async function openVerified(picture: PictureFile): Promise<FileHandle | Refusal> {
    const handle = await open(store.pictureFile(picture.id)).catch(problemOf);
    if (!(handle instanceof Error) && (await isUndamaged(handle, picture).catch(() => false))) return handle;
    if (handle instanceof Error && 'code' in handle && handle.code === 'ENOENT') {
      store.lookForPictures();
      return GONE;
    }
    if (!(handle instanceof Error)) await handle.close();
    reportDamage(picture);
    return DAMAGED;
  }

  function reportDamage({ id }: PictureFile): void {
    if (reported.has(id)) return;
    reported.add(id);
    const message = `Picture ${id} came back from the disk altered, or cannot be read: the disk may be failing. It is not shown.`;
    report({ kind: 'damaged-picture', message });
  }

  async function answer(id: string): Promise<Answer> {
    const picture = await find(id);
    if ('kind' in picture) return refusalAnswer(picture);
    const opened = await openVerified(picture);
    return 'kind' in opened ? refusalAnswer(opened) : fileAnswer(opened, picture.bytes, picture.type);
  }

  async function answerThumbnail(id: string): Promise<Answer> {
    const picture = await find(id);
    if ('kind' in picture) return refusalAnswer(picture);
    const placeholder = await placeholderBeyond(MAX_PIXELS, picture, sizes);
    if (placeholder) return placeholder;
    const file = await thumbnails.find(id, store.pictureFile(id));
    const opened = file === undefined ? undefined : await open(file).catch(() => undefined);
    if (!opened) {
      // It was deleted by others: the next time it is made anew.
      if (file !== undefined) await thumbnails.remove([id]);
      return (await placeholderBeyond(MAX_PIXELS_UNSHRUNK, picture, sizes)) ?? answer(id);
    }
    const { size } = await opened.stat();
    return fileAnswer(opened, size, 'image/jpeg');
  }

  async function read(picture: PictureFile): Promise<Buffer | undefined> {
    const opened = await openVerified(picture);
    if ('kind' in opened) return undefined;
    try {
      return await opened.readFile();
    } finally {
      await opened.close();
    }
  }

  return { answer, answerThumbnail, read };
}

function problemOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Whether a file holds the bytes that its picture's id is the digest of. */
async function isUndamaged(handle: FileHandle, { id, bytes }: PictureFile): Promise<boolean> {
  const hash = createHash('sha1');
  const buffer = Buffer.alloc(Math.min(HASH_STEP, bytes + 1));
  let position = 0;
  while (position <= bytes) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return position === bytes && hash.digest('hex') === id;
}

/** A file whose address contains the digest of its bytes, so it can be cached for ever. */
function fileAnswer(handle: FileHandle, bytes: number, type: string): Answer {
  const headers = {
    'Content-Type': type,
    'Cache-Control': 'private, max-age=31536000, immutable',
  };
  const stream = (body: Writable) => pipeline(handle.createReadStream({ start: 0 }), body);
  return { statusCode: 200, headers, bytes, stream, cancel: () => void handle.close() };
}

const MISSING: Refusal = { kind: 'missing', message: 'This picture is not kept here any more.' };

const GONE: Refusal = {
  kind: 'missing',
  message: "The file of this picture is gone: it was deleted or moved away on the station's machine.",
};

const DAMAGED: Refusal = {
  kind: 'missing',
  message: 'The disk of the station has damaged this picture, so it cannot be shown.',
};
