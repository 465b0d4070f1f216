import assert from 'node:assert/strict';
import { createImageInspector } from '../../src/image';
import { gifOf, jpegOf, pngOf, webpOf } from '../support/pictures';

const SIZE = { width: 30, height: 20 };
const PIXELS = 600;
const JPEG = jpegOf({
  ...SIZE,
  scans: [Buffer.alloc(9)],
  thumbnail: Buffer.alloc(0),
  fill: 0,
  isHeightLate: false,
});

/** How many bytes a picture's header says that a decoder has to hold, for each pixel. */
function heldBy(bytes: Buffer): number | undefined {
  const inspector = createImageInspector();
  inspector.write(bytes);
  const { header } = inspector;
  if (header) assert.deepEqual([header.width, header.height], [SIZE.width, SIZE.height]);
  return header && header.heldBytes / PIXELS;
}

/** A JPEG with another frame header. @param factors one number for each component, as 0x21 for two columns in one row */
function jpegWith(kind: number, factors: readonly number[], scanned = factors.length): Buffer {
  const components = factors.flatMap((factor, index) => [index + 1, factor, 0]);
  const frame = [0xff, kind, 0, 8 + components.length, 8, 0, SIZE.height, 0, SIZE.width, factors.length];
  const scan = [
    0xff,
    0xda,
    0,
    6 + 2 * scanned,
    scanned,
    ...Array.from({ length: 2 * scanned }, () => 0),
    0,
    0x3f,
    0,
  ];
  return Buffer.from([0xff, 0xd8, ...frame, ...components, ...scan, 1, 2, 3, 0xff, 0xd9]);
}

/** A PNG with another depth, colour type and interlacing: the sums of its chunks are not looked at. */
function pngWith(depth: number, colourType: number, interlace: number): Buffer {
  const png = pngOf(SIZE);
  png.set([depth, colourType, 0, 0, interlace], 24);
  return png;
}

/** What libjpeg, libpng, nsgif and libwebp hold for each pixel, by the formats' own documents. */
const KINDS: readonly (readonly [what: string, bytes: Buffer, held: number])[] = [
  ['a baseline JPEG', jpegWith(0xc0, [0x22, 0x11, 0x11]), 0],
  ['a JPEG of all its samples', jpegWith(0xc1, [0x11, 0x11, 0x11]), 0],
  ['a grey JPEG', jpegWith(0xc0, [0x11]), 0],
  ['a baseline JPEG for printing', jpegWith(0xc0, [0x11, 0x11, 0x11, 0x11]), 2],
  ['a progressive JPEG', jpegWith(0xc2, [0x22, 0x11, 0x11], 1), 3],
  ['a progressive JPEG that begins with all components', jpegWith(0xc2, [0x22, 0x11, 0x11]), 3],
  ['a progressive JPEG with half as many columns of colour', jpegWith(0xc2, [0x21, 0x11, 0x11]), 4],
  ['a progressive JPEG of all its samples', jpegWith(0xc2, [0x11, 0x11, 0x11]), 6],
  ['a progressive JPEG for printing', jpegWith(0xc2, [0x11, 0x11, 0x11, 0x11]), 8],
  ['a grey progressive JPEG', jpegWith(0xca, [0x11]), 2],
  ['a sequential JPEG whose components come one after the other', jpegWith(0xc0, [0x11, 0x11, 0x11], 1), 6],
  [
    'a progressive JPEG with more components than it can have',
    jpegWith(
      0xc2,
      [1, 1, 1, 1, 1].map(() => 0x11),
    ),
    8,
  ],
  ['the JPEG of other tests', JPEG, 2],
  ['a PNG', pngWith(8, 2, 0), 0],
  ['a PNG of 16 bits', pngWith(16, 6, 0), 0],
  ['an interlaced PNG', pngWith(8, 2, 1), 4],
  ['an interlaced PNG with a palette', pngWith(1, 3, 1), 4],
  ['an interlaced grey PNG', pngWith(8, 0, 1), 2],
  ['an interlaced PNG of 16 bits', pngWith(16, 6, 1), 8],
  ['an interlaced PNG of a colour type that there is not', pngWith(8, 77, 1), 4],
  ['a GIF', gifOf(SIZE, [Buffer.alloc(9)], true), 8],
  ['a lossy WebP', webpOf(SIZE, 'lossy', Buffer.alloc(9)), 0],
  ['a lossless WebP', webpOf(SIZE, 'lossless', Buffer.alloc(9)), 6],
  ['a WebP with more than an image', webpOf(SIZE, 'extended', Buffer.alloc(9)), 6],
];

describe('The header of an image', () => {
  for (const [what, bytes, held] of KINDS) {
    it(`tells how much a decoder has to hold of ${what}: ${held} bytes for each pixel`, () => {
      assert.equal(heldBy(bytes), held);
    });
  }

  it('tells it of an animated WebP: 8 bytes for each pixel', () => {
    const animated = webpOf(SIZE, 'extended', Buffer.alloc(9));
    animated.writeUInt8(2, 20);
    assert.equal(heldBy(animated), 8);
  });

  it('comes before any pixels, and not before it tells all', () => {
    const progressive = jpegWith(0xc2, [0x22, 0x11, 0x11], 1);
    const scan = progressive.indexOf(Buffer.from([0xff, 0xda]));
    assert.equal(heldBy(progressive.subarray(0, scan)), undefined);
    assert.equal(heldBy(progressive.subarray(0, scan + 5)), 3);
    assert.equal(heldBy(pngWith(8, 2, 1).subarray(0, 29)), 4);
  });
});
