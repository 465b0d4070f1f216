/**
 * The process that makes thumbnails: picture after picture as it is told to by `shrinker.ts`, by the image library
 * `sharp`. It ends when nothing has come for a while, and with its parent.
 */
import { MAX_PIXELS } from './limits';

/** What is to be done: from the picture in one file make a thumbnail in another. */
export interface ShrinkRequest {
  readonly picture: string;
  readonly thumbnail: string;
}

/** How it went. */
export interface ShrinkReply {
  readonly isMade: boolean;
}

/** The part of `sharp` that is used here. */
interface Sharp {
  (file: string, options: object): Image;
  readonly concurrency: (threads: number) => number;
  readonly cache: (isOn: boolean) => object;
}

interface Image {
  readonly rotate: () => Image;
  readonly resize: (options: object) => Image;
  readonly flatten: (options: object) => Image;
  readonly jpeg: (options: object) => Image;
  readonly toFile: (file: string) => Promise<unknown>;
}

const WIDTH = 320;
const HEIGHT = 240;
const QUALITY = 75;

/** How long it stays for the next picture, in milliseconds: a page asks for many at once. */
const IDLE_MS = 10_000;

const sharp: Sharp = require('sharp');
// A Raspberry Pi has other things to do at the same time, and little memory.
sharp.concurrency(1);
sharp.cache(false);

const idle = setTimeout(() => process.exit(), IDLE_MS);

process.on('disconnect', () => process.exit());

process.on('message', ({ picture, thumbnail }: ShrinkRequest) => {
  idle.refresh();
  void shrink(picture, thumbnail).then((isMade) => process.send?.({ isMade } satisfies ShrinkReply));
});

async function shrink(picture: string, thumbnail: string): Promise<boolean> {
  try {
    await sharp(picture, { limitInputPixels: MAX_PIXELS, sequentialRead: true })
      // As the camera was held.
      .rotate()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: QUALITY })
      .toFile(thumbnail);
    return true;
  } catch {
    // It is no picture that this library can read, or too large: the page shows the full one.
    return false;
  }
}
