import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createArrivals } from '../../src/page/arrivals';

const at = (time: number, value: number | string = time) => ({ line: 0, time, value });

/** What can happen to a graph: a reading arrives, or a range up to a time begins to be read. */
const anyEvents = fc.array(
  fc.oneof(
    fc.record({ arrives: fc.nat(100), value: fc.oneof(fc.nat(9), fc.constant('eco')) }),
    fc.record({ readTo: fc.nat(100) }),
  ),
  { maxLength: 40 },
);

describe('Readings that arrive live', () => {
  it('stay until a range is read that has them, numbers and texts alike', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const arrivals = createArrivals();
        for (const event of events) {
          if ('readTo' in event) arrivals.beginReading({ from: 0, to: event.readTo });
          else arrivals.add(at(event.arrives, event.value));
        }
        // Each is kept unless a later reading of a range reached as far as it.
        const expected = events.flatMap((event, index) => {
          if ('readTo' in event) return [];
          const isRead = events
            .slice(index)
            .some((later) => 'readTo' in later && later.readTo >= event.arrives);
          return isRead ? [] : [at(event.arrives, event.value)];
        });
        assert.deepEqual(arrivals.all, expected);
      }),
    );
  });

  it('ask for the range to be read anew once there are a thousand, and only then', () => {
    const arrivals = createArrivals();
    for (let time = 1; time < 1000; time++) arrivals.add(at(time, 'eco'));
    assert.equal(arrivals.isFull, false);
    arrivals.add(at(1000));
    assert.equal(arrivals.isFull, true);
    arrivals.beginReading({ from: 0, to: 1000 });
    assert.deepEqual([arrivals.isFull, arrivals.all], [false, []]);
  });

  it('have a bound where nobody reads the range, as while the graph is out of sight', () => {
    const arrivals = createArrivals();
    for (let time = 1; time <= 5000; time++) arrivals.add(at(time));
    assert.deepEqual(
      [arrivals.all.length, arrivals.all[0]?.time, arrivals.all.at(-1)?.time],
      [1000, 4001, 5000],
    );
  });

  it('do not ask for it with each that comes where all lie after the range', () => {
    const arrivals = createArrivals();
    for (let time = 1001; time <= 2000; time++) arrivals.add(at(time));
    arrivals.beginReading({ from: 0, to: 1000 });
    assert.equal(arrivals.isFull, false);
    for (let more = 1; more < 500; more++) arrivals.add(at(2000 + more));
    assert.equal(arrivals.isFull, false);
    assert.equal(arrivals.all.at(-1)?.time, 2499);
  });
});
