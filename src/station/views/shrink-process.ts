/**
 * The process that makes thumbnails with the image library `sharp`, one for each request of `shrinker.ts`. It ends after
 * a while without requests, and with its parent.
 */
import { MAX_PIXELS } from './limits';

/** Asks for a thumbnail of the picture in one file, to be written to another. */
export interface ShrinkRequest {
  readonly picture: string;
  readonly thumbnail: string;
}

/** The answer to a request. */
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

/** How long the process waits for the next request, in milliseconds: a page asks for many at once. */
const IDLE_MS = 10_000;

const sharp: Sharp = require('sharp');
// A Raspberry Pi has little memory, and its other processors have other work.
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
      // Upright, however the camera was held.
      .rotate()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: QUALITY })
      .toFile(thumbnail);
    return true;
  } catch {
    // The library cannot read this picture, or it is too large: the page shows the full one.
    return false;
  }
}
