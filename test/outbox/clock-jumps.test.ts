import assert from 'node:assert/strict';
import { DEFAULT_BOUNDS } from '../../src/outbox';
import { newItem, testOutbox, value, type TestOutbox } from './support';

const MINUTE = 60_000;
const DAY = 86_400_000;
const DESTINATION = newItem().destination;

describe('bounds of age, where the clock jumps,', () => {
  const bounds = { ...DEFAULT_BOUNDS, freeDisk: 0 };
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox();
    for (let count = 0; count < 20; count += 1) await accept();
  });
  afterEach(() => test.remove());

  const accept = () => value(test.outbox.accept(newItem()));
  const enforce = () => value(test.outbox.enforce(DESTINATION, bounds));
  const waiting = async () => (await value(test.outbox.counts(DESTINATION))).waiting;
  const kinds = () => test.notices.map(({ kind }) => kind);
  const jump = (ms: number) => {
    test.clock.time += ms;
    test.clock.jumpMs += ms;
  };
  /** Lets time pass, and looks at the clocks now and then. */
  const pass = async (minutes: number, step = 5) => {
    for (let left = minutes; left > 0; left -= step) {
      test.clock.time += Math.min(left, step) * MINUTE;
      await enforce();
    }
  };

  it('drop nothing while it is a year ahead for 70 seconds, and say so once', async () => {
    jump(365 * DAY);
    await pass(1);
    await accept();
    test.clock.time += 10_000;
    assert.deepEqual(await enforce(), []);
    assert.equal(test.outbox.daysAhead(), 365);
    jump(-365 * DAY);
    assert.deepEqual(await enforce(), []);
    assert.equal(test.outbox.daysAhead(), 0);
    assert.equal(await waiting(), 21);
    assert.deepEqual(kinds(), ['clock-ahead', 'clock-back']);
  });

  it('drop what is over age once it has kept its time for six hours, restarts included', async () => {
    await enforce();
    jump(365 * DAY);
    await enforce();
    await pass(180);
    await test.reopen();
    await pass(179);
    assert.equal(await waiting(), 20);
    assert.equal(test.outbox.daysAhead(), 365);
    await pass(2);
    assert.equal(await waiting(), 0);
    assert.equal(test.outbox.daysAhead(), 0);
    assert.deepEqual(kinds(), ['clock-ahead', 'clock-confirmed']);
  });

  it('drop no more than an hour of what is over age in a minute, so that a wrong date can still be put right', async () => {
    for (let count = 0; count < 47; count += 1) {
      test.clock.time += 30 * MINUTE;
      await accept();
    }
    await enforce();
    jump(365 * DAY);
    await enforce();
    await pass(359);
    assert.equal(await waiting(), 67);
    // The 20 first ones, and the one of half an hour later.
    await pass(2);
    assert.equal(await waiting(), 46);
    assert.deepEqual(await enforce(), []);
    await pass(1);
    assert.equal(await waiting(), 44);
    jump(-365 * DAY);
    await pass(60);
    assert.equal(await waiting(), 44);
  });

  it('drop nothing that was accepted or reassigned while the clock was a year behind', async () => {
    await enforce();
    jump(-365 * DAY);
    const late = await accept();
    assert.equal(await value(test.outbox.reassign(DESTINATION, 'other')), 21);
    jump(365 * DAY);
    assert.deepEqual(await value(test.outbox.enforce('other', bounds)), []);
    assert.equal(late, 21);
  });

  it('count what the machine was on for, also while nobody looked', async () => {
    await enforce();
    test.clock.time += 15 * DAY;
    await test.reopen();
    assert.deepEqual(await enforce(), []);
    test.clock.time += 15 * DAY + 1;
    assert.equal((await enforce()).length, 20);
  });
});
