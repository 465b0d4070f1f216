import assert from 'node:assert/strict';
import { accessSync, constants, copyFileSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inspectJpeg, systemEnvironment } from '../../src/camera';
import { capture, createMachine, kindOf, pictureOf, type Machine } from './support';

/** Whether the system's own fswebcam is here. */
function hasFswebcam(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'fswebcam'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function webcams(): string[] {
  try {
    return readdirSync('/dev/v4l/by-id').filter((name) => name.startsWith('usb-'));
  } catch {
    return [];
  }
}

describe('camera: the real fswebcam', () => {
  let machine: Machine;
  before(function () {
    if (!hasFswebcam()) {
      console.log('      fswebcam is not installed here, so the real one is not tried');
      this.skip();
    }
  });
  beforeEach(() => {
    machine = createMachine({ variables: process.env });
  });
  afterEach(() => machine?.remove());

  it('takes a picture with a webcam', async function () {
    if (webcams().length === 0) {
      console.log('      no V4L2 webcam is connected here, so no real picture is taken');
      this.skip();
    }
    const picture = pictureOf(await capture({ program: 'fswebcam', settleMs: 1500 }, systemEnvironment()));
    assert.equal(inspectJpeg(picture.bytes).kind, 'complete');
  });

  it('understands what it is asked for, with a file in place of a webcam', async () => {
    const file = await machine.pictureFile(640, 480);
    symlinkSync(file, machine.path('dev/v4l/by-id/usb-File-video-index0'));
    const settings = { program: 'fswebcam', width: 640, height: 480, hflip: true, rotation: 180 } as const;
    const best = pictureOf(await capture({ ...settings, quality: 100 }, machine.environment));
    assert.deepEqual([best.program, best.width, best.height], ['fswebcam', 640, 480]);
    const small = pictureOf(
      await capture({ ...settings, maxBytes: best.bytes.length >> 1 }, machine.environment),
    );
    assert.ok(small.bytes.length <= best.bytes.length / 2);
    copyFileSync(file, machine.path('unused'));
    assert.notDeepEqual(best.bytes, readFileSync(file));
  });

  it('says that something else is no camera', async () => {
    symlinkSync('/dev/null', machine.path('dev/v4l/by-id/usb-Null-video-index0'));
    assert.equal(kindOf(await capture({ program: 'fswebcam' }, machine.environment)), 'no-camera');
  });
});
