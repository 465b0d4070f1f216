import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createBatch } from '../../src/storage/batch';
import type { Task } from '../../src/storage/commit';

const task = (kind: Task['kind'], name = '', weight = 1): Task => {
  // A program's argument has no type here.
  const rest: Pick<Task, 'argument' | 'now'> = JSON.parse('{"argument":0,"now":0}');
  return { ...rest, kind, name, weight, reply: () => {} };
};

const names = (tasks: readonly Task[]) => tasks.map(({ name }) => name);

describe('batch of writes', () => {
  let due: number;

  beforeEach(() => {
    due = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });

  afterEach(() => mock.timers.reset());

  const batch = () => createBatch(() => (due += 1));

  it('commits an append right away, and what frees room with it, before it', () => {
    const { put, isDue, take, isEmpty } = batch();
    put(task('free', 'one'));
    assert.equal(isDue(), false);
    put(task('append', 'two'));
    put(task('free', 'three'));
    assert.equal(isDue(), true);
    assert.deepEqual(names(take()), ['one', 'three', 'two']);
    assert.deepEqual([isDue(), isEmpty()], [false, true]);
  });

  it('lets what frees room wait for an append, but no longer than 100 ms', () => {
    const { put, isDue, take } = batch();
    put(task('free'));
    mock.timers.tick(99);
    assert.deepEqual([isDue(), due], [false, 0]);
    mock.timers.tick(1);
    assert.deepEqual([isDue(), due], [true, 1]);
    take();
    put(task('free'));
    assert.equal(isDue(), false);
    mock.timers.tick(100);
    assert.deepEqual([isDue(), due], [true, 2]);
  });

  it('counts the 100 ms anew for what comes after a commit', () => {
    const { put, isDue, take } = batch();
    put(task('free'));
    mock.timers.tick(60);
    put(task('append'));
    take();
    put(task('free'));
    mock.timers.tick(99);
    assert.deepEqual([isDue(), due], [false, 0]);
    mock.timers.tick(1);
    assert.deepEqual([isDue(), due], [true, 1]);
  });

  it('commits 256 operations that free room, or half a megabyte of them, right away', () => {
    const many = batch();
    for (let count = 1; count <= 256; count += 1) {
      assert.equal(many.isDue(), false);
      many.put(task('free'));
    }
    assert.equal(many.isDue(), true);
    const large = batch();
    large.put(task('free', '', 2 ** 19 - 1));
    assert.equal(large.isDue(), false);
    large.put(task('free'));
    assert.equal(large.isDue(), true);
    large.take();
    large.put(task('free'));
    assert.equal(large.isDue(), false);
  });

  it('takes at most 64 appends or a megabyte of them, but always one', () => {
    const { put, take, takeAll } = batch();
    for (let count = 0; count < 100; count += 1) put(task('append'));
    assert.deepEqual([take().length, takeAll().length], [64, 36]);
    put(task('append', 'huge', 2 ** 21));
    put(task('append', 'half', 2 ** 19));
    put(task('append', 'other half', 2 ** 19));
    put(task('append', 'last'));
    assert.deepEqual(
      [names(take()), names(take()), names(take())],
      [['huge'], ['half', 'other half'], ['last']],
    );
  });

  it('makes everything due on request', () => {
    const { put, isDue, makeDue } = batch();
    put(task('free'));
    makeDue();
    assert.equal(isDue(), true);
  });
});
