import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { detectImageType } from '../../src/image';
import { evaluateElsewhere, GIF, JPEG, PNG, WEBP } from '../support/values';

const IMAGES = [
  ['image/jpeg', 'jpg', JPEG],
  ['image/png', 'png', PNG],
  ['image/gif', 'gif', GIF],
  ['image/gif', 'gif', Buffer.from('GIF87a')],
  ['image/webp', 'webp', WEBP],
] as const;

const NO_IMAGES: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('ff', 'hex')],
  ['a JPEG cut after two bytes', JPEG.subarray(0, 2)],
  ['a PNG cut in its signature', PNG.subarray(0, 7)],
  ['a PNG whose line ends were converted', Buffer.from('89504e470a1a0a00', 'hex')],
  ['another GIF version', Buffer.from('GIF88a')],
  ['a WebP cut in its name', WEBP.subarray(0, 11)],
  ['a WAV', Buffer.from('RIFF\u0024\0\0\0WAVEfmt ', 'latin1')],
  ['a BMP', Buffer.from('BM\u0036\0\0\0', 'latin1')],
  ['a TIFF', Buffer.from('II*\0', 'latin1')],
  ['a HEIC', Buffer.from('\0\0\0\u0018ftypheic', 'latin1')],
  ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['base64 text of a JPEG', Buffer.from(JPEG.toString('base64'))],
  ['a JPEG with a byte in front', Buffer.concat([Buffer.alloc(1), JPEG])],
];

describe('the type of an image', () => {
  for (const [contentType, extension, bytes] of IMAGES) {
    it(`comes from the content: ${contentType} (${bytes.toString('latin1', 0, 6)})`, () => {
      assert.deepEqual(detectImageType(bytes), { contentType, extension });
      const elsewhere = evaluateElsewhere(`Uint8Array.from([${[...bytes].join()}])`);
      assert(ArrayBuffer.isView(elsewhere));
      assert.deepEqual(
        detectImageType(new Uint8Array(elsewhere.buffer, elsewhere.byteOffset, elsewhere.byteLength)),
        { contentType, extension },
      );
    });
  }

  for (const [name, bytes] of NO_IMAGES) {
    it(`does not exist for ${name}`, () => assert.equal(detectImageType(bytes), undefined));
  }

  it('comes from the beginning alone, wherever in its memory that lies', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...IMAGES),
        fc.uint8Array(),
        fc.uint8Array(),
        ([contentType, , bytes], before, after) => {
          const memory = Buffer.concat([before, bytes, after]);
          assert.equal(detectImageType(memory.subarray(before.length))?.contentType, contentType);
        },
      ),
    );
  });
});
