import assert from 'node:assert/strict';
import { failed, success } from '../../src/result';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRetentionClock, type RetentionClock, type RetentionTime } from '../../src/clock';
import { HOUR, MINUTE, TRUE_START } from './machine';

const DAY = 24 * HOUR;

describe('the retention clock', () => {
  let wall: number;
  let uptimeMs: number;
  let isSet: boolean;
  let isReadable: boolean;
  let stored: RetentionTime[];
  let notices: string[];
  let tasks: Set<() => void>;
  let clock: RetentionClock;

  beforeEach(() => {
    [wall, uptimeMs, isSet, isReadable] = [TRUE_START, 0, true, true];
    [stored, notices, tasks] = [[], [], new Set()];
    clock = open();
  });
  afterEach(() => clock.close());

  function open(): RetentionClock {
    return createRetentionClock({
      subject: 'the outbox',
      now: () => wall,
      isClockSet: () => isSet,
      uptime: () => ({ boot: 'boot', ms: uptimeMs }),
      schedule: (ms, task) => {
        assert.equal(ms, MINUTE);
        tasks.add(task);
        return () => void tasks.delete(task);
      },
      load: async () =>
        isReadable
          ? success({ time: stored.at(-1), newest: undefined })
          : failed({ kind: 'storage', message: 'The disk fails' }),
      store: (time) => void stored.push(time),
      report: ({ kind }) => void notices.push(kind),
    });
  }

  /** Lets minutes pass, in each of which the clock looks by itself. */
  async function pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      wall += MINUTE;
      uptimeMs += MINUTE;
      const due = [...tasks];
      tasks.clear();
      for (const task of due) task();
      await nextTurn();
    }
  }

  it('looks each minute by itself, and stores what it knows once an hour and when it is closed', async () => {
    await pass(1);
    assert.equal(stored.length, 1);
    await pass(59);
    assert.equal(stored.length, 1);
    await pass(1);
    assert.equal(stored.length, 2);
    await pass(1);
    clock.close();
    assert.equal(stored.at(-1)?.uptime.ms, 62 * MINUTE);
    assert.equal(tasks.size, 0);
  });

  it('stores nothing at its first look that it has just read', async () => {
    await pass(1);
    clock.close();
    const { length } = stored;
    clock = open();
    await pass(2);
    assert.equal(stored.length, length);
  });

  it('tells no time while what is stored cannot be read, and reads it the next time', async () => {
    isReadable = false;
    clock.close();
    clock = open();
    assert.equal(await clock.earliest(), undefined);
    assert.equal(clock.latest(), wall);
    isReadable = true;
    assert.equal(await clock.earliest(), wall);
    assert.deepEqual(stored.length, 1);
  });

  it('tells no time while the clock is not set', async () => {
    await clock.earliest();
    isSet = false;
    assert.equal(await clock.earliest(), undefined);
    assert.equal(clock.latest(), undefined);
  });

  it('has the time of the wall clock as the latest while that is ahead, and its own while it is behind', async () => {
    await clock.earliest();
    wall += DAY;
    assert.equal(clock.latest(), TRUE_START + DAY);
    wall -= 2 * DAY;
    assert.equal(clock.latest(), TRUE_START);
  });

  it('reports a jump of more than a day once, and once how it ended, across restarts', async () => {
    await pass(1);
    wall += DAY - MINUTE;
    await pass(1);
    assert.deepEqual(notices, []);
    wall += 2 * DAY;
    await pass(200);
    clock.close();
    clock = open();
    await pass(200);
    assert.deepEqual(notices, ['clock-ahead', 'clock-confirmed']);
    wall += 2 * DAY;
    await pass(1);
    wall -= 2 * DAY;
    await pass(1);
    assert.deepEqual(notices.slice(2), ['clock-ahead', 'clock-back']);
  });

  it('says that the clock is back, not that it was right, however the numbers are rounded', async () => {
    uptimeMs = 20_000_000.123;
    await pass(1);
    for (let count = 0; count < 100; count += 1) {
      wall += 400 * DAY;
      await pass(1);
      wall += 3 - 400 * DAY;
      uptimeMs += 3.7 + count / 1001;
      await pass(1);
    }
    assert.deepEqual([...new Set(notices)], ['clock-ahead', 'clock-back']);
  });

  it('stores at once that an agreement which was stored is over', async () => {
    await pass(1);
    wall += 400 * DAY;
    await pass(61);
    const { agreedMs = 0 } = stored.at(-1) ?? {};
    assert(agreedMs > 0);
    wall -= 400 * DAY;
    await pass(1);
    assert.equal(stored.at(-1)?.agreedMs, 0);
  });
});
