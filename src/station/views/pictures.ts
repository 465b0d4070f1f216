/** Pictures and their thumbnails as files that are sent. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { refusalAnswer, type Answer } from '../answer';
import type { Refusal } from '../refusal';
import { isPictureId, type PictureFile, type StationNotice, type Store } from '../store';
import type { Thumbnails } from './thumbnails';

/** Bytes that are read and summed at a time: a millisecond on a Raspberry Pi. */
const STEP = 2 ** 18;

export class Pictures {
  readonly #store: Store;
  readonly #thumbnails: Thumbnails;
  readonly #report: (notice: StationNotice) => void;
  readonly #told = new Set<string>();

  constructor(store: Store, thumbnails: Thumbnails, report: (notice: StationNotice) => void) {
    this.#store = store;
    this.#thumbnails = thumbnails;
    this.#report = report;
  }

  async answer(id: string): Promise<Answer> {
    const picture = await this.#find(id);
    if ('kind' in picture) return refusalAnswer(picture);
    const opened = await this.#open(picture);
    return opened ? fileAnswer(opened, picture.bytes, picture.type) : refusalAnswer(DAMAGED);
  }

  /** A thumbnail, or the full picture where there can be none. */
  async thumbnailAnswer(id: string): Promise<Answer> {
    const picture = await this.#find(id);
    if ('kind' in picture) return refusalAnswer(picture);
    const file = await this.#thumbnails.find(id, this.#store.pictureFile(id));
    const opened = file === undefined ? undefined : await open(file).catch(() => undefined);
    if (!opened) return this.answer(id);
    const { size } = await opened.stat();
    return fileAnswer(opened, size, 'image/jpeg');
  }

  /** The bytes of a picture; undefined where it is damaged or gone. */
  async read(picture: PictureFile): Promise<Buffer | undefined> {
    const opened = await this.#open(picture);
    if (!opened) return undefined;
    try {
      return await opened.readFile();
    } finally {
      await opened.close();
    }
  }

  async #find(id: string): Promise<PictureFile | Refusal> {
    if (!isPictureId(id)) return MISSING;
    const found = await this.#store.ask('picture', id);
    return found.ok ? (found.value ?? MISSING) : found.failure;
  }

  /** Opens a picture that is what was kept, at its beginning. */
  async #open(picture: PictureFile): Promise<FileHandle | undefined> {
    const handle = await open(this.#store.pictureFile(picture.id)).catch(() => undefined);
    if (handle && (await isSound(handle, picture).catch(() => false))) return handle;
    await handle?.close();
    this.#tell(picture);
    return undefined;
  }

  #tell({ id }: PictureFile): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    const message = `Picture ${id} came back from the disk altered, or not at all: the disk may be failing. It is not shown.`;
    this.#report({ kind: 'damaged-picture', message });
  }
}

async function isSound(handle: FileHandle, { id, bytes }: PictureFile): Promise<boolean> {
  const sum = createHash('sha1');
  const buffer = Buffer.alloc(Math.min(STEP, bytes + 1));
  let position = 0;
  while (position <= bytes) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    sum.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return position === bytes && sum.digest('hex') === id;
}

/** Its address is the digest of its bytes, so it never changes. */
function fileAnswer(handle: FileHandle, bytes: number, type: string): Answer {
  const headers = {
    'Content-Type': type,
    'Content-Length': String(bytes),
    'Cache-Control': 'private, max-age=31536000, immutable',
  };
  const stream = (response: ServerResponse) => pipeline(handle.createReadStream({ start: 0 }), response);
  return { statusCode: 200, headers, stream, cancel: () => void handle.close() };
}

const MISSING: Refusal = { kind: 'missing', message: 'This picture is not kept here any more.' };

const DAMAGED: Refusal = {
  kind: 'missing',
  message: 'The disk of the station has damaged this picture, so it cannot be shown.',
};
