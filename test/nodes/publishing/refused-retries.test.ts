import assert from 'node:assert/strict';
import { retryRefusedEvery } from '../../../src/nodes/publishing/refused-retries';

const HOUR = 3_600_000;

/** A clock whose one timer ends when it is told to. */
function createTimer() {
  const waits: number[] = [];
  let task: (() => void) | undefined;
  return {
    waits,
    clock: {
      schedule: (ms: number, run: () => void) => {
        waits.push(ms);
        task = run;
        return () => {
          task = undefined;
        };
      },
    },
    end: () => task?.(),
  };
}

/** Counts retries of a queue that is to retry so often. */
function start(hours: number) {
  const { waits, clock, end } = createTimer();
  const retries = { count: 0 };
  const stop = retryRefusedEvery(hours, async () => (retries.count += 1), clock);
  return { waits, end, retries, stop };
}

describe('the retry of what was refused', () => {
  it('comes each time after so many hours, until its config node closes', () => {
    const { waits, end, retries, stop } = start(6);
    assert.equal(retries.count, 0);
    end();
    end();
    assert.deepEqual([retries.count, waits], [2, [6 * HOUR, 6 * HOUR, 6 * HOUR]]);
    stop();
    end();
    assert.equal(retries.count, 2);
  });

  it('never comes where a flow does not ask for it, and comes at least once a week', () => {
    for (const hours of [0, -1, 0.2, Number.NaN]) assert.deepEqual(start(hours).waits, [], String(hours));
    assert.deepEqual(start(1e9).waits, [168 * HOUR]);
  });
});
