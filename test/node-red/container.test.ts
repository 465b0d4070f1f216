import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed, type ShownMessage } from './support';

/**
 * A Node-RED that sees what a container shows it: the device tree is hidden, the only devices are those that every
 * container has, no udev has run, and a file tells of Podman. The kernel serves sensors, as it does in all containers of
 * a Raspberry Pi, because they see the devices of the host below /sys.
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

  async function makeFiles(): Promise<void> {
    for (const folder of [DEVICES_OF_IIO, 'platform', 'run', 'bin', 'dev/shm'])
      await mkdir(join(place, folder), { recursive: true });
    await writeFile(join(place, 'run/.containerenv'), '');
    await writeFile(join(place, 'bin/fswebcam'), '#!/bin/sh\nexit 1\n');
    await chmod(join(place, 'bin/fswebcam'), 0o755);
    for (const sensor of [DHT11, BME280]) await makeSensor(sensor);
  }

  /** What the kernel shows of a sensor; its `of_node` leads into what is hidden. */
  async function makeSensor({ name, folder, uevent, files }: KernelSensor): Promise<void> {
    const device = join(place, 'platform', folder, 'iio:device0');
    await mkdir(device, { recursive: true });
    await writeFile(join(place, 'platform', folder, 'uevent'), uevent.join('\n'));
    await writeFile(join(device, 'name'), `${name}\n`);
    for (const [file, content] of Object.entries(files)) await writeFile(join(device, file), `${content}\n`);
    await symlink(`/sys/firmware/devicetree/base/${name}`, join(device, 'of_node'));
  }

  /** Has the kernel serve this sensor and no other. */
  async function serveOnly({ folder }: KernelSensor): Promise<void> {
    const entry = join(place, DEVICES_OF_IIO, 'iio:device0');
    await rm(entry, { force: true });
    await symlink(join('../../../devices/platform', folder, 'iio:device0'), entry);
  }

  /** What a source sends, or else what a Catch node gets of it. */
  async function outcomeOf(type: string, settings: object): Promise<ShownMessage> {
    const node: FlowNode = { id: 'source', type, interval: 0, ...settings };
    await nodeRed.deploy(flowOf([node], [], [{ id: 'ask', target: 'source', code: 'return msg;' }]));
    const since = nodeRed.debugged.length;
    await nodeRed.inject('ask');
    const shown = await nodeRed.until(() => nodeRed.debugged[since]);
    return shown.value;
  }

  /** What a source fails with. */
  async function failureOf(type: string, settings: object): Promise<{ code?: string; message: string }> {
    const { error, payload } = await outcomeOf(type, settings);
    assert(error !== undefined, `a failure, not ${JSON.stringify(payload)}`);
    return error;
  }

  it('says that no GPIO chip was passed in, and how one is', async () => {
    const { code, message } = await failureOf('dht22-in', { source: 'gpio', gpio: 4 });
    assert.equal(code, 'no-chip');
    assert.match(message, /no GPIO chip of a Raspberry Pi was passed in/);
    assert.match(message, /podman run --device \/dev\/gpiochip0 --group-add keep-groups/);
    assert.doesNotMatch(message, /usermod|sudo|this computer/);
  });

  for (const sensor of ['DHT11 on GPIO 17', 'BME280'] as const) {
    it(`asks the pin itself where the kernel serves a ${sensor} alone`, async () => {
      await serveOnly(SENSORS[sensor]);
      const { code, message } = await failureOf('dht22-in', { source: 'automatic', gpio: 4 });
      assert.equal(code, 'no-chip');
      assert.match(message, /podman run --device \/dev\/gpiochip0/);
    });
  }

  it('names the DHT11 that the kernel serves on another pin', async () => {
    await serveOnly(DHT11);
    const { code, message } = await failureOf('dht22-in', { source: 'kernel', gpio: 4 });
    assert.equal(code, 'no-sensor');
    assert.match(message, /There is iio:device0 \(dht11@11\) on GPIO 17 \(pin 11\)\. Choose GPIO 17/);
    assert.match(message, /dtoverlay=dht11,gpiopin=4/);
    assert.doesNotMatch(message, /sudo/);
  });

  it('reads the DHT11 that the kernel serves, by the pin in its name', async () => {
    await serveOnly(DHT11);
    for (const source of ['kernel', 'automatic']) {
      const { payload, dht22 } = await outcomeOf('dht22-in', { source, gpio: 17 });
      assert.deepEqual(payload, { temp: 5.5, humidity: 65.8 });
      assert.equal(dht22?.source, 'kernel');
    }
  });

  it('names the BME280 that the kernel serves, and takes it for no pin’s sensor', async () => {
    await serveOnly(BME280);
    for (const gpio of [4, 17]) {
      const { code, message } = await failureOf('dht22-in', { source: 'kernel', gpio });
      assert.equal(code, 'no-sensor');
      assert.match(message, /There is iio:device0 \(bme280\), which is not known to be a DHT/);
    }
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

/** A sensor of the host as its kernel shows it. */
interface KernelSensor {
  readonly name: string;
  /** Its folder below /sys/devices/platform. */
  readonly folder: string;
  readonly uevent: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

const DHT11: KernelSensor = {
  name: 'dht11@11',
  folder: 'dht11@11',
  uevent: ['DRIVER=dht11', 'OF_NAME=dht11', 'OF_FULLNAME=/dht11@11', 'OF_COMPATIBLE_0=dht11'],
  files: { in_temp_input: '5500', in_humidityrelative_input: '65800' },
};

const BME280: KernelSensor = {
  name: 'bme280',
  folder: 'soc/fe804000.i2c/i2c-1/1-0076',
  uevent: [
    'DRIVER=bmp280',
    'OF_NAME=bme280',
    'OF_FULLNAME=/soc/i2c@7e804000/bme280@76',
    'OF_COMPATIBLE_0=bosch,bme280',
  ],
  files: { in_temp_input: '5500', in_humidityrelative_input: '65800', in_pressure_input: '99.1' },
};

const SENSORS = { 'DHT11 on GPIO 17': DHT11, BME280 };

const DEVICES_OF_IIO = 'bus/iio/devices';

/** Every container has these devices (the defaults of the OCI runtime specification). */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

function mountsIn(folder: string): string {
  return `
    mount -t tmpfs -o ro tmpfs /sys/firmware
    mount --bind ${folder}/bus /sys/bus
    mount --bind ${folder}/platform /sys/devices/platform
    mount --bind ${folder}/run /run
    for device in ${DEVICES.join(' ')}; do
      touch ${folder}/dev/$device
      mount --bind /dev/$device ${folder}/dev/$device
    done
    ln -s /proc/self/fd ${folder}/dev/fd
    mount --rbind ${folder}/dev /dev`;
}
