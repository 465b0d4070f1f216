/** Pictures and their thumbnails as files that are sent. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImageHeader } from '../../image';
import { addressOf, createQuota } from '../../serving';
import { openOwnAsync } from '../../storage';
import { PIECE_BYTES, refusalAnswer, type Answer, type Refusal } from '../protocol';
import { isPictureId, type ListedPicture, type PictureFile, type StationNotice, type Store } from '../store';
import {
  MAX_HELD_BYTES,
  MAX_OPEN_PICTURES,
  MAX_OPEN_PICTURES_PER_ADDRESS,
  MAX_PIXELS,
  MAX_PIXELS_UNSHRUNK,
} from './limits';
import type { PictureHeaders } from './picture-headers';
import { cachingHeaders, unchangedAnswer } from './picture-caching';
import { placeholderBeyond } from './placeholder';
import type { Thumbnails, UnshrunkPicture } from './thumbnails';

/** Bytes that are read and hashed at a time: a millisecond on a Raspberry Pi. */
const HASH_STEP = 2 ** 18;

/** The part of a request that is used here. */
type Asking = Pick<IncomingMessage, 'socket' | 'headers'>;

export interface Pictures {
  answer(request: Asking, id: string): Promise<Answer>;
  /**
   * Answers with a thumbnail; where there is none with the full picture, or with a placeholder where that has too many
   * pixels for a gallery.
   */
  answerThumbnail(request: Asking, id: string): Promise<Answer>;
  /** The bytes of a picture; undefined where it is damaged or deleted. */
  readonly read: (picture: PictureFile) => Promise<Buffer | undefined>;
}

export function createPictures(
  store: Store,
  thumbnails: Thumbnails,
  headers: PictureHeaders,
  report: (notice: StationNotice) => void,
  now: () => number,
): Pictures {
  const places = createQuota({ inAll: MAX_OPEN_PICTURES, perAddress: MAX_OPEN_PICTURES_PER_ADDRESS });
  const files = createVerifiedFiles(store, report);
  const caching = (picture: ListedPicture) => cachingHeaders(picture, store.retention.ageMs, now());

  async function answer(request: Asking, picture: ListedPicture): Promise<Answer> {
    const leave = places.take(addressOf(request));
    if (!leave) return refusalAnswer(TOO_MANY);
    const opened = await files.open(picture);
    if (!('kind' in opened)) return fileAnswer(opened, picture, caching(picture), leave);
    leave();
    return refusalAnswer(opened);
  }

  async function answerThumbnail(request: Asking, picture: ListedPicture): Promise<Answer> {
    const { id } = picture;
    const placeholder = await placeholderBeyond(MAX_PIXELS, picture, headers);
    if (placeholder) return placeholder;
    const file = await thumbnails.find(id, unshrunkPicture(store.pictureFile(id), await headers.of(id)));
    const made = file === undefined ? undefined : await answerFile(request, picture, file);
    if (made) return made;
    // It was deleted by others: the next time it is made anew.
    if (file !== undefined) await thumbnails.remove([id]);
    return (await placeholderBeyond(MAX_PIXELS_UNSHRUNK, picture, headers)) ?? answer(request, picture);
  }

  /** Undefined where a thumbnail's file is not there. */
  async function answerFile(
    request: Asking,
    picture: ListedPicture,
    file: string,
  ): Promise<Answer | undefined> {
    const leave = places.take(addressOf(request));
    if (!leave) return refusalAnswer(TOO_MANY);
    const opened = await openOwnAsync(file).catch(() => undefined);
    if (opened) {
      const { size: bytes } = await opened.stat();
      return fileAnswer(opened, { bytes, type: 'image/jpeg' }, caching(picture), leave);
    }
    leave();
    return undefined;
  }

  /** Answers with what `make` makes of a picture, unless the client has that already. */
  const answering =
    (make: (request: Asking, picture: ListedPicture) => Promise<Answer>): Pictures['answer'] =>
    async (request, id) => {
      const picture = await findPicture(store, id);
      if ('kind' in picture) return refusalAnswer(picture);
      return unchangedAnswer(caching(picture), request.headers['if-none-match']) ?? make(request, picture);
    };

  return { answer: answering(answer), answerThumbnail: answering(answerThumbnail), read: files.read };
}

async function findPicture(store: Pick<Store, 'read'>, id: string): Promise<ListedPicture | Refusal> {
  if (!isPictureId(id)) return MISSING;
  const found = await store.read('picture', id);
  return found.ok ? (found.value ?? MISSING) : found.failure;
}

/** The files of pictures, none of which is used where the disk has altered it. */
interface VerifiedFiles {
  /** Opens a picture at its beginning, after checking that it is undamaged. */
  open(picture: PictureFile): Promise<FileHandle | Refusal>;
  readonly read: Pictures['read'];
}

function createVerifiedFiles(
  store: Pick<Store, 'pictureFile' | 'lookForPictures'>,
  report: (notice: StationNotice) => void,
): VerifiedFiles {
  const reported = new Set<string>();

  async function openVerified(picture: PictureFile): Promise<FileHandle | Refusal> {
    const handle = await openOwnAsync(store.pictureFile(picture.id)).catch(problemOf);
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

  async function read(picture: PictureFile): Promise<Buffer | undefined> {
    const opened = await openVerified(picture);
    if ('kind' in opened) return undefined;
    try {
      return await opened.readFile();
    } finally {
      await opened.close();
    }
  }

  return { open: openVerified, read };
}

/** A picture of which a thumbnail can be made; undefined where a decoder would have to hold too much of it at once. */
function unshrunkPicture(file: string, header: ImageHeader | undefined): UnshrunkPicture | undefined {
  if (!header || header.heldBytes > MAX_HELD_BYTES) return undefined;
  return { file, pixels: header.width * header.height };
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

function fileAnswer(
  handle: FileHandle,
  { bytes, type }: Pick<PictureFile, 'bytes' | 'type'>,
  caching: Readonly<Record<string, string>>,
  leave: () => void,
): Answer {
  const headers = { 'Content-Type': type, ...caching };
  const stream = (body: Writable) =>
    pipeline(handle.createReadStream({ start: 0, highWaterMark: PIECE_BYTES }), body);
  const release = () => {
    leave();
    // A stream that has read it closes it too.
    void handle.close().catch(() => undefined);
  };
  return { statusCode: 200, headers, bytes, stream, release };
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

const TOO_MANY: Refusal = {
  kind: 'busy',
  message: `${MAX_OPEN_PICTURES_PER_ADDRESS} pictures are being sent to you already: ask for this one again in a second.`,
};
