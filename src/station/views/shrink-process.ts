/**
 * The process that makes thumbnails with the image library `sharp`, one for each request of `shrinker.ts`. It ends after
 * a while without requests, and with its parent.
 */
import { limitOwnMemory } from '../../subprocess';
import { MAX_PIXELS, MAX_SHRINK_BYTES } from './limits';
import type { UnshrunkPicture } from './thumbnails';

/** Asks for a thumbnail of a picture, to be written to another file. */
export interface ShrinkRequest {
  readonly picture: UnshrunkPicture;
  readonly thumbnail: string;
}

/** What the process says: once that the library works on this machine, then one answer to each request. */
export type ShrinkReply = 'ready' | 'made' | 'failed';

/** The part of `sharp` that is used here. */
interface Sharp {
  (file: string | Buffer, options: object): Image;
  readonly concurrency: (threads: number) => number;
  readonly cache: (isOn: boolean) => object;
}

interface Image {
  readonly rotate: () => Image;
  readonly resize: (options: object) => Image;
  readonly flatten: (options: object) => Image;
  readonly jpeg: (options: object) => Image;
  readonly toFile: (file: string) => Promise<unknown>;
  readonly toBuffer: () => Promise<Buffer>;
}

const WIDTH = 320;
const HEIGHT = 240;
const QUALITY = 75;

/** How long the process waits for the next request, in milliseconds: a page asks for many at once. */
const IDLE_MS = 10_000;

const sharp: Sharp = require('sharp');
// A Raspberry Pi has little memory, and its other processors have other work.
sharp.concurrency(1);
sharp.cache(false);

let idle = waitIdly();

process.on('disconnect', () => process.exit());

void begin();

function waitIdly(): NodeJS.Timeout {
  return setTimeout(() => process.exit(), IDLE_MS);
}

async function begin(): Promise<void> {
  // On a processor for which the library is not made it brings the process down here, and not with somebody's picture.
  const pixels = { raw: { width: 2, height: 2, channels: 3 } };
  await thumbnailOf(sharp(Buffer.alloc(12), pixels)).toBuffer();
  limitOwnMemory(MAX_SHRINK_BYTES);
  process.on('message', ({ picture, thumbnail }: ShrinkRequest) => {
    // A large picture may take longer than that on a slow machine.
    clearTimeout(idle);
    void answer(picture, thumbnail);
  });
  say('ready');
}

async function answer(picture: UnshrunkPicture, thumbnail: string): Promise<void> {
  const reply = await shrink(picture, thumbnail);
  idle = waitIdly();
  say(reply);
}

function say(reply: ShrinkReply): void {
  process.send?.(reply);
}

async function shrink({ file, pixels }: UnshrunkPicture, thumbnail: string): Promise<ShrinkReply> {
  try {
    const limitInputPixels = Math.min(pixels, MAX_PIXELS);
    await thumbnailOf(sharp(file, { limitInputPixels, sequentialRead: true })).toFile(thumbnail);
    return 'made';
  } catch {
    // The library cannot read this picture, or it is too large: the page shows the full one.
    return 'failed';
  }
}

function thumbnailOf(image: Image): Image {
  return (
    image
      // Upright, however the camera was held.
      .rotate()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: QUALITY })
  );
}
