import assert from 'node:assert/strict';
import { createMeasurementEvents, type NewMeasurement } from '../../../src/station/events';
import { readUntil } from '../../support/waiting';

const measurement = (timestamp: number): NewMeasurement => ({
  kind: 'sensor',
  name: 'rpi',
  timestamp,
  fields: new Map([['temp', 20]]),
});

describe('The events of measurements', () => {
  it('reach a listener once for each of its subscriptions', async () => {
    const events = createMeasurementEvents();
    const heard: number[] = [];
    const listener = ({ timestamp }: NewMeasurement) => void heard.push(timestamp);
    const unsubscribe = events.subscribe(listener);
    events.subscribe(listener);
    events.emit([measurement(1)]);
    await readUntil(
      'both calls',
      () => heard.length,
      (count) => count === 2,
    );
    unsubscribe();
    events.emit([measurement(2)]);
    events.emit([measurement(3)]);
    await readUntil(
      'one call for each later measurement',
      () => heard.at(-1),
      (last) => last === 3,
    );
    assert.deepEqual(heard, [1, 1, 2, 3]);
  });

  it('leave room for other work after each hundred measurements', async () => {
    const events = createMeasurementEvents();
    let count = 0;
    events.subscribe(() => void (count += 1));
    events.emit(Array.from({ length: 250 }, (_, index) => measurement(index)));
    const seen = new Set<number>();
    await readUntil(
      'all measurements',
      () => {
        seen.add(count);
        return count;
      },
      (heard) => heard === 250,
    );
    assert(seen.has(100) || seen.has(200), `Only seen after ${[...seen].join(', ')} measurements`);
  });
});
