import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import {
  assert as check,
  array,
  asyncProperty,
  constantFrom,
  integer,
  pre,
  record,
  uniqueArray,
} from 'fast-check';
import { createDht22, type Environment, type SensorSettings } from '../../src/dht22';
import { fallingEdges, TIMINGS, withChecksum } from './frames';
import { fakeClock, fakeEnvironment, fakeSysfs, helperThat, never, type FakeSysfs } from './support';

const DHT11: SensorSettings = {
  source: 'gpio',
  gpio: 4,
  model: 'dht11',
  plausibility: false,
  veryDry: false,
};

let commands = 0;

function edgesOf(bytes: readonly number[]): string {
  const seen = fallingEdges(bytes, TIMINGS.AM2302).slice(1);
  return ['edges', 17_000, ...seen.map((edge) => edge + 17_000)].join(' ');
}

/** A DHT11 whose checksum leaves out the tenths. */
function short(humidity: number, humidityTenths: number, celsius: number, celsiusTenths: number): number[] {
  return [humidity, humidityTenths, celsius, celsiusTenths, (humidity + celsius) & 0xff];
}

/** An environment whose helper answers with these lines, and with the last one from then on. */
function answering(lines: readonly string[], given: Partial<Environment> = {}): Partial<Environment> {
  const rest = [...lines];
  commands += 1;
  return fakeEnvironment(fakeClock(), {
    helperCommand: [`dht11 ${commands}`],
    startHelper: helperThat(() => (rest.length > 1 ? rest.shift() : rest[0]) ?? ''),
    ...given,
  });
}

async function readOnce(environment: Partial<Environment>, settings: Partial<SensorSettings> = {}) {
  const sensor = createDht22({ ...DHT11, ...settings }, environment);
  const result = await sensor.read(never());
  sensor.close();
  return result;
}

describe('dht22: a DHT11 whose checksum leaves out the tenths', () => {
  it('gives its whole numbers once three frames in a row agree, and then at once, and says so', async () => {
    const frames = [short(36, 4, 27, 3), short(37, 0, 27, 9), short(36, 0, 28, 9), short(44, 1, 21, 2)];
    const sensor = createDht22(DHT11, answering(frames.map(edgesOf)));
    const [first, second] = [await sensor.read(never()), await sensor.read(never())];
    sensor.close();
    assert.ok(first.ok && second.ok);
    const { temperature, humidity, tries, raw } = first.value;
    assert.deepEqual([temperature, humidity, tries], [21, 44, 3]);
    assert.deepEqual(raw, { bytes: [44, 1, 21, 2, 65], restoredBits: 0, tenths: 'unchecked' });
    assert.equal(second.value.tries, 1);
  });

  const refused: readonly (readonly [
    what: string,
    frames: readonly (readonly number[])[],
    model?: 'auto' | 'dht22',
  ])[] = [
    ['two frames that agree, and no third', [short(36, 4, 27, 3), short(36, 4, 27, 3), short(38, 4, 27, 3)]],
    ['a sign, which nothing protects', [short(36, 4, 2, 0x83)]],
    ['tenths that are none', [short(36, 10, 27, 3)]],
    ['values that no DHT11 measures', [short(36, 4, 61, 3)]],
    ['frames of what may be a DHT22', [short(3, 4, 27, 3)]],
    ['a DHT22', [short(36, 4, 27, 3)], 'dht22'],
    ['a sensor of unknown model', [short(36, 4, 27, 3)], 'auto'],
  ];
  for (const [what, frames, model] of refused) {
    it(`refuses ${what}`, async () => {
      const lines = frames.map(edgesOf);
      // The frames again and again, for a whole cycle.
      const all = Array.from({ length: 16 }, (_, index) => lines[index % lines.length] ?? '');
      const result = await readOnce(answering(all), model === undefined ? {} : { model });
      assert.ok(!result.ok);
      assert.deepEqual([result.failure.kind, result.failure.tries], ['checksum', 15]);
      assert.equal(result.failure.message.includes('choose the sensor "DHT11"'), model === 'auto');
    });
  }

  it('counts for nothing once the sensor has sent tenths that its checksum covers', async () => {
    const lines = [withChecksum(36, 4, 27, 3), ...Array.from({ length: 20 }, () => short(36, 4, 27, 3))];
    const result = await readOnce(answering(lines.map(edgesOf)));
    assert.ok(!result.ok && result.failure.kind === 'checksum');
  });

  it('takes no other DHT11 for one because of a damaged bit in each frame, unless the same is three times in a row', async () => {
    const damaged = record({
      humidity: integer({ min: 20, max: 90 }),
      humidityTenths: integer({ min: 0, max: 9 }),
      celsius: integer({ min: 0, max: 50 }),
      celsiusTenths: integer({ min: 0, max: 9 }),
      // Few different ones, so that the same is hit again and again.
      bits: uniqueArray(integer({ min: 0, max: 39 }), { minLength: 3, maxLength: 3 }).chain((few) =>
        array(constantFrom(...few), { minLength: 16, maxLength: 16 }),
      ),
    });
    await check(
      asyncProperty(damaged, async ({ humidity, humidityTenths, celsius, celsiusTenths, bits }) => {
        const sent = withChecksum(humidity, humidityTenths, celsius, celsiusTenths);
        const frames = bits.map((bit) =>
          sent.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
        );
        pre(bits.every((bit, index) => bit !== bits[index + 1] || bit !== bits[index + 2]));
        const result = await readOnce(answering(frames.map(edgesOf)));
        if (!result.ok) return;
        // Three frames that agree although other bits of theirs are damaged: tenths of 0.1 alone allow that, and a
        // difference of one.
        const { temperature, humidity: percent } = result.value;
        assert.ok(Math.abs(temperature - celsius) <= 1 && Math.abs(percent - humidity) <= 1, bits.join());
      }),
      { numRuns: 150 },
    );
  });
});

