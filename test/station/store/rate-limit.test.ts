import assert from 'node:assert/strict';
import { limitRate } from '../../../src/station/store/embedded/rate-limit';

describe('Work with a limited rate', () => {
  let count: number;
  let tasks: Map<number, () => void>;
  const schedule = (ms: number, task: () => void) => {
    assert.equal(tasks.size, 0, 'only one pause at a time');
    tasks.set(ms, task);
    return () => void tasks.delete(ms);
  };
  const endPause = () => {
    const due = [...tasks];
    tasks.clear();
    assert.deepEqual(
      due.map(([ms]) => ms),
      [60_000],
    );
    for (const [, task] of due) task();
  };
  const start = () => limitRate(() => void (count += 1), 60_000, schedule);
  beforeEach(() => {
    [count, tasks] = [0, new Map()];
  });

  it('begins at once, and follows once after the pause however often it was asked for meanwhile', () => {
    const work = start();
    for (let each = 0; each < 5; each += 1) work.run();
    assert.equal(count, 1);
    endPause();
    assert.equal(count, 2);
    endPause();
    assert.equal(count, 2);
    work.run();
    assert.equal(count, 3);
  });

  it('begins no more once it is stopped', () => {
    const work = start();
    work.run();
    work.run();
    work.stop();
    assert.equal(tasks.size, 0);
    work.run();
    assert.equal(count, 1);
  });
});
