import assert from 'node:assert/strict';
import { createNudge } from '../../../src/nodes/queues/nudge';

function watch() {
  const tasks: (() => void)[] = [];
  const nudge = createNudge(
    1000,
    (task, ms) => {
      assert.equal(ms, 1000);
      tasks.push(task);
    },
    () => {
      count += 1;
    },
  );
  let count = 0;
  return { nudge, tasks, count: () => count };
}

describe('a nudge', () => {
  it('comes at once, and once more at the end for all that came meanwhile', () => {
    const { nudge, tasks, count } = watch();
    nudge();
    nudge();
    nudge();
    assert.equal(count(), 1);
    tasks.shift()?.();
    assert.equal(count(), 2);
    tasks.shift()?.();
    assert.deepEqual([count(), tasks.length], [2, 0]);
    nudge();
    assert.equal(count(), 3);
  });

  it('comes again where it was asked for while it acted', () => {
    const tasks: (() => void)[] = [];
    let count = 0;
    const nudge: () => void = createNudge(
      1,
      (task) => tasks.push(task),
      () => {
        count += 1;
        if (count === 1) nudge();
      },
    );
    nudge();
    tasks.shift()?.();
    assert.equal(count, 2);
  });
});
