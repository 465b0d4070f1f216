import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  bestTime,
  isSameStart,
  placeBoots,
  wasSetAnew,
  wasSetAnewBetweenProcesses,
  type BootRecord,
} from '../../src/clock';
import { HOUR, MINUTE, SECOND, TRUE_START } from './machine';

const DAY = 24 * HOUR;

function boot(trust: BootRecord['trust'], startedAt: number, lastUptime = HOUR): BootRecord {
  return { trust, startedAt, lastUptime };
}

/** When the boots began, in hours after the start, and how well that is known. */
function placed(...boots: readonly BootRecord[]) {
  return placeBoots(boots).map(({ startedAt, certainty }) => [
    Math.round((startedAt - TRUE_START) / HOUR),
    certainty,
  ]);
}

const NEVER_SET = 5 * SECOND;

describe('boots of a machine', () => {
  for (const sign of [1, -1])
    it(`takes a clock for set anew from 10 s ${sign > 0 ? 'ahead' : 'behind'}, and from a minute where another process looked`, () => {
      const [anew, anewSince, same] = [
        [9_999, 10_000].map((ms) => wasSetAnew(TRUE_START, TRUE_START + sign * ms)),
        [59_999, 60_000].map((ms) => wasSetAnewBetweenProcesses(TRUE_START, TRUE_START + sign * ms)),
        [1999, 2000].map((ms) => isSameStart(TRUE_START, TRUE_START + sign * ms)),
      ];
      assert.deepEqual(
        { anew, anewSince, same },
        { anew: [false, true], anewSince: [false, true], same: [true, false] },
      );
    });

  it('places a boot where its clock says, if that was set or nobody doubts it', () => {
    const known = [boot('set', TRUE_START), boot('unknown', TRUE_START + 3 * HOUR)];
    assert.deepEqual(placed(...known), [
      [0, 'certain'],
      [3, 'certain'],
    ]);
  });

  it('keeps to the clock of a boot that was never set, if that is possible', () => {
    assert.deepEqual(
      placed(boot('set', TRUE_START), boot('unset', TRUE_START + 2 * HOUR), boot('set', TRUE_START + DAY))[1],
      [2, 'estimated'],
    );
  });

  it('places a boot after the last reading of the boot before', () => {
    const before = boot('set', TRUE_START, 10 * HOUR);
    const [, estimate] = placeBoots([
      before,
      boot('unset', TRUE_START + HOUR),
      boot('set', TRUE_START + DAY),
    ]);
    assert.equal(estimate?.startedAt, TRUE_START + 10 * HOUR + 1);
  });

  it('places a boot so that it ends before the next one begins', () => {
    const [estimate] = placeBoots([boot('unset', TRUE_START + DAY), boot('set', TRUE_START)]);
    assert.equal(estimate?.startedAt, TRUE_START - HOUR - 1);
    assert.deepEqual(
      placed(boot('unset', NEVER_SET, HOUR), boot('unset', NEVER_SET, 2 * HOUR), boot('set', TRUE_START)),
      [
        [-3, 'estimated'],
        [-2, 'estimated'],
        [0, 'certain'],
      ],
    );
  });

  it('awaits better times for all boots while the clock of the current one is not set', () => {
    assert.deepEqual(placed(boot('unset', TRUE_START), boot('unset', TRUE_START + DAY)), [
      [0, 'awaited'],
      [24, 'awaited'],
    ]);
  });

  it('leaves a boot undated of which nothing is known', () => {
    const [one, other] = placeBoots([boot('unset', NEVER_SET), boot('unset', NEVER_SET)]);
    assert.equal(one?.certainty, 'undated');
    assert.equal(other?.certainty, 'undated');
    assert.equal(placeBoots([boot('set', TRUE_START), boot('unset', NEVER_SET)])[1]?.certainty, 'awaited');
    assert.deepEqual(placeBoots([]), []);
  });

  it('keeps boots in their order, whatever is known of them', () => {
    const start = fc.oneof(
      fc.integer({ min: 0, max: HOUR }),
      fc.integer({ min: TRUE_START - 10 * DAY, max: TRUE_START + 10 * DAY }),
    );
    const unset = fc.record({
      trust: fc.constant('unset' as const),
      startedAt: start,
      lastUptime: fc.nat(DAY),
    });
    fc.assert(
      fc.property(fc.array(unset, { maxLength: 6 }), fc.nat(DAY), (earlier, lastUptime) => {
        const boots = [
          boot('set', TRUE_START - 100 * DAY),
          ...earlier,
          boot('set', TRUE_START + 20 * DAY, lastUptime),
        ];
        const places = placeBoots(boots);
        for (const [index, { startedAt }] of places.entries()) {
          const before = places[index - 1];
          const last = boots[index - 1]?.lastUptime ?? 0;
          assert(!before || startedAt > before.startedAt + last, `boot ${index} begins too early`);
        }
      }),
    );
  });
});

describe('the best time of a reading', () => {
  const placement = { startedAt: TRUE_START, certainty: 'certain' } as const;

  it('leaves a time alone that is the user’s own', () => {
    const best = bestTime(TRUE_START + 0.25, undefined, placement);
    assert.deepEqual(best, { timestamp: TRUE_START + 0.25, correctionMs: 0, certainty: 'certain' });
  });

  it('takes the time of a clock that was set', () => {
    const best = bestTime(TRUE_START - HOUR, { uptime: MINUTE, trust: 'set' }, placement);
    assert.deepEqual(best, { timestamp: TRUE_START - HOUR, correctionMs: 0, certainty: 'certain' });
  });

  it('takes the time of the clock if nothing is known of its boot any more', () => {
    const best = bestTime(TRUE_START, { uptime: MINUTE, trust: 'unset' }, undefined);
    assert.deepEqual(best, { timestamp: TRUE_START, correctionMs: 0, certainty: 'certain' });
  });

  it('counts the uptime from the beginning of the boot', () => {
    const best = bestTime(TRUE_START - HOUR, { uptime: MINUTE, trust: 'unset' }, placement);
    assert.deepEqual(best, {
      timestamp: TRUE_START + MINUTE,
      correctionMs: HOUR + MINUTE,
      certainty: 'certain',
    });
  });

  it('does not correct a time by less than two processes’ clocks differ', () => {
    for (const inaccuracy of [-20, 20]) {
      const stamp = { uptime: MINUTE + inaccuracy, trust: 'unknown' } as const;
      assert.equal(bestTime(TRUE_START + MINUTE, stamp, placement).timestamp, TRUE_START + MINUTE);
    }
  });
});
