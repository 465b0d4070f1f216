/**
 * The image library `sharp`, which is an optional dependency: it has a binary for each common machine as a package of
 * its own, and on one that it has none for, thumbnails are the full pictures.
 */
import { MAX_PIXELS } from '../limits';
import type { Shrink } from './thumbnails';

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

/** What shrinks pictures; undefined where `sharp` is not installed. It is loaded with the first picture: that takes 20 MB. */
export function findShrink(): Shrink | undefined {
  try {
    require.resolve('sharp');
  } catch {
    return undefined;
  }
  let loaded: Sharp | undefined;
  return async (picture, thumbnail) => {
    loaded ??= load();
    await loaded(picture, { limitInputPixels: MAX_PIXELS, sequentialRead: true })
      // As the camera was held.
      .rotate()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: QUALITY })
      .toFile(thumbnail);
  };
}

function load(): Sharp {
  const sharp: Sharp = require('sharp');
  // A Raspberry Pi has other things to do at the same time, and little memory.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
