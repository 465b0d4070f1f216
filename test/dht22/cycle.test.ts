import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { assert as check, array, asyncProperty, constantFrom, integer, tuple } from 'fast-check';
import { createDht22, createSharedPins, type Environment, type SensorSettings } from '../../src/dht22';
import { fakeClock, fakeEnvironment, fakeSysfs, never, type FakeClock, type FakeSysfs } from './support';

const SETTINGS: SensorSettings = {
  source: 'kernel',
  gpio: 4,
  model: 'auto',
  plausibility: true,
  veryDry: false,
};

/** One answer of the driver: two values in milli-units, or an error code. */
type Answer = readonly [number, number] | string;

describe('dht22: one cycle of tries', () => {
  let sysfs: FakeSysfs;
  let clock: FakeClock;
  let attempts: number[];

  before(async () => {
    sysfs = await fakeSysfs({ 'iio:device0': { temperature: '0', humidity: '0', gpio: 4 } });
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

  const NORMAL: Answer = [21000, 40000];
  const GLITCH: Answer = [60000, 90000];

  /** A sensor that has been read once, and is next asked so many milliseconds later. */
  async function readBefore(milliseconds: number, first: Answer, ...answers: Answer[]) {
    clock = fakeClock();
    const sensor = createDht22(SETTINGS, driver(first, first, ...answers));
    assert.ok((await sensor.read(never())).ok);
    clock.pass(milliseconds);
    return sensor;
  }

  it('reads what is far from the last reading again, until two answers in a row agree', async () => {
    const cases: [string, Answer[], tries: number, temperature: number][] = [
      [
        'doubled and confirmed',
        [
          [42000, 40000],
          [42100, 40100],
        ],
        2,
        42.1,
      ],
      [
        'doubled once',
        [
          [42000, 40000],
          [21100, 40000],
        ],
        3,
        21.1,
      ],
      [
        'halved humidity once',
        [
          [21000, 20000],
          [21000, 40000],
        ],
        3,
        21,
      ],
      ['two different wrong answers', [[42000, 40000], [30000, 40000], NORMAL], 4, 21],
      [
        'changed and confirmed',
        [
          [26100, 40000],
          [26200, 40000],
        ],
        2,
        26.2,
      ],
      ['changed, with a wrong answer in between', [[26100, 40000], GLITCH, [26200, 40000]], 4, 26.2],
      [
        'changed humidity and confirmed',
        [
          [21000, 60100],
          [21000, 59900],
        ],
        2,
        21,
      ],
      ['as before', [NORMAL], 1, 21],
    ];
    for (const [name, answers, tries, temperature] of cases) {
      const result = await (await readBefore(60_000, NORMAL, ...answers)).read(never());
      assert.ok(result.ok, name);
      assert.deepEqual([result.value.tries, result.value.temperature], [tries, temperature], name);
    }
  });

  it('says so when no two answers in a row agree in 15 tries', async () => {
    const restless = Array.from({ length: 15 }, (_, index): Answer => [index % 2 ? 14000 : 28000, 40000]);
    const result = await (await readBefore(60_000, NORMAL, ...restless)).read(never());
    assert.ok(!result.ok);
    assert.deepEqual([result.failure.kind, result.failure.tries], ['implausible', 15]);
    assert.match(result.failure.message, /28 °C and 40 % after 14 °C and 40 %.*no two answers/);
  });

  it('believes no single wrong answer, however long ago the last reading was', async () => {
    for (const seconds of [5, 60, 89, 91, 100, 119, 121, 300, 3600, 86_400]) {
      for (const answers of [
        [GLITCH, NORMAL],
        [NORMAL, GLITCH, NORMAL],
      ]) {
        const result = await (await readBefore(seconds * 1000, NORMAL, ...answers)).read(never());
        assert.ok(result.ok && result.value.temperature === 21, `${seconds} s: ${String(answers)}`);
      }
    }
  });

  it('checks the first reading of all against the answer that woke the sensor', async () => {
    const cases: [Answer[], tries: number][] = [
      [[NORMAL], 1],
      [[GLITCH, NORMAL], 2],
      [[NORMAL, GLITCH, NORMAL], 3],
    ];
    for (const [answers, tries] of cases) {
      clock = fakeClock();
      const result = await createDht22(SETTINGS, driver(...answers)).read(never());
      assert.ok(result.ok && result.value.temperature === 21, String(answers));
      assert.equal(result.value.tries, tries, String(answers));
    }
  });

  it('calls far what docs/plausibility.md calls far', async () => {
    const cases: [milliseconds: number, Answer, tries: number][] = [
      [0, [22000, 40000], 1],
      [0, [22100, 40000], 2],
      [0, [21000, 35000], 1],
      [0, [21000, 34900], 2],
      [30_000, [22200, 40000], 1],
      [30_000, [22300, 40000], 2],
      [60_000, [22500, 40000], 1],
      [60_000, [22600, 40000], 2],
      [60_000, [21000, 46000], 1],
      [60_000, [21000, 46100], 2],
      [110_000, [19500, 46000], 1],
      [110_000, [19400, 40000], 2],
      [110_000, [21000, 33900], 2],
    ];
    for (const [milliseconds, answer, tries] of cases) {
      const result = await (await readBefore(milliseconds, NORMAL, answer)).read(never());
      assert.ok(result.ok && result.value.tries === tries, `${milliseconds} ms: ${String(answer)}`);
    }
  });

  it('looks twice at what is doubled or halved, at low values too', async () => {
    for (const second of [
      [6000, 12000],
      [3000, 24000],
      [1500, 12000],
      [3000, 6000],
    ] as const) {
      const result = await (await readBefore(0, [3000, 12000], second)).read(never());
      assert.ok(result.ok && result.value.tries === 2, String(second));
    }
  });

  it('follows a fast change that goes on as before or slows down, and waits for what gets faster', async () => {
    const cases: [Answer[], tries: number, temperature: number][] = [
      [
        [
          [15700, 40000],
          [11500, 40000],
        ],
        2,
        11.5,
      ],
      [
        [
          [26000, 60000],
          [30000, 75000],
        ],
        2,
        30,
      ],
      [
        [
          [19000, 40000],
          [12000, 40000],
          [5000, 40000],
        ],
        3,
        5,
      ],
      [
        [
          [28000, 40000],
          [24000, 40000],
          [23500, 40000],
        ],
        3,
        23.5,
      ],
      [
        [
          [60000, 40000],
          [97000, 40000],
          [97000, 40000],
        ],
        3,
        97,
      ],
    ];
    for (const [answers, tries, temperature] of cases) {
      const result = await (await readBefore(0, NORMAL, ...answers)).read(never());
      assert.ok(result.ok, String(answers));
      assert.deepEqual([result.value.tries, result.value.temperature], [tries, temperature], String(answers));
    }
  });

  it('believes every answer when the switch is off', async () => {
    const sensor = createDht22({ ...SETTINGS, plausibility: false }, driver(NORMAL, NORMAL, [42000, 80000]));
    await sensor.read(never());
    const doubled = await sensor.read(never());
    assert.ok(doubled.ok && doubled.value.tries === 1 && doubled.value.temperature === 42);
  });

  it('refuses next to no humidity as that of a failed element, unless the place is that dry', async () => {
    for (const [humidity, isRefused] of [
      [0, true],
      [100, true],
      [1000, true],
      [1100, false],
    ] as const) {
      clock = fakeClock();
      const result = await createDht22(SETTINGS, driver([21000, humidity])).read(never());
      assert.equal(result.ok, !isRefused, String(humidity));
      if (!result.ok) {
        assert.deepEqual([result.failure.kind, result.failure.tries], ['no-humidity', 15]);
        for (const part of ['GPIO 4 (pin 7)', '21 °C', `${humidity / 1000} %`, '"Very dry"'])
          assert.ok(result.failure.message.includes(part), result.failure.message);
      }
      clock = fakeClock();
      const dry = await createDht22({ ...SETTINGS, veryDry: true }, driver([21000, humidity])).read(never());
      assert.ok(dry.ok && dry.value.humidity === humidity / 1000);
    }
  });

  it('passes over a single answer without humidity', async () => {
    const result = await (await readBefore(60_000, NORMAL, [21000, 100], NORMAL)).read(never());
    assert.ok(result.ok && result.value.humidity === 40 && result.value.tries === 2);
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
