import assert from 'node:assert/strict';
import { success } from '../../../src/result';
import { startRetention, type RunningRetention } from '../../../src/station/store/embedded/retention';
import { NOW } from '../support/index';

describe('Retention that runs early', () => {
  let retention: RunningRetention;
  /** Ends the runs that are under way, one for each that has begun. */
  let endings: (() => void)[];

  beforeEach(() => {
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
  });
  afterEach(() => retention.stop());

  async function endRun(): Promise<void> {
    endings.at(-1)?.();
    await new Promise(setImmediate);
  }

  it('begins once more than a hundredth of the room has been appended', async () => {
    await endRun();
    retention.noteAppended(10);
    assert.equal(endings.length, 1);
    retention.noteAppended(1);
    assert.equal(endings.length, 2);
    await endRun();
    retention.noteAppended(10);
    assert.equal(endings.length, 2);
  });

  it('counts what is appended during a run, and begins when that has ended', async () => {
    retention.noteAppended(11);
    assert.equal(endings.length, 1);
    await endRun();
    assert.equal(endings.length, 2);
    await endRun();
    assert.equal(endings.length, 2);
  });

  it('does not begin any more once it is stopped', async () => {
    retention.noteAppended(11);
    retention.stop();
    await endRun();
    retention.noteAppended(11);
    assert.equal(endings.length, 1);
  });
});
