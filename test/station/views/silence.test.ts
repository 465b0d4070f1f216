import assert from 'node:assert/strict';
import type { SourcesAnswer } from '../../../src/station/views/api';
import { keepStorageThread, NOW, TestStation } from '../support/index';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('What the station says of silence', () => {
  keepStorageThread();
  let station: TestStation;
  /** How long the machine has been running, and by how much its clock is ahead of that. */
  let uptime: number;
  let jump: number;
  beforeEach(async () => {
    [uptime, jump] = [HOUR, 0];
    station = await TestStation.start({
      now: () => NOW + uptime + jump,
      uptime: () => ({ boot: 'a', ms: uptime }),
    });
  });
  afterEach(() => station.close());

  const usual = async () => (await station.sources()).find(({ name }) => name === 'rpi')?.usualSilenceMs;

  async function receiveFor(hours: number): Promise<void> {
    for (let hour = 0; hour < hours; hour += 6) {
      uptime += 6 * HOUR;
      await station.deliver('rpi', NOW + uptime + jump, { temp: 21 });
    }
  }

  it('begins on the third day, and tells what is usual by days, also after a restart', async () => {
    await receiveFor(12);
    assert.equal(await usual(), undefined);
    await receiveFor(60);
    // Twice the longest, and a weekend that it may have.
    assert.equal(await usual(), 12 * HOUR + 2 * DAY);
    await station.reopen();
    assert.equal(await usual(), 12 * HOUR + 2 * DAY);
    await receiveFor(7 * 24);
    assert.equal(await usual(), 12 * HOUR);
  });

  it('tells since when it has been running, by its clock as it is now', async () => {
    const since = async () => (await station.ask<SourcesAnswer>('sources')).runningSince;
    assert.equal(await since(), NOW + HOUR);
    uptime += DAY;
    assert.equal(await since(), NOW + HOUR);
    jump = 5 * HOUR;
    assert.equal(await since(), NOW + 6 * HOUR);
    await station.reopen();
    assert.equal(await since(), NOW + uptime + jump);
  });
});
