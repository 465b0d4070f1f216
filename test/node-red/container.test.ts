import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    await makeSysfs();
    // Names no manager, so that the file decides.
    const [newest] = VERSIONS;
    assert(newest !== undefined);
    nodeRed = await startNodeRed(newest, { mounts: mountsIn(place), env: { container: 'oci' } });
  });

  after(async () => {
    await nodeRed?.stop();
    if (place !== undefined) await rm(place, { recursive: true });
  });

  /** The kernel's own name for the sensor is all that tells its pin: `of_node` leads into what is hidden. */
  async function makeSysfs(): Promise<void> {
    const device = join(place, 'bus/iio/devices/iio:device0');
    for (const folder of [device, join(place, 'run'), join(place, 'dev/shm')])
      await mkdir(folder, { recursive: true });
    await writeFile(join(place, 'run/.containerenv'), '');
    await writeFile(join(device, 'name'), 'dht11@11\n');
    await writeFile(join(device, 'in_temp_input'), '5500\n');
    await writeFile(join(device, 'in_humidityrelative_input'), '65800\n');
    await symlink('/sys/firmware/devicetree/base/dht11@11', join(device, 'of_node'));
  }

  /** What reading fails with on a pin. */
  async function failureOf(sensor: Partial<FlowNode>): Promise<{ code?: string; message: string }> {
    const node: FlowNode = { id: 'sensor', type: 'dht22-in', interval: 0, ...sensor };
    await nodeRed.deploy(flowOf([node], [], [{ id: 'ask', target: 'sensor', code: 'return msg;' }]));
    const since = nodeRed.debugged.length;
    await nodeRed.inject('ask');
    const { error } = await nodeRed.debugOf('caught', since);
    assert(error !== undefined);
    return error;
  }

  it('says that no GPIO chip was passed in, and how one is', async () => {
    const { code, message } = await failureOf({ source: 'gpio', gpio: 4 });
    assert.equal(code, 'no-chip');
    assert.match(message, /no GPIO chip of a Raspberry Pi was passed in/);
    assert.match(message, /podman run --device \/dev\/gpiochip0 --group-add keep-groups/);
    assert.doesNotMatch(message, /usermod|sudo|this computer/);
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
