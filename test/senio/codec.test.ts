import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { measurementCodec, type Measurement } from '../../src/senio';
import { success } from '../../src/result';

const JPEG = { contentType: 'image/jpeg', extension: 'jpg' } as const;
const jpegs = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from([0xff, 0xd8, 0xff, ...bytes]));

describe('senio: keeping measurements', () => {
  it('restores any measurement as it was', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
    fc.assert(
      fc.property(
        fc.double({ min: 946_684_800_000, max: 2e12, noNaN: true }),
        fc.dictionary(fc.string({ minLength: 1 }), numbers),
        fc.dictionary(fc.string({ minLength: 1 }), jpegs),
        (timestamp, scalars, images) => {
          const measurement: Measurement = {
            timestamp,
            scalars: new Map(Object.entries(scalars)),
            images: new Map(Object.entries(images).map(([field, bytes]) => [field, { bytes, type: JPEG }])),
          };
          assert.deepEqual(
            measurementCodec.restore(measurementCodec.store(measurement)),
            success(measurement),
          );
        },
      ),
    );
  });

  it('refuses what is no kept measurement', () => {
    for (const body of ['{}', '[1]', '[["temp"]]', '[["temp","22"]]', 'null', 'x']) {
      assert.equal(measurementCodec.restore({ group: '', timestamp: 1, body, images: [] }).ok, false, body);
    }
    const images = [{ field: 'cam1', bytes: Buffer.from('no image') }];
    assert.equal(measurementCodec.restore({ group: '', timestamp: 1, body: '[]', images }).ok, false);
  });
});
