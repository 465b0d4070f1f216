import assert from 'node:assert/strict';
import { array, assert as check, asyncProperty, double, integer, record } from 'fast-check';
import { withMedian, withOffsets, type Dht22, type Reading } from '../../src/dht22';
import { failed, success } from '../../src/result';
import { never, START } from './support';

/** A sensor that says these values one after the other, in tenths, a reading each 2.2 s; then it does not answer. */
function sensorSaying(
  values: readonly { temperature: number; humidity: number }[],
): Dht22 & { asked: number } {
  const sensor = {
    asked: 0,
    read: async () => {
      const value = values[sensor.asked];
      sensor.asked += 1;
      return value === undefined
        ? failed({ kind: 'no-answer' as const, message: 'silent', tries: 15 })
        : success(readingOf(value, sensor.asked));
    },
    close: () => undefined,
  };
  return sensor;
}

function readingOf(
  { temperature, humidity }: { temperature: number; humidity: number },
  number: number,
): Reading {
  return {
    temperature: temperature / 10,
    humidity: humidity / 10,
    timestamp: START + number * 2200,
    source: 'gpio',
    gpio: 4,
    tries: 2,
    raw: { bytes: [number], restoredBits: 0 },
  };
}

const said = record({
  temperature: integer({ min: -400, max: 1250 }),
  humidity: integer({ min: 0, max: 1000 }),
});
const offset = double({ min: -20, max: 20, noNaN: true });

describe('dht22: offsets', () => {
  it('add to what the sensor says, keep humidity between 0 and 100 %, and change nothing else', async () => {
    await check(
      asyncProperty(said, offset, offset, async (value, temperature, humidity) => {
        const plain = await sensorSaying([value]).read(never());
        const result = await withOffsets(sensorSaying([value]), { temperature, humidity }).read(never());
        assert(plain.ok && result.ok);
        // In hundredths, as whole numbers: a second way to compute it.
        const expected = Math.min(Math.max(value.humidity * 10 + humidity * 100, 0), 10_000);
        assert(Math.abs(result.value.humidity * 100 - expected) <= 0.5001);
        assert(result.value.humidity >= 0 && result.value.humidity <= 100);
        assert(
          Math.abs(result.value.temperature * 100 - (value.temperature * 10 + temperature * 100)) <= 0.5001,
        );
        const { raw, timestamp, tries } = plain.value;
        assert.deepEqual(result.value, { ...result.value, raw, timestamp, tries });
      }),
      { numRuns: 100 },
    );
  });

  it('leave a sensor as it is where they are 0, and its failures always', async () => {
    const sensor = sensorSaying([]);
    assert.equal(withOffsets(sensor, { temperature: 0, humidity: 0 }), sensor);
    const result = await withOffsets(sensor, { temperature: 1, humidity: 0 }).read(never());
    assert(!result.ok && result.failure.kind === 'no-answer');
  });
});

describe('dht22: the median of several readings', () => {
  it('has as many values below as above, whatever the order, and is not moved by one that is off', async () => {
    await check(
      asyncProperty(array(said, { minLength: 1, maxLength: 15 }), async (values) => {
        const result = await withMedian(sensorSaying(values), values.length).read(never());
        assert(result.ok);
        for (const quantity of ['temperature', 'humidity'] as const) {
          const median = Math.round(result.value[quantity] * 100);
          const [below, above] = [
            values.filter((value) => value[quantity] * 10 < median).length,
            values.filter((value) => value[quantity] * 10 > median).length,
          ];
          assert(below <= values.length / 2 && above <= values.length / 2);
        }
      }),
      { numRuns: 100 },
    );
    const room = { temperature: 215, humidity: 480 };
    const off = { temperature: 600, humidity: 900 };
    const result = await withMedian(sensorSaying([room, off, room]), 3).read(never());
    assert(result.ok);
    assert.deepEqual([result.value.temperature, result.value.humidity], [21.5, 48]);
  });

  it('has the time of the reading in the middle, the tries of all, and what was said for each', async () => {
    const values = [200, 210, 220].map((temperature) => ({ temperature, humidity: 500 }));
    const result = await withMedian(sensorSaying(values), 3).read(never());
    assert(result.ok);
    assert.deepEqual([result.value.timestamp, result.value.tries], [START + 4400, 6]);
    const raw = [1, 2, 3].map((number) => ({ bytes: [number], restoredBits: 0 }));
    assert.deepEqual(result.value.raw, { readings: raw });
  });

  it('fails where one of its readings fails, and then asks no further', async () => {
    const sensor = sensorSaying([{ temperature: 200, humidity: 500 }]);
    const result = await withMedian(sensor, 5).read(never());
    assert(!result.ok && result.failure.kind === 'no-answer');
    assert.equal(sensor.asked, 2);
  });

  it('asks no further where it was closed between two of its readings', async () => {
    const values = [200, 210, 220].map((temperature) => ({ temperature, humidity: 500 }));
    const sensor = sensorSaying(values);
    const closing: Dht22 = withMedian(
      {
        read: async (signal) => {
          const result = await sensor.read(signal);
          closing.close();
          return result;
        },
        close: () => undefined,
      },
      3,
    );
    const result = await closing.read(never());
    assert(!result.ok && result.failure.kind === 'cancelled');
    assert.equal(sensor.asked, 1);
  });

  it('leaves the sensor as it is for one reading', () => {
    const sensor = sensorSaying([]);
    assert.equal(withMedian(sensor, 1), sensor);
  });
});
