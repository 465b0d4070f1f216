import assert from 'node:assert/strict';
import type { CameraSettings } from '../../src/camera';
import { capture, createMachine, kindOf, pictureOf, testPicture } from './support';

const machine = createMachine();
machine.remove();
const environment = { ...machine.environment, now: () => 1_777_777_777_123 };

async function bytesOf(settings: Partial<CameraSettings>): Promise<Buffer> {
  return pictureOf(await testPicture(settings, environment)).bytes;
}

describe('camera: the test picture', () => {
  it('is marked as one, in the file too', async () => {
    const picture = pictureOf(await testPicture({}, environment));
    assert.equal(picture.program, 'test-picture');
    assert.equal(picture.timestamp, 1_777_777_777_123);
    assert.ok(picture.bytes.includes('Sensorpost test picture, not from a camera'));
    assert.deepEqual([picture.width, picture.height], [320, 240]);
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

  it('is smaller at a lower quality, and obeys the maximum size', async () => {
    const best = pictureOf(await testPicture({ quality: 95 }, environment)).bytes.length;
    const worst = pictureOf(await testPicture({ quality: 5 }, environment)).bytes.length;
    assert.ok(worst < best / 2);
    const limited = pictureOf(
      await testPicture({ quality: 95, maxBytes: Math.round(best * 0.6) }, environment),
    );
    assert.ok(limited.quality < 95 && limited.bytes.length <= best * 0.6);
  });

  it('is flipped and turned like a camera’s picture', async () => {
    const plain = await bytesOf({});
    const turned = await bytesOf({ rotation: 180 });
    assert.notDeepEqual(await bytesOf({ hflip: true }), plain);
    assert.notDeepEqual(await bytesOf({ vflip: true }), plain);
    assert.notDeepEqual(turned, plain);
    assert.deepEqual(await bytesOf({ hflip: true, vflip: true }), turned);
    assert.deepEqual(await bytesOf({ hflip: true, vflip: true, rotation: 180 }), plain);
  });

  it('can be called off', async () => {
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
