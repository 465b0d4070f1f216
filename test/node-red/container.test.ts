import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

/**
 * A Node-RED that sees what a container shows it: the device tree is hidden, the only devices are those that every
 * container has, no udev has run, and a file tells of Podman. The kernel serves a sensor on GPIO 17, as it does in all
 * containers of a Raspberry Pi, because they see the devices of the host below /sys/bus.
 */
describe('a Node-RED in a container', () => {
  let nodeRed: NodeRed;
  let place: string;

  before(async function () {
    const has = spawnSync('unshare', [
      '--mount',
      'sh',
      '-ec',
      'mount -t tmpfs tmpfs /run; command -v python3',
    ]);
    if (has.status !== 0) {
      console.log('skipped: no permission for a mount namespace, or no python3 here');
      this.skip();
    }
    place = await mkdtemp(join(tmpdir(), 'sensorpost-container-'));
    await makeFiles();
    // Names no manager, so that the file decides.
    const [newest] = VERSIONS;
    assert(newest !== undefined);
    const path = [join(place, 'bin'), process.env['PATH']].join(delimiter);
    nodeRed = await startNodeRed(newest, { mounts: mountsIn(place), env: { container: 'oci', PATH: path } });
  });

  after(async () => {
    await nodeRed?.stop();
    if (place !== undefined) await rm(place, { recursive: true });
  });

  /** The kernel's own name for the sensor is all that tells its pin: `of_node` leads into what is hidden. */
  async function makeFiles(): Promise<void> {
    const device = join(place, 'bus/iio/devices/iio:device0');
    for (const folder of [device, join(place, 'run'), join(place, 'bin'), join(place, 'dev/shm')])
      await mkdir(folder, { recursive: true });
    await writeFile(join(place, 'run/.containerenv'), '');
    await writeFile(join(place, 'bin/fswebcam'), '#!/bin/sh\nexit 1\n');
    await chmod(join(place, 'bin/fswebcam'), 0o755);
    await writeFile(join(device, 'name'), 'dht11@11\n');
    await writeFile(join(device, 'in_temp_input'), '5500\n');
    await writeFile(join(device, 'in_humidityrelative_input'), '65800\n');
    await symlink('/sys/firmware/devicetree/base/dht11@11', join(device, 'of_node'));
  }

  /** What a source fails with. */
  async function failureOf(type: string, settings: object): Promise<{ code?: string; message: string }> {
    const node: FlowNode = { id: 'source', type, interval: 0, ...settings };
    await nodeRed.deploy(flowOf([node], [], [{ id: 'ask', target: 'source', code: 'return msg;' }]));
    const since = nodeRed.debugged.length;
    await nodeRed.inject('ask');
    const { error } = await nodeRed.debugOf('caught', since);
    assert(error !== undefined);
    return error;
  }

  it('says that no GPIO chip was passed in, and how one is', async () => {
    const { code, message } = await failureOf('dht22-in', { source: 'gpio', gpio: 4 });
    assert.equal(code, 'no-chip');
    assert.match(message, /no GPIO chip of a Raspberry Pi was passed in/);
    assert.match(message, /podman run --device \/dev\/gpiochip0 --group-add keep-groups/);
    assert.doesNotMatch(message, /usermod|sudo|this computer/);
  });

  it('says that no webcam was passed in, and how one is', async () => {
    const { code, message } = await failureOf('picamera-in', { program: 'fswebcam' });
    assert.equal(code, 'no-camera');
    assert.match(message, /a webcam of the host must be passed to this container/);
    assert.match(message, /podman run --device \/dev\/video0 --group-add keep-groups/);
  });

  it('says how the program of a Raspberry Pi camera gets into its image', async () => {
    const { code, message } = await failureOf('picamera-in', { program: 'rpicam-still' });
    assert.equal(code, 'no-program');
    assert.match(message, /add rpicam-apps to an image/);
    assert.doesNotMatch(message, /sudo/);
  });
});

/** Every container has these devices (the defaults of the OCI runtime specification). */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

function mountsIn(folder: string): string {
  return `
    mount -t tmpfs -o ro tmpfs /sys/firmware
    mount --bind ${folder}/bus /sys/bus
    mount --bind ${folder}/run /run
    for device in ${DEVICES.join(' ')}; do
      touch ${folder}/dev/$device
      mount --bind /dev/$device ${folder}/dev/$device
    done
    ln -s /proc/self/fd ${folder}/dev/fd
    mount --rbind ${folder}/dev /dev`;
}
