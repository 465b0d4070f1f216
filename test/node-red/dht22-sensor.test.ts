import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fallingEdges, TIMINGS, withChecksum } from '../dht22/frames';
import { flowOf } from './flows';
import { startNodeRed, VERSIONS, type FlowNode, type NodeRed } from './support';

/** A line of the helper with a frame of these bytes. */
function edges(bytes: readonly number[]): string {
  const seen = fallingEdges(bytes, TIMINGS.AM2302).slice(1);
  return ['edges', 17_000, ...seen.map((edge) => edge + 17_000)].join(' ');
}

const GOOD = edges(withChecksum(0x02, 0x92, 0x01, 0x0d));

/** What the helper answers for a GPIO pin; the kind and a part of the error that comes of it; its status. */
const FAILURES: readonly (readonly [
  gpio: number,
  answer: string,
  kind: string,
  part: string,
  status: string,
])[] = [
  [5, 'edges 17000', 'no-answer', 'GPIO 5 (pin 29) does not answer', 'no answer'],
  [6, 'edges 17000 204000 283000', 'short-frame', '2 of 41 edges', 'answer cut short'],
  [13, edges([2, 146, 1, 13, 0]), 'checksum', 'GPIO 13 (pin 33)', 'checksum wrong'],
  [19, `${GOOD} 9000000`, 'corrupt-frame', '42 edges instead of 41', 'damaged answer'],
  [26, edges(withChecksum(0, 0, 0, 0)), 'implausible', '0 °C and 0 %', 'not plausible'],
  [16, 'busy w1', 'busy', 'is in use by "w1"', 'pin is in use'],
  [20, 'no-permission /dev/gpiochip0', 'no-permission', 'usermod -aG gpio', 'no permission'],
  [21, 'no-such-pin 3', 'no-such-pin', 'has 3 lines', 'no such pin'],
  [12, 'no-chip', 'no-chip', 'no GPIO chip of a Raspberry Pi', 'no GPIO here'],
  [25, 'error no such ioctl', 'helper-failed', 'no such ioctl', 'helper failed'],
];

const sensorOn = (gpio: number, more: object = {}): FlowNode => ({
  id: `on-gpio-${gpio}`,
  type: 'dht22-in',
  source: 'gpio',
  gpio,
  interval: 0,
  ...more,
});
const askOf = (gpio: number) => ({
  id: `ask-${gpio}`,
  target: `on-gpio-${gpio}`,
  code: `msg.mark = "${gpio}";`,
});

