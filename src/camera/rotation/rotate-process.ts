/** The process that turns one picture with the image library `sharp`, see `rotator.ts`. It ends with its parent. */

export interface RotateRequest {
  readonly picture: Uint8Array;
  /** Clockwise. */
  readonly degrees: 90 | 270;
  readonly format: 'jpeg' | 'png';
  /** Of a JPEG, 1 to 100. */
  readonly quality: number;
}

/** What the process says: that it has loaded the library, or why it could not; then, once, the picture. */
export type RotateReply =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'unloadable' }
  /** `turned` is missing where the library cannot turn the picture. */
  | { readonly kind: 'turned'; readonly turned: Uint8Array | undefined };

/** The part of `sharp` that is used here. */
interface Sharp {
  (picture: Uint8Array, options: object): Image;
  readonly concurrency: (threads: number) => number;
  readonly cache: (isOn: boolean) => object;
}

interface Image {
  readonly rotate: (degrees: number) => Image;
  readonly keepExif: () => Image;
  readonly withExifMerge: (tags: object) => Image;
  readonly jpeg: (options: object) => Image;
  readonly png: () => Image;
  readonly toBuffer: () => Promise<Buffer>;
}

/** Twice what the largest sensors have. */
const MOST_PIXELS = 128_000_000;

process.on('disconnect', () => process.exit());

const sharp = load();

process.on('message', (request: RotateRequest) => {
  if (sharp === undefined) return;
  void turn(sharp, request).then((turned) => say({ kind: 'turned', turned }));
});

function say(reply: RotateReply): void {
  process.send?.(reply);
}

function load(): Sharp | undefined {
  try {
    const loaded: Sharp = require('sharp');
    // A Raspberry Pi has little memory, and its other processors have other work.
    loaded.concurrency(1);
    loaded.cache(false);
    say({ kind: 'loaded' });
    return loaded;
  } catch {
    say({ kind: 'unloadable' });
    return undefined;
  }
}

async function turn(
  library: Sharp,
  { picture, degrees, format, quality }: RotateRequest,
): Promise<Buffer | undefined> {
  try {
    const turned = library(picture, { limitInputPixels: MOST_PIXELS }).rotate(degrees).keepExif();
    if (format === 'png') return await turned.png().toBuffer();
    // The pixels are upright now, whatever the picture said.
    return await turned
      .withExifMerge({ IFD0: { Orientation: '1' } })
      .jpeg({ quality })
      .toBuffer();
  } catch {
    return undefined;
  }
}
