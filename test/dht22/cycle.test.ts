import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { assert as check, array, asyncProperty, constantFrom, integer, tuple } from 'fast-check';
import { createDht22, createSharedPins, type Environment, type SensorSettings } from '../../src/dht22';
import { fakeClock, fakeEnvironment, fakeSysfs, never, type FakeClock, type FakeSysfs } from './support';

const SETTINGS: SensorSettings = { source: 'kernel', gpio: 4, model: 'auto', plausibility: true };

/** One answer of the driver: two values in milli-units, or an error code. */
type Answer = readonly [number, number] | string;

describe('dht22: one cycle of tries', () => {
  let sysfs: FakeSysfs;
  let clock: FakeClock;
  let attempts: number[];

  before(async () => {
    sysfs = await fakeSysfs({ 'iio:device0': { temperature: '0', humidity: '0' } });
  });
  after(() => sysfs.remove());
  beforeEach(() => {
    clock = fakeClock();
    attempts = [];
  });

  /** A driver that gives these answers one after the other, and the last one from then on. */
  function driver(...answers: Answer[]): Partial<Environment> {
    let current: Answer = 'EIO';
    return fakeEnvironment(clock, {
      sysfsRoot: sysfs.root,
      sharedPins: createSharedPins(),
      readDeviceFile: async (path) => {
        const isTemperature = path.endsWith('in_temp_input');
        if (isTemperature) {
          current = answers.length > 1 ? (answers.shift() ?? 'EIO') : (answers[0] ?? 'EIO');
          attempts.push(clock.monotonic());
        }
        await turn();
        if (typeof current === 'string') throw Object.assign(new Error(current), { code: current });
        return `${current[isTemperature ? 0 : 1]}\n`;
      },
    });
  }

  it('tries until an answer is good and says how often it tried', async () => {
    const result = await createDht22(SETTINGS, driver('EIO', 'ETIMEDOUT', [21000, 40000])).read(never());
    assert.ok(result.ok);
    assert.equal(result.value.tries, 3);
  });

  it('gives one failure after 15 tries, about half a minute, and starts afresh the next time', async () => {
    const sensor = createDht22(SETTINGS, driver('ETIMEDOUT'));
    for (const _ of [1, 2]) {
      const result = await sensor.read(never());
      assert.ok(!result.ok && result.failure.kind === 'no-answer' && result.failure.tries === 15);
    }
    assert.equal(attempts.length, 30);
    assert.ok(clock.monotonic() < 80_000);
  });

  it('reads a doubled, halved or jumped value once more and takes it only when confirmed', async () => {
    const normal: Answer = [21000, 40000];
    const cases: [string, Answer, Answer, 'accepted' | 'refused'][] = [
      ['doubled and confirmed', [42000, 40000], [42100, 40100], 'accepted'],
      ['doubled, then as before', [42000, 40000], [21100, 40000], 'accepted'],
      ['doubled, then something else', [42000, 40000], [30000, 40000], 'refused'],
      ['halved humidity, then something else', [21000, 20000], [21000, 80000], 'refused'],
      ['jumped and confirmed', [26100, 40000], [26200, 40000], 'accepted'],
      ['jumped, then elsewhere', [26100, 40000], [14000, 40000], 'refused'],
      ['jumped humidity and confirmed', [21000, 60100], [21000, 59900], 'accepted'],
      ['jumped humidity, then elsewhere', [21000, 60100], [21000, 68000], 'refused'],
    ];
    for (const [name, first, second, verdict] of cases) {
      clock = fakeClock();
      const sensor = createDht22(SETTINGS, driver(normal, normal, first, second));
      assert.ok((await sensor.read(never())).ok);
      clock.pass(60_000);
      const result = await sensor.read(never());
      assert.equal(result.ok, verdict === 'accepted', name);
      if (result.ok)
        assert.deepEqual([result.value.temperature * 1000, result.value.tries], [second[0], 2], name);
      else assert.deepEqual([result.failure.kind, result.failure.tries], ['implausible', 2], name);
    }
  });

  it('looks twice at what is exactly double or half, however small the change', async () => {
    for (const second of [
      [6000, 12000],
      [3000, 24000],
      [1500, 12000],
      [3000, 6000],
    ] as const) {
      clock = fakeClock();
      const sensor = createDht22(SETTINGS, driver([3000, 12000], [3000, 12000], second));
      assert.ok((await sensor.read(never())).ok);
      const result = await sensor.read(never());
      assert.ok(result.ok && result.value.tries === 2, String(second));
    }
  });

  it('reads a jump once more up to a minute and a half after the reading before, and not later', async () => {
    for (const [delay, tries] of [
      [90_000, 2],
      [90_001, 1],
    ] as const) {
      const sensor = createDht22(SETTINGS, driver([21000, 40000], [21000, 40000], [28000, 40000]));
      await sensor.read(never());
      clock.pass(delay);
      const result = await sensor.read(never());
      assert.ok(result.ok && result.value.tries === tries, String(delay));
    }
  });

  it('takes a jump at once after a longer time, and always when the switch is off', async () => {
    const answers: Answer[] = [
      [21000, 40000],
      [21000, 40000],
      [28000, 40000],
    ];
    const late = createDht22(SETTINGS, driver(...answers));
    await late.read(never());
    clock.pass(110_000);
    const result = await late.read(never());
    assert.ok(result.ok && result.value.tries === 1 && result.value.temperature === 28);

    const off = createDht22(
      { ...SETTINGS, plausibility: false },
      driver(...answers.slice(0, 2), [42000, 80000]),
    );
    await off.read(never());
    const doubled = await off.read(never());
    assert.ok(doubled.ok && doubled.value.tries === 1 && doubled.value.temperature === 42);
  });

  it('gives two sensors on one pin the same reading', async () => {
    const environment = driver([21000, 40000]);
    const [one, other] = [createDht22(SETTINGS, environment), createDht22(SETTINGS, environment)];
    const [first, second] = await Promise.all([one.read(never()), other.read(never())]);
    assert.ok(first.ok);
    assert.deepEqual(first, second);
    assert.equal(attempts.length, 2, 'one to wake the sensor and one to read it');
  });

  it('ends at once when cancelled, and goes on for another who still waits', async () => {
    const environment = driver('EIO', 'EIO', [21000, 40000]);
    const [one, other] = [createDht22(SETTINGS, environment), createDht22(SETTINGS, environment)];
    const abort = new AbortController();
    const [first, second] = [one.read(abort.signal), other.read(never())];
    await turn();
    abort.abort();
    const cancelled = await first;
    assert.ok(!cancelled.ok && cancelled.failure.kind === 'cancelled');
    assert.ok((await second).ok);
  });

  it('stops trying when nobody waits any more', async () => {
    const abort = new AbortController();
    const sensor = createDht22(SETTINGS, driver('EIO'));
    const reading = sensor.read(abort.signal);
    abort.abort();
    assert.ok(!(await reading).ok);
    for (let turns = 0; turns < 50; turns += 1) await turn();
    assert.ok(attempts.length <= 1);
    const already = await sensor.read(abort.signal);
    assert.ok(!already.ok && already.failure.kind === 'cancelled' && already.failure.tries === 0);
  });

  it('never asks a pin twice within 2 s, whoever asks and whatever comes back', async () => {
    const answer = constantFrom<Answer>('EIO', 'ETIMEDOUT', [21000, 40000], [42000, 40000], [0, 0]);
    await check(
      asyncProperty(
        array(answer, { minLength: 1, maxLength: 30 }),
        array(tuple(constantFrom(true, false), integer({ min: 0, max: 5000 })), {
          minLength: 1,
          maxLength: 6,
        }),
        async (answers, readers) => {
          clock = fakeClock();
          attempts = [];
          const environment = driver(...answers);
          const readings = readers.map(async ([plausibility, delay]) => {
            for (let turns = 0; turns < delay % 7; turns += 1) await turn();
            clock.pass(delay);
            return createDht22({ ...SETTINGS, plausibility }, environment).read(never());
          });
          await Promise.all(readings);
          attempts.forEach((at, index) => {
            const before = attempts[index - 1];
            assert.ok(before === undefined || at - before >= 2000, `${before} and ${at}`);
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});
