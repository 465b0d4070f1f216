import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { listCameras } from '../../src/camera';
import { createMachine, kindOf, type Machine } from './support';

const never = () => new AbortController().signal;

const TWO_CAMERAS = `Available cameras
-----------------
0 : imx708_wide [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
                             2304x1296 [56.03 fps - (0, 0)/4608x2592 crop]

1 : ov5647 [2592x1944] (/base/soc/i2c0mux/i2c@1/ov5647@36)
    Modes: 'SGBRG10_CSI2P' : 640x480 [58.92 fps - (16, 0)/2560x1920 crop]
`;

describe('camera: the list of cameras', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  async function list() {
    const result = await listCameras(never(), machine.environment);
    assert.ok(result.ok);
    return result.value;
  }

  it('has nothing on a machine without a camera', async () => {
    assert.deepEqual(await list(), []);
  });

  it('has the cameras that the first program finds', async () => {
    const text = machine.path('list.txt');
    writeFileSync(text, TWO_CAMERAS);
    machine.install('libcamera-still', machine.recordArguments, `cat ${text}`);
    assert.deepEqual(await list(), [
      { device: '0', name: 'imx708_wide 4608x2592', program: 'libcamera-still', installed: true },
      { device: '1', name: 'ov5647 2592x1944', program: 'libcamera-still', installed: true },
    ]);
    assert.deepEqual(machine.runs(), [['--list-cameras']]);
    machine.install('rpicam-still', 'echo "No cameras available!"');
    assert.deepEqual(await list(), []);
  });

  it('has USB webcams, without their metadata devices, and without what is no USB device', async () => {
    const device = machine.connectWebcam('usb-046d_HD_Pro_Webcam_C920_1A2B-video-index0');
    machine.connectWebcam('usb-046d_HD_Pro_Webcam_C920_1A2B-video-index1');
    machine.connectWebcam('pci-0000-video-index0');
    const choice = { device, name: '046d HD Pro Webcam C920 1A2B', program: 'fswebcam' };
    assert.deepEqual(await list(), [{ ...choice, installed: false }]);
    machine.install('fswebcam', 'exit 0');
    assert.deepEqual(await list(), [{ ...choice, installed: true }]);
  });

  it('has the video devices of a container, which has no by-id, and no receivers, codecs and metadata', async () => {
    const others = ['unicam-image', 'rp1-cfe-csi2_ch0', 'bcm2835-codec-decode', 'bcm2835-isp-output0'];
    const more = ['pispbe-input', 'rpi-hevc-dec', 'rpivid', 'rkisp1_mainpath', 'meson-video-decoder'];
    [...others, ...more].forEach((name, index) =>
      machine.makeVideoDevice(`video${index + 10}`, `81:${index + 10}`, { name }),
    );
    machine.makeVideoDevice('video2', '81:2', { name: 'HD Pro Webcam C920' });
    machine.makeVideoDevice('video3', '81:3', { name: 'HD Pro Webcam C920', index: 1 });
    machine.makeVideoDevice('video0', '81:0');
    machine.makeVideoDevice('video1', ''); // a file, and no device
    const choice = { program: 'fswebcam', installed: false };
    const named = { device: '/dev/video2', name: 'HD Pro Webcam C920', ...choice };
    const unnamed = { device: '/dev/video0', name: 'video0', ...choice };
    assert.deepEqual(await list(), [named, unnamed]);
    // The same webcam, now by its name too.
    symlinkSync(machine.path('dev/video2'), machine.path('dev/v4l/by-id/usb-C920-video-index0'));
    assert.deepEqual(await list(), [
      { device: '/dev/v4l/by-id/usb-C920-video-index0', name: 'C920', ...choice },
      unnamed,
    ]);
  });

  it('has the first camera of the old camera stack, which cannot list', async () => {
    machine.install('raspistill', 'exit 64');
    assert.deepEqual(await list(), [
      { device: '0', name: 'camera 0', program: 'raspistill', installed: true },
    ]);
  });

  it('says when its program hangs, and can be cancelled', async () => {
    machine.install('rpicam-still', 'exec sleep 1000');
    const hasty = { ...machine.environment, listLimitMs: 100 };
    assert.equal(kindOf(await listCameras(never(), hasty)), 'hung');
    const cancel = new AbortController();
    const listed = listCameras(cancel.signal, machine.environment);
    cancel.abort();
    assert.equal(kindOf(await listed), 'cancelled');
  });

  it('has a bound, however much a program prints', async () => {
    machine.install('rpicam-still', 'for i in $(seq 10 99); do echo "$i : imx708 [1x1]"; done');
    assert.equal((await list()).length, 32);
  });

  it('bears whatever a program prints', async () => {
    const file = machine.path('list.txt');
    machine.install('rpicam-still', `cat ${file}`);
    const line = fc.tuple(fc.nat(200), fc.string(), fc.string()).map(([n, a, b]) => `${n} : ${a} [${b}]`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string(), line), { maxLength: 60 }), async (lines) => {
        writeFileSync(file, lines.join('\n'));
        const cameras = await list();
        assert.ok(cameras.length <= 32);
        for (const camera of cameras) assert.match(camera.device, /^\d{1,2}$/);
      }),
      { numRuns: 50 },
    );
  });
});
