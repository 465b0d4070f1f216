import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CameraSettings } from '../../src/camera';
import { decodeJpeg } from './jpeg-decoder';
import { capture, createMachine, kindOf, pictureOf, testPicture } from './support';

const machine = createMachine();
machine.remove();
const environment = { ...machine.environment, now: () => 1_777_777_777_123 };

async function bytesOf(settings: Partial<CameraSettings>): Promise<Buffer> {
  return pictureOf(await testPicture(settings, environment)).bytes;
}

describe('camera: the test picture', () => {
  it('says that it is a test picture, in the file too', async () => {
    const picture = pictureOf(await testPicture({}, environment));
    assert.equal(picture.program, 'test-picture');
    assert.equal(picture.timestamp, 1_777_777_777_123);
    assert.ok(picture.bytes.includes('Sensorpost test picture, not from a camera'));
    assert.deepEqual([picture.width, picture.height], [320, 240]);
  });

  it('makes a JPEG of any size and quality that decodes to the last bit', async () => {
    const anySettings = fc.record({
      width: fc.integer({ min: 64, max: 200 }),
      height: fc.integer({ min: 48, max: 150 }),
      quality: fc.integer({ min: 1, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(anySettings, async (settings) => {
        const { width, height } = decodeJpeg(await bytesOf(settings));
        assert.deepEqual([width, height], [settings.width, settings.height]);
      }),
      { numRuns: 40 },
    );
  });

  it('shows the colour bars from grey to blue, white writing on black, and the marker’s track', async () => {
    const { at } = decodeJpeg(await bytesOf({ width: 700, height: 480, quality: 95 }));
    const assertColour = (x: number, y: number, expected: [number, number, number]) => {
      const seen = at(x, y);
      const nearly = seen.every((value, index) => Math.abs(value - (expected[index] ?? 0)) < 4);
      assert.ok(nearly, `${String(seen)} at ${x}, ${y}`);
    };
    assertColour(20, 20, [191, 128, 128]); // grey
    assertColour(140, 20, [169, 32, 143]); // yellow
    assertColour(660, 20, [22, 223, 112]); // blue
    assertColour(120, 60, [16, 128, 128]); // the panel
    assertColour(20, 475, [70, 128, 128]); // the track
    const isWhite = (x: number) => at(x, 130)[0] > 200; // through the word TEST
    const edges = Array.from({ length: 490 }, (_, x) => isWhite(100 + x) !== isWhite(101 + x));
    assert.equal(edges.filter(Boolean).length, 8);
  });

  it('differs from one moment to the next', async () => {
    const [first, same, later] = await Promise.all([
      testPicture({}, environment),
      testPicture({}, environment),
      testPicture({}, { ...environment, now: () => 1_777_777_777_124 }),
    ]);
    assert.deepEqual(pictureOf(first).bytes, pictureOf(same).bytes);
    assert.notDeepEqual(pictureOf(first).bytes, pictureOf(later).bytes);
  });

  it('gets smaller at a lower quality, and obeys the maximum size', async () => {
    const best = pictureOf(await testPicture({ quality: 95 }, environment)).bytes.length;
    const worst = pictureOf(await testPicture({ quality: 5 }, environment)).bytes.length;
    assert.ok(worst < best / 2);
    const limited = pictureOf(
      await testPicture({ quality: 95, maxBytes: Math.round(best * 0.6) }, environment),
    );
    assert.ok(limited.quality < 95 && limited.bytes.length <= best * 0.6);
  });

  it('can be flipped and turned like a camera’s picture', async () => {
    const plain = await bytesOf({});
    const turned = await bytesOf({ rotation: 180 });
    const upright = decodeJpeg(plain);
    const mirrored = decodeJpeg(await bytesOf({ hflip: true }));
    const upsideDown = decodeJpeg(await bytesOf({ vflip: true }));
    for (let place = 0; place < 240; place += 8) {
      const [luma] = upright.at(place, place);
      assert.ok(Math.abs(mirrored.at(319 - place, place)[0] - luma) < 20);
      assert.ok(Math.abs(upsideDown.at(place, 239 - place)[0] - luma) < 20);
    }
    assert.notDeepEqual(turned, plain);
    assert.deepEqual(await bytesOf({ hflip: true, vflip: true }), turned);
    assert.deepEqual(await bytesOf({ hflip: true, vflip: true, rotation: 180 }), plain);
  });

  it('can be cancelled while it is drawn', async () => {
    const cancel = new AbortController();
    const result = capture(
      { program: 'test-picture', width: 16_384, height: 16_384 },
      environment,
      cancel.signal,
    );
    setImmediate(() => cancel.abort());
    assert.equal(kindOf(await result), 'cancelled');
  });
});