for (const version of VERSIONS) {
  describe(`dht22-in with a simulated helper in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let programs: string;
    before(async () => {
      programs = await mkdtemp(join(tmpdir(), 'sensorpost-python-'));
      const answers = [...FAILURES.map(([gpio, answer]) => [gpio, answer] as const), [4, GOOD] as const];
      const cases = answers.map(([gpio, answer]) => `${gpio}) echo '${answer}';;`);
      const script = `#!/bin/bash\nwhile read gpio rest; do case $gpio in ${cases.join(' ')} esac; done\n`;
      await writeFile(join(programs, 'python3'), script);
      await chmod(join(programs, 'python3'), 0o755);
      nodeRed = await startNodeRed(version, {
        env: { PATH: [programs, process.env['PATH']].join(delimiter) },
      });
    });
    after(async () => {
      await nodeRed.stop();
      await rm(programs, { recursive: true });
    });

    it('reads the sensor on its pin, also automatically', async () => {
      await nodeRed.deploy(flowOf([sensorOn(4, { source: 'automatic' })], [], [askOf(4)]));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('ask-4');
      const { payload, dht22 } = await nodeRed.debugOf('result', since);
      assert.deepEqual(payload, { temp: 26.9, humidity: 65.8 });
      assert.equal(dht22?.source, 'gpio');
      assert.equal(nodeRed.statusesOf('on-gpio-4').at(-1)?.text, '26.9 °C 65.8 %');
    });

    it('tells Catch nodes once of whatever is wrong, after its retries', async () => {
      const nodes = FAILURES.map(([gpio]) => sensorOn(gpio));
      await nodeRed.deploy(
        flowOf(
          nodes,
          [],
          FAILURES.map(([gpio]) => askOf(gpio)),
        ),
      );
      const since = nodeRed.debugged.length;
      for (const [gpio] of FAILURES) await nodeRed.inject(`ask-${gpio}`);
      await nodeRed.until(() => nodeRed.debugged.length >= since + FAILURES.length);
      const caught = nodeRed.debugged.slice(since);
      assert(caught.every(({ name }) => name === 'caught'));
      for (const [gpio, , kind, part, status] of FAILURES) {
        const error = caught.find(({ value }) => value.mark === String(gpio))?.value.error;
        assert.equal(error?.code, kind);
        assert(error.message.includes(part), error.message);
        assert.equal(nodeRed.statusesOf(`on-gpio-${gpio}`).at(-1)?.text, status);
      }
    });

    it('says so when python3 is missing', async () => {
      await rm(join(programs, 'python3'));
      // Nothing else may serve as python3 on this machine's PATH.
      const alone = await startNodeRed(version, { env: { PATH: programs } });
      await alone.deploy(flowOf([sensorOn(4)], [], [askOf(4)]));
      await alone.inject('ask-4');
      const { error } = await alone.debugOf('caught');
      assert.equal(error?.code, 'no-python');
      assert.equal(alone.statusesOf('on-gpio-4').at(-1)?.text, 'python3 is missing');
      await alone.stop();
    });
  });

  describe(`dht22-in with a simulated kernel driver in ${version.name}`, () => {
    let nodeRed: NodeRed;
    let sysfs: string;
    before(async function () {
      if (spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'x', '/mnt']).status !== 0) {
        console.log('skipped: a simulated kernel driver needs root, to mount it');
        this.skip();
      }
      sysfs = await mkdtemp(join(tmpdir(), 'sensorpost-sysfs-'));
      nodeRed = await startNodeRed(version, { mounts: `mount --bind ${sysfs} /sys/bus` });
    });
    after(async () => {
      await nodeRed?.stop();
      if (sysfs !== undefined) await rm(sysfs, { recursive: true });
    });

    async function driverSays(temperature: string, humidity: string): Promise<void> {
      const device = join(sysfs, 'iio/devices/iio:device0');
      await mkdir(join(device, 'of_node'), { recursive: true });
      await writeFile(join(device, 'in_temp_input'), `${temperature}\n`);
      await writeFile(join(device, 'in_humidityrelative_input'), `${humidity}\n`);
      await writeFile(join(device, 'of_node/compatible'), 'dht11\0');
      await writeFile(join(device, 'of_node/gpios'), Buffer.from('000000010000001100000000', 'hex'));
    }

    it('says which line of config.txt is missing where the driver serves no sensor', async () => {
      await nodeRed.deploy(flowOf([sensorOn(17, { source: 'kernel' })], [], [askOf(17)]));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('ask-17');
      const { error } = await nodeRed.debugOf('caught', since);
      assert.equal(error?.code, 'no-sensor');
      assert.match(error.message, /dtoverlay=dht11,gpiopin=17/);
      assert.equal(nodeRed.statusesOf('on-gpio-17').at(-1)?.text, 'no driver for pin');
    });

    it('reads the sensor of its pin, below zero too', async () => {
      await driverSays('-10100', '65800');
      await nodeRed.deploy(flowOf([sensorOn(17, { source: 'automatic' })], [], [askOf(17)]));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('ask-17');
      const { payload, dht22 } = await nodeRed.debugOf('result', since);
      assert.deepEqual(payload, { temp: -10.1, humidity: 65.8 });
      assert.equal(dht22?.source, 'kernel');
    });

    it('never sends zeros', async () => {
      await driverSays('0', '0');
      await nodeRed.deploy(flowOf([sensorOn(17, { source: 'kernel' })], [], [askOf(17)]));
      const since = nodeRed.debugged.length;
      await nodeRed.inject('ask-17');
      const { error } = await nodeRed.debugOf('caught', since);
      assert.equal(error?.code, 'implausible');
    });
  });
}
