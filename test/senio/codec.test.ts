import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { measurementCodec, sensorMeasurementCodec, type Measurement } from '../../src/senio';
import { success } from '../../src/result';

const JPEG = { contentType: 'image/jpeg', extension: 'jpg' } as const;
const jpegs = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from([0xff, 0xd8, 0xff, ...bytes]));

const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const measurements = fc
  .tuple(
    fc.double({ min: 946_684_800_000, max: 2e12, noNaN: true }),
    fc.dictionary(fc.string({ minLength: 1 }), numbers),
    fc.dictionary(fc.string({ minLength: 1 }), jpegs),
  )
  .map(([timestamp, scalars, images]): Measurement => ({
    timestamp,
    scalars: new Map(Object.entries(scalars)),
    images: new Map(Object.entries(images).map(([field, bytes]) => [field, { bytes, type: JPEG }])),
  }));
const sensors = fc.string({ unit: 'binary', minLength: 1 }).filter((name) => name.isWellFormed());

describe('senio: keeping measurements', () => {
  it('restores any measurement as it was', () => {
    fc.assert(
      fc.property(measurements, (measurement) =>
        assert.deepEqual(measurementCodec.restore(measurementCodec.store(measurement)), success(measurement)),
      ),
    );
  });

  it('restores any measurement with the sensor that it is of, whose name is its lane', () => {
    fc.assert(
      fc.property(measurements, sensors, (measurement, sensor) => {
        const named = { ...measurement, sensor };
        const stored = sensorMeasurementCodec.store(named);
        assert.deepEqual(sensorMeasurementCodec.restore(stored), success(named));
        assert.deepEqual([stored.group, sensorMeasurementCodec.laneOf?.(named)], [sensor, sensor]);
      }),
    );
  });

  // As versions before those with sensor names stored it.
  const EARLIER = {
    group: '',
    timestamp: 1_795_227_373_850,
    body: '[["temp",21.5],["humidity",48]]',
    images: [],
  };

  it('restores what earlier versions kept for the one sensor of a queue', () => {
    const scalars = new Map([
      ['temp', 21.5],
      ['humidity', 48],
    ]);
    const measurement = { timestamp: 1_795_227_373_850, scalars, images: new Map() };
    assert.deepEqual(measurementCodec.restore(EARLIER), success(measurement));
    assert.deepEqual(measurementCodec.store(measurement), EARLIER);
  });

  it('takes no measurement that names a sensor for one of the queue, nor the other way round', () => {
    fc.assert(
      fc.property(measurements, sensors, (measurement, sensor) => {
        const named = sensorMeasurementCodec.store({ ...measurement, sensor });
        assert.equal(measurementCodec.restore(named).ok, false);
        assert.equal(sensorMeasurementCodec.restore(measurementCodec.store(measurement)).ok, false);
      }),
    );
  });

  it('refuses what is no kept measurement', () => {
    for (const body of ['{}', '[1]', '[["temp"]]', '[["temp","22"]]', 'null', 'x']) {
      assert.equal(measurementCodec.restore({ group: '', timestamp: 1, body, images: [] }).ok, false, body);
    }
    for (const body of [
      '{}',
      'null',
      '{"sensor":1,"scalars":[]}',
      '{"sensor":"a"}',
      '{"sensor":"a","scalars":[1]}',
    ])
      assert.equal(
        sensorMeasurementCodec.restore({ group: 'a', timestamp: 1, body, images: [] }).ok,
        false,
        body,
      );
    const images = [{ field: 'cam1', bytes: Buffer.from('no image') }];
    assert.equal(measurementCodec.restore({ group: '', timestamp: 1, body: '[]', images }).ok, false);
  });
});
