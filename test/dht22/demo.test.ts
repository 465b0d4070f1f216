import assert from 'node:assert/strict';
import { createDht22, type Reading } from '../../src/dht22';
import { fakeClock, fakeEnvironment, never } from './support';

/** A reading each minute of a day. */
async function day(random: () => number): Promise<Reading[]> {
  const clock = fakeClock();
  const sensor = createDht22(
    { source: 'demo', gpio: 4, model: 'auto', plausibility: true, veryDry: false },
    fakeEnvironment(clock, { random }),
  );
  const readings: Reading[] = [];
  for (let minute = 0; minute < 1440; minute += 1) {
    const result = await sensor.read(never());
    assert.ok(result.ok);
    readings.push(result.value);
    clock.pass(60_000);
  }
  return readings;
}

describe('dht22: the demo sensor', () => {
  it('gives a plausible day, smooth but for a little noise, and marks every reading', async () => {
    const readings = await day(() => 0.999);
    const temperatures = readings.map(({ temperature }) => temperature);
    assert.ok(Math.max(...temperatures) < 25 && Math.min(...temperatures) > 15);
    assert.ok(Math.max(...temperatures) - Math.min(...temperatures) > 4);
    readings.forEach((reading, index) => {
      assert.deepEqual(
        [reading.source, reading.gpio, reading.tries, reading.raw],
        ['demo', undefined, 1, { invented: true }],
      );
      const before = readings[index - 1] ?? reading;
      assert.ok(Math.abs(reading.temperature - before.temperature) <= 0.11);
      assert.ok(Math.abs(reading.humidity - before.humidity) <= 0.21);
    });
  });

  it('gives the same reading for the same time and the same random number', async () => {
    assert.deepEqual(await day(() => 0.3), await day(() => 0.3));
    assert.notDeepEqual(await day(() => 0.3), await day(() => 0.9));
  });
});
