import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createImageInspector, inspectImage, type ImageVerdict } from '../../src/image';
import { drawTestPicture } from '../../src/camera/test-picture';
import { gifOf, jpegOf, pngOf, webpOf } from '../support/pictures';
import { GIF, JPEG, PNG, WEBP } from '../support/values';

interface Built {
  readonly width: number;
  readonly height: number;
  readonly bytes: Buffer;
}

const data = fc.uint8Array({ maxLength: 600 });
const side = fc.integer({ min: 1, max: 16_383 });
const size = fc.record({ width: side, height: side });

const jpegs = fc
  .record({
    width: side,
    height: side,
    scans: fc.array(data, { minLength: 1, maxLength: 3 }),
    // Whole pictures, because a walk that looked into it would end there.
    thumbnail: fc.constantFrom(JPEG, Buffer.from('ffd8ffd9', 'hex'), Buffer.alloc(0)),
    fill: fc.nat(2),
    isHeightLate: fc.boolean(),
  })
  .map((parts) => ({ ...parts, bytes: jpegOf(parts) }));
const pngs = fc
  .tuple(
    fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }) }),
    fc.nat(3),
  )
  .map(([each, more]) => ({ ...each, bytes: pngOf(each, 1 + more) }));
const gifs = fc
  .tuple(size, fc.array(data, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([each, images, hasTable]) => ({ ...each, bytes: gifOf(each, images, hasTable) }));
const webps = fc
  .tuple(size, fc.constantFrom('lossy', 'lossless', 'extended'), data)
  .map(([each, kind, content]) => ({ ...each, bytes: webpOf(each, kind, content) }));
const pictures: fc.Arbitrary<Built> = fc.oneof(jpegs, pngs, gifs, webps);

/** What a picture is that comes in pieces of these lengths, the last of them again and again. */
function inspectedInPieces(bytes: Buffer, lengths: readonly number[]): ImageVerdict {
  const inspector = createImageInspector();
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const length = lengths[Math.min(index, lengths.length - 1)] ?? 1;
    inspector.write(bytes.subarray(at, at + length));
    at += length;
  }
  return inspector.finish();
}

function sizeIn(verdict: ImageVerdict): readonly number[] | string {
  return verdict.kind === 'complete' ? [verdict.width, verdict.height] : verdict.kind;
}

describe('The inspection of an image', () => {
  it('finds each complete one to be complete, with its size, in whatever pieces it comes', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pictures, lengths, ({ bytes, width, height }, pieces) => {
        assert.deepEqual(sizeIn(inspectImage(bytes)), [width, height]);
        assert.deepEqual(sizeIn(inspectedInPieces(bytes, pieces)), [width, height]);
      }),
      { numRuns: 300 },
    );
  });

  it('takes none that is cut, wherever that is', () => {
    fc.assert(
      fc.property(pictures, ({ bytes }) => {
        for (let length = 0; length < bytes.length; length += 1) {
          const { kind } = inspectImage(bytes.subarray(0, length));
          assert(kind !== 'complete', `complete after ${length} of ${bytes.length} bytes`);
          if (length >= 12) assert.equal(kind, 'cut');
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not mind what cameras write behind the end', () => {
    const trailers = fc.oneof(
      // Padding of motion JPEG, a second image of MPF, Samsung's trailer, a film, anything.
      fc.constantFrom(
        Buffer.alloc(500),
        JPEG,
        Buffer.from('SEFHe\0\0\0SEFT'),
        Buffer.from('\0\0\0\u0018ftypmp42'),
      ),
      data,
    );
    fc.assert(
      fc.property(pictures, trailers, ({ bytes, width, height }, trailer) => {
        assert.deepEqual(sizeIn(inspectImage(Buffer.concat([bytes, trailer]))), [width, height]);
      }),
      { numRuns: 200 },
    );
  });

  it('takes what a camera program draws', async () => {
    const settings = { width: 320, height: 240, hflip: false, vflip: false, rotation: 0 } as const;
    const drawn = await drawTestPicture(settings, 80, Date.UTC(2026, 4), new AbortController().signal);
    assert(drawn);
    assert.deepEqual(sizeIn(inspectImage(drawn)), [320, 240]);
    for (const length of [drawn.length - 1, drawn.length - 2, drawn.length >> 1, 700])
      assert.equal(inspectImage(drawn.subarray(0, length)).kind, 'cut');
  });

  it('finds headers without an image to be incomplete or malformed', () => {
    for (const bytes of [JPEG, PNG, GIF, WEBP]) assert.match(inspectImage(bytes).kind, /^(cut|malformed)$/);
    const png = pngOf({ width: 3, height: 3 });
    const withoutData = Buffer.concat([png.subarray(0, 33), png.subarray(-12)]);
    assert.equal(inspectImage(withoutData).kind, 'malformed');
    assert.equal(inspectImage(gifOf({ width: 3, height: 3 }, [], true)).kind, 'malformed');
    assert.equal(inspectImage(gifOf({ width: 0, height: 3 }, [Buffer.alloc(3)], true)).kind, 'malformed');
    assert.equal(inspectImage(Buffer.from('GIF89a a GIF of 20 b')).kind, 'malformed');
    assert.equal(inspectImage(Buffer.from('no picture at all')).kind, 'other');
    assert.equal(inspectImage(Buffer.alloc(0)).kind, 'other');
  });

  it('never throws, whatever follows the beginning of an image', () => {
    const beginnings = fc.constantFrom(JPEG.subarray(0, 3), PNG.subarray(0, 8), GIF.subarray(0, 6), WEBP);
    fc.assert(
      fc.property(beginnings, data, (beginning, rest) => {
        inspectImage(Buffer.concat([beginning, rest]));
      }),
      { numRuns: 500 },
    );
  });
});
