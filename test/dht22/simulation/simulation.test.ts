import assert from 'node:assert/strict';
import { fakeSysfs, type FakeSysfs } from '../support';
import { breath, hairDryer, moved, placeWith, type Event } from './place';
import { drawRun, readAll } from './run';
import type { Nature } from './sensor';

/** How many drawn sensors for each interval: few among all tests, more by this variable. */
const SEEDS = Number(process.env['SENSORPOST_DHT22_SEEDS'] ?? 25);
const READINGS = 30;

const ROOM = { temperature: 22, humidity: 40 };
/** As fast as the data sheet says that the sensor can be. */
const FAST: Nature = {
  temperatureLag: 10_000,
  humidityLag: 5000,
  answersLate: true,
  failures: 0,
  glitches: 0,
};

describe('dht22: a simulated sensor', () => {
  let sysfs: FakeSysfs;

  before(async () => {
    sysfs = await fakeSysfs({ 'iio:device0': { temperature: '0', humidity: '0', gpio: 4 } });
  });
  after(() => sysfs.remove());

  for (const seconds of [5, 60, 100, 300, 3600]) {
    it(`gives no wrong value and refuses nothing real, read every ${seconds} s in drawn places`, async () => {
      let [readings, glitches] = [0, 0];
      for (let seed = 0; seed < SEEDS; seed += 1) {
        const outcome = await readAll(sysfs, drawRun(seed, seconds, READINGS));
        assert.deepEqual(outcome.falseRefusals, []);
        assert.deepEqual(outcome.falseValues, []);
        readings += outcome.readings;
        glitches += outcome.glitches;
      }
      assert.equal(readings, SEEDS * READINGS);
      assert.ok(glitches > SEEDS / 4, `${glitches} glitches`);
    });
  }

  const fast: readonly (readonly [string, number, Event])[] = [
    ['breathing on it at 5 s', 5, breath(60_000, 12_000)],
    ['being moved from 22 to −5 °C at 10 s', 10, moved(60_000, { temperature: -5, humidity: 80 })],
    ['a hair dryer at 5 s', 5, hairDryer(60_000, 45_000, 70)],
    ['a hair dryer at 60 s', 60, hairDryer(300_000, 45_000, 70)],
  ];
  for (const [name, seconds, event] of fast) {
    it(`loses no reading to ${name}, whatever the noise`, async () => {
      for (let seed = 0; seed < 10; seed += 1) {
        for (const answersLate of [true, false]) {
          const place = placeWith(ROOM, [event]);
          const nature = { ...FAST, answersLate };
          const outcome = await readAll(sysfs, { place, nature, seed, seconds, count: 30 });
          assert.deepEqual([outcome.falseRefusals, outcome.falseValues], [[], []]);
        }
      }
    });
  }
});
