/** The process that turns one picture with the image library `sharp`, see `rotator.ts`. It ends with its parent. */

export interface RotateRequest {
  readonly picture: Uint8Array;
  /** Clockwise. */
  readonly degrees: 90 | 270;
  readonly format: 'jpeg' | 'png';
  /** Of a JPEG, 1 to 100. */
  readonly quality: number;
}

export interface RotateReply {
  /** Missing where the library cannot turn the picture. */
  readonly turned: Uint8Array | undefined;
}

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

const sharp: Sharp = require('sharp');
// A Raspberry Pi has little memory, and its other processors have other work.
sharp.concurrency(1);
sharp.cache(false);

process.on('disconnect', () => process.exit());

process.on('message', (request: RotateRequest) => {
  void turn(request).then((turned) => process.send?.({ turned } satisfies RotateReply));
});

async function turn({ picture, degrees, format, quality }: RotateRequest): Promise<Buffer | undefined> {
  try {
    const turned = sharp(picture, { limitInputPixels: MOST_PIXELS }).rotate(degrees).keepExif();
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
