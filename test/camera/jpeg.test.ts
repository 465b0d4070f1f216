import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { detectImageType } from '../../src/image';
import { inspectJpeg } from '../../src/camera';
import { colour, encodeJpeg } from '../../src/camera/jpeg/encoder';
import { createMachine, pictureOf, testPicture } from './support';

/** A picture of this package, without a machine. */
async function picture(width: number, height: number, quality = 85): Promise<Buffer> {
  const machine = createMachine();
  machine.remove();
  return pictureOf(await testPicture({ width, height, quality }, machine.environment)).bytes;
}

/** Bytes as hexadecimal digits, with spaces where they help. */
function bytes(digits: string): Buffer {
  return Buffer.from(digits.replaceAll(' ', ''), 'hex');
}

describe('camera: the JPEG encoder', () => {
  it('asks a drawing for no colour beyond its edges, where blocks reach beyond them', async () => {
    const asked = new Set<string>();
    const drawing = {
      width: 10,
      height: 13,
      colourAt: (x: number, y: number) => {
        asked.add(`${x} ${y}`);
        return colour(20 * x, 15 * y, 0);
      },
    };
    const bytesOfFile = await encodeJpeg(drawing, 85, '', new AbortController().signal);
    assert(bytesOfFile);
    assert.deepEqual(inspectJpeg(bytesOfFile), { kind: 'complete', width: 10, height: 13 });
    const all = Array.from({ length: 130 }, (_, index) => `${index % 10} ${Math.floor(index / 10)}`);
    assert.deepEqual([...asked].toSorted(), all.toSorted());
  });
});

describe('camera: the judgement of a picture', () => {
  it('reads the size of any whole picture', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 64, max: 300 }),
        fc.integer({ min: 48, max: 300 }),
        async (width, height) => {
          const whole = await picture(width, height);
          assert.deepEqual(inspectJpeg(whole), { kind: 'complete', width, height });
          assert.equal(detectImageType(whole)?.extension, 'jpg');
        },
      ),
      { numRuns: 20 },
    );
  });

  it('finds every cut', async () => {
    const whole = await picture(64, 48, 20);
    for (let length = 2; length < whole.length; length += 1) {
      assert.equal(inspectJpeg(whole.subarray(0, length)).kind, 'cut', `after ${length} bytes`);
    }
    assert.equal(inspectJpeg(whole.subarray(0, 1)).kind, 'other');
    assert.equal(inspectJpeg(whole.subarray(0, 0)).kind, 'empty');
  });

  it('finds a cut even where the last bytes look like an end', async () => {
    const whole = await picture(64, 48, 20);
    const scan = whole.indexOf(Buffer.from([0xff, 0xda]));
    for (let length = 2; length < scan; length += 1) {
      const ended = Buffer.concat([whole.subarray(0, length), Buffer.from([0xff, 0xd9])]);
      assert.equal(inspectJpeg(ended).kind, 'cut', `after ${length} bytes`);
    }
  });

  it('never throws, whatever the bytes are', () => {
    const marker = fc
      .tuple(fc.constant(0xff), fc.integer({ min: 0, max: 255 }))
      .map((pair) => Uint8Array.from(pair));
    const pieces = fc.array(fc.oneof(marker, fc.uint8Array({ maxLength: 20 })), { maxLength: 40 });
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, startsWell) => {
        const input = Buffer.concat([startsWell ? Buffer.from([0xff, 0xd8]) : Buffer.alloc(0), ...parts]);
        const verdict = inspectJpeg(input);
        if (verdict.kind === 'complete') {
          assert.ok(verdict.width > 0 && verdict.height > 0);
          assert.ok(input.subarray(-2).equals(Buffer.from([0xff, 0xd9])));
        }
        assert.equal(verdict.kind === 'empty', input.length === 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('knows fill bytes, progressive frames and markers without a length', () => {
    const frame = 'ffc2 000b 08 0078 00a0 01 011100';
    const scan = 'ffda 0008 01 0100 003f00 aabb ffd9';
    const size = { kind: 'complete', width: 160, height: 120 };
    assert.deepEqual(inspectJpeg(bytes(`ffd8 ff${frame} ff01 ${scan}`)), size);
    assert.deepEqual(inspectJpeg(bytes(`ffd8 ffc4 0003 00 ${frame} ${scan}`)), size);
    assert.equal(inspectJpeg(bytes(`ffd8 ${scan}`)).kind, 'cut');
    assert.equal(inspectJpeg(bytes(`ffd8 ffc4 000b 08 0078 00a0 01 011100 ${scan}`)).kind, 'cut');
    assert.equal(inspectJpeg(bytes(`ffd8 ${frame.replace('00a0', '0000')} ${scan}`)).kind, 'cut');
  });
});
