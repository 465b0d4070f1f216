import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createTimeWait } from '../../src/delivery';

const SECOND = 1000;

describe('the wait for the time', () => {
  it('has not lasted for any time before the service was reached', () => {
    const wait = createTimeWait();
    assert.deepEqual([wait.hasLasted(0), wait.endsAt(0)], [false, undefined]);
    wait.missed();
    assert.deepEqual([wait.hasLasted(0), wait.endsAt(0)], [false, undefined]);
    wait.reached(7);
    assert.deepEqual([wait.hasLasted(0), wait.hasLasted(1), wait.endsAt(10)], [true, false, 17]);
  });

  it('counts nothing between two looks that are further apart than two minutes', () => {
    const wait = createTimeWait();
    wait.reached(0);
    wait.reached(120 * SECOND);
    wait.reached(241 * SECOND);
    assert.deepEqual([wait.hasLasted(120 * SECOND), wait.hasLasted(120 * SECOND + 1)], [true, false]);
    assert.equal(wait.endsAt(130 * SECOND), 251 * SECOND);
  });

  it('begins from anew after the time was known', () => {
    const wait = createTimeWait();
    wait.begin(0);
    wait.reached(0);
    wait.reached(60 * SECOND);
    wait.end();
    assert.deepEqual([wait.hasLasted(0), wait.endsAt(0)], [false, undefined]);
    wait.begin(70 * SECOND);
    wait.reached(70 * SECOND);
    assert.deepEqual([wait.hasLasted(0), wait.hasLasted(1)], [true, false]);
    assert.equal(wait.endsAt(5 * SECOND), 75 * SECOND);
    assert.deepEqual([wait.isOverdue(249 * SECOND), wait.isOverdue(250 * SECOND)], [false, true]);
  });

  it('counts each second once between looks that found the service, however many senders look', () => {
    const looks = fc.array(fc.record({ after: fc.nat(119), isThere: fc.boolean() }), { maxLength: 50 });
    fc.assert(
      fc.property(looks, (drawn) => {
        const wait = createTimeWait();
        const counted = new Set<number>();
        let now = 0;
        let before = false;
        for (const { after, isThere } of drawn) {
          const seconds = Array.from({ length: after }, (_, index) => now + index);
          if (before && isThere) for (const second of seconds) counted.add(second);
          now += after;
          if (isThere) wait.reached(now * SECOND);
          else wait.missed();
          before = isThere;
          const ms = counted.size * SECOND;
          assert.equal(wait.hasLasted(ms + 1), false);
          assert.equal(wait.endsAt(ms + 5), isThere ? now * SECOND + 5 : undefined);
        }
      }),
    );
  });
});
