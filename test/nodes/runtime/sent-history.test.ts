import assert from 'node:assert/strict';
import { createSentHistory } from '../../../src/nodes/runtime/sent-history';

const HOUR = 3_600_000;

/** A history with a clock that stands until it is told to pass. */
function watch() {
  const clock = { ms: 0 };
  const history = createSentHistory(
    () => 5,
    () => clock.ms,
  );
  const send = (timestamp: number, destination = 'a') =>
    history.add(destination, { group: '', timestamp, statusCode: 200 });
  const sent = (destination = 'a') => history.list(destination).map(({ timestamp }) => timestamp);
  return { clock, send, sent };
}

describe('the history of what was sent', () => {
  it('has the newest first, of each destination its own', () => {
    const { send, sent } = watch();
    send(1);
    send(2);
    send(3, 'b');
    assert.deepEqual([sent(), sent('b'), sent('c')], [[2, 1], [3], []]);
  });

  it('forgets what is older than a day, whatever the times of readings are', () => {
    const { clock, send, sent } = watch();
    send(9_000_000_000_000);
    clock.ms = 12 * HOUR;
    send(1);
    clock.ms = 25 * HOUR;
    assert.deepEqual(sent(), [1]);
  });

  it('has no more than the last 2,000', () => {
    const { send, sent } = watch();
    for (let number = 1; number <= 9_500; number += 1) send(number);
    const found = sent();
    assert.deepEqual([found.length, found[0], found.at(-1)], [2000, 9500, 7501]);
  });
});
