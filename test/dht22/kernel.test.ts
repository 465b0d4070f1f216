import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { assert as check, asyncProperty, pre, string } from 'fast-check';
import { createDht22, type Environment, type SensorSettings } from '../../src/dht22';
import {
  fakeClock,
  fakeEnvironment,
  fakeSysfs,
  never,
  START,
  type FakeClock,
  type FakeSysfs,
} from './support';

const KERNEL: SensorSettings = {
  source: 'kernel',
  gpio: 4,
  model: 'auto',
  plausibility: true,
  veryDry: false,
};

describe('dht22: the kernel driver', () => {
  let sysfs: FakeSysfs;
  let clock: FakeClock;

  beforeEach(async () => {
    sysfs = await fakeSysfs();
    clock = fakeClock();
  });
  afterEach(() => sysfs.remove());

  async function read(settings: SensorSettings = KERNEL) {
    return createDht22(settings, fakeEnvironment(clock, { sysfsRoot: sysfs.root })).read(never());
  }

  async function failure(settings: SensorSettings = KERNEL) {
    const result = await read(settings);
    assert.ok(!result.ok, 'a failure');
    return result.failure;
  }

  /** Reads with a driver that fails with an error code of the test's choice. */
  async function readFailing(
    fault: (file: string) => string | undefined,
    settings: SensorSettings = KERNEL,
    given: Partial<Environment> = {},
  ) {
    const environment = fakeEnvironment(clock, {
      sysfsRoot: sysfs.root,
      ...given,
      readDeviceFile: (path) => {
        const code = fault(basename(path));
        return code === undefined
          ? readFile(path, 'latin1')
          : Promise.reject(Object.assign(new Error(code), { code }));
      },
    });
    return createDht22(settings, environment).read(never());
  }

  it('reads milli-degrees and milli-percent, and says where they come from', async () => {
    await sysfs.put('iio:device0', { temperature: '26900', humidity: '65800', gpio: 4 });
    const result = await read();
    assert.deepEqual(result, {
      ok: true,
      value: {
        temperature: 26.9,
        humidity: 65.8,
        timestamp: START + 2200,
        source: 'kernel',
        gpio: 4,
        tries: 1,
        raw: { device: 'iio:device0', temperature: '26900', humidity: '65800' },
      },
    });
  });

  it('discards the first answer after a long pause, which is the measurement before', async () => {
    await sysfs.put('iio:device0', { temperature: '26900', humidity: '65800', gpio: 4 });
    const sensor = createDht22(KERNEL, fakeEnvironment(clock, { sysfsRoot: sysfs.root }));
    await sensor.read(never());
    assert.deepEqual(clock.waits, [2200]);
    clock.pass(60_000);
    await sensor.read(never());
    assert.deepEqual(clock.waits, [2200], 'a minute later the first answer is good');
    clock.pass(3_600_000);
    await sensor.read(never());
    assert.deepEqual(clock.waits, [2200, 2200], 'an hour later it is discarded');
  });

  it('finds the device by its files and its device tree node, among others', async () => {
    await sysfs.put('iio:device0', { temperature: '1', humidity: '2', compatible: 'bosch,bme280' });
    await sysfs.put('iio:device1', { temperature: '30000' });
    await sysfs.put('iio:device2', { temperature: '21000', humidity: '40000', gpio: 17 });
    await sysfs.put('iio:device3', { temperature: '22000', humidity: '50000', gpio: 4 });
    const result = await read();
    assert.ok(result.ok && result.value.temperature === 22);
  });

  it('says so when there is no device at all', async () => {
    assert.equal((await failure()).kind, 'no-sensor');
  });

  it('refuses a pin that the header does not have', async () => {
    for (const gpio of [-1, 58, 4.5, Number.NaN])
      assert.equal((await failure({ ...KERNEL, gpio })).kind, 'no-such-pin');
    for (const source of ['gpio', 'automatic'] as const)
      assert.equal((await failure({ ...KERNEL, source, gpio: 28 })).kind, 'no-such-pin');
  });

  it('reads a sensor on a pin that only a Compute Module leads out', async () => {
    await sysfs.put('iio:device0', { temperature: '21000', humidity: '40000', gpio: 45 });
    const result = await read({ ...KERNEL, gpio: 45 });
    assert(result.ok && result.value.gpio === 45 && result.value.temperature === 21);
    assert.equal((await failure({ ...KERNEL, gpio: 44 })).kind, 'no-sensor');
  });

  it('reads clones below zero', async () => {
    const cases: [string, number][] = [
      ['-10100', -10.1],
      ['-3266700', -10.1],
      ['-3276700', -0.1],
      ['409500', -0.1],
      ['399500', -10.1],
    ];
    for (const [temperature, expected] of cases) {
      clock = fakeClock();
      await sysfs.put('iio:device0', { temperature, humidity: '65800', gpio: 4 });
      const result = await read();
      assert.ok(result.ok, temperature);
      assert.equal(result.value.temperature, expected);
    }
  });

  it('refuses zeros, what failing sensors send and what is out of range, after all tries', async () => {
    const cases: [string, string][] = [
      ['0', '0'],
      ['0', '1000'],
      ['0', '2000'],
      ['1000', '1000'],
      ['-40000', '1000'],
      ['-40100', '50000'],
      ['125100', '50000'],
      ['20000', '100100'],
      ['20000', '-100'],
    ];
    for (const [temperature, humidity] of cases) {
      clock = fakeClock();
      await sysfs.put('iio:device0', { temperature, humidity, gpio: 4 });
      const { kind, tries, message } = await failure({ ...KERNEL, plausibility: false });
      assert.deepEqual([kind, tries], ['implausible', 15], `${temperature} ${humidity}`);
      assert.ok(message.includes('GPIO 4 (pin 7)'));
      assert.ok(clock.waits.every((wait) => wait > 2000));
    }
  });

  it('never makes a number of a text that is none', async () => {
    await check(
      asyncProperty(string({ maxLength: 40 }), async (text) => {
        pre(!/^\s*-?\d{1,8}\s*$/.test(text));
        clock = fakeClock();
        await sysfs.put('iio:device0', { temperature: text, humidity: '50000', gpio: 4 });
        assert.equal((await failure()).kind, 'driver-failed');
      }),
      { numRuns: 20 },
    );
  });

  it('understands what the driver reports, and waits more than 2 s before every further try', async () => {
    const cases: [string, string, number][] = [
      ['ETIMEDOUT', 'no-answer', 15],
      ['EIO', 'corrupt-frame', 15],
      ['EAGAIN', 'coarse-clock', 1],
      ['EACCES', 'no-permission', 1],
      ['ENODEV', 'no-sensor', 1],
    ];
    await sysfs.put('iio:device0', { temperature: '26900', humidity: '65800', gpio: 4 });
    for (const [code, kind, tries] of cases) {
      clock = fakeClock();
      const result = await readFailing(() => code);
      assert.ok(!result.ok);
      assert.deepEqual([result.failure.kind, result.failure.tries], [kind, tries]);
      assert.ok(result.failure.message.includes('GPIO 4 (pin 7)'), result.failure.message);
      assert.equal(clock.waits.length, tries - 1);
      assert.ok(clock.waits.every((wait) => wait > 2000));
    }
  });

  it('says what to do next, whatever the driver reports', async () => {
    const cases: readonly [code: string, next: RegExp][] = [
      ['ETIMEDOUT', /Check that its data wire/],
      ['EIO', /long or unshielded wire/],
      ['EAGAIN', /Restart it\. .*cmdline\.txt.*kernel of Raspberry Pi OS/],
      ['EACCES', /sudo chmod a\+r \S+in_temp_input.*choose the source "GPIO pin"/],
      ['ENODEV', /dtoverlay=dht11,gpiopin=4/],
      ['EINVAL', /Restart.*dmesg.*dtoverlay=dht11,gpiopin=4.*choose the source "GPIO pin"/],
    ];
    await sysfs.put('iio:device0', { temperature: '26900', humidity: '65800', gpio: 4 });
    for (const [code, next] of cases) {
      clock = fakeClock();
      const result = await readFailing(() => code);
      assert.ok(!result.ok);
      assert.match(result.failure.message, next);
    }
  });

  it('names no GPIO source for a pin that only the driver reaches', async () => {
    await sysfs.put('iio:device0', { temperature: 'x', humidity: '65800', gpio: 45 });
    const { message } = await failure({ ...KERNEL, gpio: 45 });
    assert.match(message, /Restart/);
    assert.doesNotMatch(message, /choose the source/);
  });

  it('discards a humidity whose temperature failed, and a temperature whose humidity failed', async () => {
    await sysfs.put('iio:device0', { temperature: '26900', humidity: '65800', gpio: 4 });
    for (const bad of ['in_temp_input', 'in_humidityrelative_input']) {
      clock = fakeClock();
      let failures = 0;
      const seen: string[] = [];
      const result = await readFailing((file) => {
        seen.push(file);
        if (file !== bad || failures === 3) return undefined;
        failures += 1;
        return 'EIO';
      });
      assert.ok(result.ok);
      assert.equal(result.value.tries, 4);
      assert.deepEqual(seen.slice(-2), ['in_temp_input', 'in_humidityrelative_input']);
    }
  });

  it('says what it was when the driver fails in a way of its own', async () => {
    await sysfs.put('iio:device0', { humidity: '50000', gpio: 4 });
    await mkdir(join(sysfs.folder('iio:device0'), 'in_temp_input'));
    const { kind, message } = await failure();
    assert.equal(kind, 'driver-failed');
    assert.ok(message.includes('EISDIR'), message);
  });

  it('says which DHT11 its driver never understands, and what to do, unless the sensor is none', async () => {
    const cases: [string, SensorSettings['model'], ...string[]][] = [
      [
        '6.1.21-v8+',
        'auto',
        '6.1.21-v8+',
        'sends tenths',
        'remove the line dtoverlay=dht11,gpiopin=4',
        '"GPIO pin"',
      ],
      ['6.12.93', 'dht11', 'sends tenths'],
      ['5.99.0', 'dht11', 'sends tenths'],
      ['6.13.0-rc1', 'auto', 'below zero', 'leaves out the tenths'],
      ['7.0', 'dht11', 'below zero'],
    ];
    await sysfs.put('iio:device0', { temperature: '26900', humidity: '65800', gpio: 4 });
    for (const [kernelRelease, model, ...parts] of cases) {
      clock = fakeClock();
      const result = await readFailing(() => 'EIO', { ...KERNEL, model }, { kernelRelease });
      assert.ok(!result.ok);
      for (const part of parts) assert.ok(result.failure.message.includes(part), result.failure.message);
    }
    const dht22 = await readFailing(() => 'EIO', { ...KERNEL, model: 'dht22' });
    assert.ok(!dht22.ok && !dht22.failure.message.includes('DHT11'));
  });
});