describe('dht22: where the kernel driver never understands a sensor', () => {
  let sysfs: FakeSysfs;
  before(async () => {
    sysfs = await fakeSysfs({ 'iio:device0': { temperature: '26900', humidity: '65800', gpio: 4 } });
  });
  after(() => sysfs.remove());

  const AUTOMATIC: Partial<SensorSettings> = { source: 'automatic', model: 'auto' };

  /** A driver with these answers one after the other, and the last one from then on; `good` are its own values. */
  function driver(answers: readonly string[], lines: readonly string[]): Partial<Environment> {
    const rest = [...answers];
    return answering(lines, {
      sysfsRoot: sysfs.root,
      kernelRelease: '6.1.21',
      readDeviceFile: (path) => {
        const answer = (rest.length > 1 ? rest.shift() : rest[0]) ?? 'good';
        if (answer === 'good') return readFile(path, 'latin1');
        return Promise.reject(Object.assign(new Error(answer), { code: answer }));
      },
    });
  }

  it('asks its pin after five failures in a row where nothing holds that, and says so', async () => {
    const sensor = createDht22(
      { ...DHT11, ...AUTOMATIC },
      driver(['EIO'], [edgesOf(withChecksum(36, 0, 27, 3))]),
    );
    const first = await sensor.read(never());
    const second = await sensor.read(never());
    sensor.close();
    assert.ok(first.ok && second.ok);
    const { source, temperature, tries, raw } = first.value;
    assert.deepEqual([source, temperature, tries], ['gpio', 27.3, 6]);
    assert.deepEqual(raw, { bytes: [36, 0, 27, 3, 66], restoredBits: 0, insteadOf: 'iio:device0' });
    assert.equal(second.value.tries, 1, 'the next reading keeps to the pin');
  });

  it('tells what to do where the driver holds the pin', async () => {
    const result = await readOnce(driver(['EIO'], ['busy dht11@4']), AUTOMATIC);
    assert.ok(!result.ok);
    const { kind, tries, message } = result.failure;
    assert.deepEqual([kind, tries], ['corrupt-frame', 15]);
    for (const part of ['6.1.21', 'remove the line dtoverlay=dht11,gpiopin=4', 'the driver holds the pin'])
      assert.ok(message.includes(part), message);
    assert.ok(!message.includes('Kernel driver"'), 'no advice that leads back');
  });

  it('keeps the failure of the driver where the pin cannot be asked at all', async () => {
    const result = await readOnce(driver(['EIO'], ['no-permission /dev/gpiochip0']), AUTOMATIC);
    assert.ok(!result.ok && result.failure.kind === 'corrupt-frame' && result.failure.tries === 15);
    assert.ok(!result.failure.message.includes('holds the pin'));
  });

  it('stays with a driver that fails now and then, and with the source "kernel"', async () => {
    const nowAndThen = ['EIO', 'EIO', 'EIO', 'EIO', 'ETIMEDOUT', 'EIO', 'EIO', 'EIO', 'EIO', 'good'];
    const result = await readOnce(driver(nowAndThen, [edgesOf(withChecksum(36, 0, 27, 3))]), AUTOMATIC);
    assert.ok(result.ok && result.value.source === 'kernel');
    const kernel = await readOnce(driver(['EIO'], [edgesOf(withChecksum(36, 0, 27, 3))]), {
      source: 'kernel',
    });
    assert.ok(!kernel.ok && kernel.failure.kind === 'corrupt-frame');
  });

  it('goes back to the driver when the pin does not answer either', async () => {
    const answers = constantFrom('edges 17000', 'edges 17000 204000 283000');
    await check(
      asyncProperty(answers, async (line) => {
        const kernel = [...Array.from({ length: 6 }, () => 'EIO'), 'good'];
        const result = await readOnce(driver(kernel, [line]), AUTOMATIC);
        assert.ok(result.ok && result.value.source === 'kernel' && result.value.tries === 8);
      }),
      { numRuns: 4 },
    );
  });
});
