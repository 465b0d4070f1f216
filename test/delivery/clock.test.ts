import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { SYSTEM_CLOCK, wait, type Clock } from '../../src/delivery/clock';
import { within } from '../support/waiting';

describe('a wait of the sender', () => {
  it('leaves no listener behind when its time is over', async () => {
    const { signal } = new AbortController();
    await within('a wait of a millisecond', wait(SYSTEM_CLOCK, 1, signal));
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  it('ends at once when it is cancelled, and leaves no timer behind', async () => {
    let scheduled = 0;
    const clock: Clock = {
      ...SYSTEM_CLOCK,
      schedule: () => {
        scheduled += 1;
        return () => (scheduled -= 1);
      },
    };
    const cancelling = new AbortController();
    const waiting = wait(clock, 1000, cancelling.signal);
    assert.equal(scheduled, 1);
    cancelling.abort();
    await within('the end of a cancelled wait', waiting);
    await within('a wait that was cancelled before', wait(clock, 1000, cancelling.signal));
    assert.equal(scheduled, 0);
  });
});
