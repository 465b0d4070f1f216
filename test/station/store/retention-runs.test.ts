import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { success } from '../../../src/result';
import { startRetention, type RunningRetention } from '../../../src/station/store/embedded/retention';
import { NOW } from '../support/index';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('Rounds of retention', () => {
  const AGE_MS = 30 * DAY;
  let now: number | undefined;
  let oldest: number | undefined;
  let limits: (number | undefined)[];
  let nextRound: () => void;
  let isCancelled: boolean;
  let retention: RunningRetention;

  beforeEach(() => {
    [now, oldest, limits, isCancelled] = [NOW, NOW, [], false];
  });
  afterEach(() => retention.stop());

  /** Starts retention, which deletes nothing for its age yet, and lets its first round come. */
  async function start(): Promise<void> {
    retention = startRetention(
      {
        clock: { earliest: async () => now },
        retention: { ageMs: AGE_MS, bytes: 1000 },
        schedule: (ms, task) => {
          assert.equal(ms, 60_000);
          nextRound = task;
          return () => {
            isCancelled = true;
          };
        },
        onExpired: () => {},
      },
      {
        oldest: async () => success(oldest),
        expire: async ({ before }) => {
          limits.push(before);
          return success({ isMore: false, files: [] });
        },
        removePictures: () => Promise.resolve(),
      },
    );
    await nextTurn();
    assert.deepEqual(limits, [undefined]);
    await runRound();
  }

  async function runRound(): Promise<void> {
    nextRound();
    await nextTurn();
  }

  it('delete an hour from the oldest value on, each minute, until what is too old is gone', async () => {
    oldest = NOW - AGE_MS - DAY;
    await start();
    assert.deepEqual(limits.slice(1), [oldest + HOUR]);
    oldest = NOW - AGE_MS - HOUR / 2;
    await runRound();
    assert.deepEqual(limits.slice(2), [NOW - AGE_MS]);
  });

  it('delete nothing for its age where nothing is stored or no time is certain, but stay within the size', async () => {
    oldest = undefined;
    await start();
    oldest = NOW - AGE_MS - DAY;
    now = undefined;
    await runRound();
    assert.deepEqual(limits.slice(1), [undefined, undefined]);
  });

  it('follow a run that is under way when they are due', async () => {
    oldest = NOW - AGE_MS - DAY;
    await start();
    retention.noteAppended(11);
    nextRound();
    await nextTurn();
    assert.deepEqual(limits.slice(2), [undefined, oldest + HOUR]);
  });

  it('end when retention is stopped', async () => {
    await start();
    retention.stop();
    assert.equal(isCancelled, true);
  });

  it('leave what is too old to the next minute where they run early because much was appended', async () => {
    oldest = NOW - AGE_MS - DAY;
    await start();
    retention.noteAppended(11);
    await nextTurn();
    assert.deepEqual(limits.slice(1), [oldest + HOUR, undefined]);
  });
});

describe('Retention that runs early', () => {
  let retention: RunningRetention;
  /** Ends the runs that are under way, one for each that has begun. */
  let endings: (() => void)[];

  beforeEach(async () => {
    endings = [];
    const options = {
      clock: { earliest: async () => NOW },
      retention: { ageMs: 1000, bytes: 1000 },
      schedule: () => () => {},
      onExpired: () => {},
    };
    retention = startRetention(options, {
      oldest: async () => success(NOW - 5000),
      expire: () =>
        new Promise((resolve) => {
          endings.push(() => resolve(success({ isMore: false, files: [] })));
        }),
      removePictures: () => Promise.resolve(),
    });
    await nextTurn();
  });
  afterEach(() => retention.stop());

  async function endRun(): Promise<void> {
    endings.at(-1)?.();
    await nextTurn();
  }

  it('begins once more than a hundredth of the room has been appended', async () => {
    await endRun();
    retention.noteAppended(10);
    await nextTurn();
    assert.equal(endings.length, 1);
    retention.noteAppended(1);
    await nextTurn();
    assert.equal(endings.length, 2);
    await endRun();
    retention.noteAppended(10);
    await nextTurn();
    assert.equal(endings.length, 2);
  });

  it('counts what is appended during a run, and begins when that has ended', async () => {
    retention.noteAppended(11);
    await nextTurn();
    assert.equal(endings.length, 1);
    await endRun();
    assert.equal(endings.length, 2);
    await endRun();
    assert.equal(endings.length, 2);
  });

  it('does not begin any more once it is stopped', async () => {
    retention.noteAppended(11);
    await nextTurn();
    retention.stop();
    await endRun();
    retention.noteAppended(11);
    await nextTurn();
    assert.equal(endings.length, 1);
  });
});
