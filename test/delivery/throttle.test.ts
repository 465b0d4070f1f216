import assert from 'node:assert/strict';
import { createThrottle, type Clock } from '../../src/delivery';

const GAP_MS = 1000;

/** A clock whose time passes when a test says so. */
function createManualClock() {
  const tasks = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    schedule: (ms, task) => {
      assert.equal(ms, GAP_MS);
      tasks.add(task);
      return () => tasks.delete(task);
    },
  };

  /** Lets a gap pass, and whatever waits for its end go on. */
  async function pass(): Promise<void> {
    const due = [...tasks];
    tasks.clear();
    for (const task of due) task();
    await turn();
  }

  return { clock, pass, hasTimers: () => tasks.size > 0 };
}

/** Lets all promises that are settled go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('delivery: a throttle', () => {
  it('runs at once, and once more after the gap for all requests in between', async () => {
    const { clock, pass, hasTimers } = createManualClock();
    let count = 0;
    const throttle = createThrottle(clock, GAP_MS, new AbortController().signal, async () => {
      count += 1;
    });
    throttle.request();
    await turn();
    assert.equal(count, 1);
    throttle.request();
    throttle.request();
    await turn();
    assert.equal(count, 1);
    await pass();
    assert.equal(count, 2);
    await pass();
    assert.deepEqual([count, hasTimers()], [2, false]);
    throttle.request();
    await turn();
    assert.equal(count, 3);
  });

  it('runs once more for a request that comes while it runs', async () => {
    const { clock, pass } = createManualClock();
    let count = 0;
    const throttle = createThrottle(clock, GAP_MS, new AbortController().signal, async () => {
      count += 1;
      if (count === 1) throttle.request();
    });
    throttle.request();
    await turn();
    assert.equal(count, 1);
    await pass();
    await pass();
    assert.equal(count, 2);
  });

  it('runs no more after its signal was aborted', async () => {
    const { clock, pass } = createManualClock();
    const ending = new AbortController();
    let count = 0;
    const throttle = createThrottle(clock, GAP_MS, ending.signal, async () => {
      count += 1;
    });
    throttle.request();
    await turn();
    throttle.request();
    ending.abort();
    await throttle.finished();
    await pass();
    throttle.request();
    await turn();
    assert.equal(count, 1);
  });
});
