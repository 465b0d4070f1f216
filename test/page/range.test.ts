import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  DAY_MS,
  firstPreset,
  HOUR_MS,
  isPreset,
  pan,
  rangeAhead,
  rangeAround,
  rangeBetween,
  resolveRange,
  zoom,
} from '../../src/page/range';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const STORED = { from: NOW - 100 * DAY_MS, to: NOW };

const time = fc.double({ min: STORED.from, max: NOW, noNaN: true });
const span = fc.double({ min: 1000, max: 365 * DAY_MS, noNaN: true });
const range = fc.tuple(time, span).map(([to, length]) => ({ from: to - length, to }));

describe('The range of a graph', () => {
  it('ends now where it is a preset', () => {
    const days = { hour: 1 / 24, day: 1, week: 7, month: 30, year: 365 };
    for (const preset of ['hour', 'day', 'week', 'month', 'year'] as const)
      assert.deepEqual(resolveRange(preset, STORED), {
        from: NOW - days[preset] * 24 * 3_600_000,
        to: NOW,
      });
    assert.deepEqual(resolveRange('all', STORED), STORED);
    assert.deepEqual(resolveRange('all', { from: NOW, to: NOW }), { from: NOW - 60_000, to: NOW });
  });

  it('knows the names of presets, and takes nothing else for one', () => {
    assert.deepEqual(['hour', 'all', 'fortnight', ''].map(isPreset), [true, true, false, false]);
  });

  it('begins as everything of a sensor that has just begun, else as a day', () => {
    assert.equal(firstPreset({ from: NOW - HOUR_MS + 1, to: NOW }), 'all');
    assert.equal(firstPreset({ from: NOW - HOUR_MS, to: NOW }), 'day');
    assert.equal(firstPreset(STORED), 'day');
  });

  it('keeps the time below the pointer in its place when zoomed, unless that would leave the stored time', () => {
    fc.assert(
      fc.property(
        range,
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shown, factor, share) => {
          const anchor = shown.from + share * (shown.to - shown.from);
          const zoomed = zoom(shown, factor, anchor, STORED);
          assert(zoomed.to - zoomed.from >= 999);
          assert(zoomed.to <= STORED.to);
          if (zoomed.to < STORED.to && zoomed.to > STORED.from + (zoomed.to - zoomed.from) * 0.11) {
            const found = (anchor - zoomed.from) / (zoomed.to - zoomed.from);
            assert(Math.abs(found - share) < 1e-3, `${found} instead of ${share}`);
          }
        },
      ),
    );
  });

  it('never leaves the stored time, however it is moved', () => {
    fc.assert(
      fc.property(range, fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true })), (shown, moves) => {
        let moved = shown;
        for (const milliseconds of moves) moved = pan(moved, milliseconds, STORED);
        assert(Math.abs(moved.to - moved.from - (shown.to - shown.from)) < 1);
        if (moves.length === 0) return;
        assert(moved.to <= STORED.to && moved.to >= STORED.from, JSON.stringify(moved));
      }),
    );
  });

  it('zooms out no further than twice the stored time', () => {
    let shown = { from: NOW - HOUR_MS, to: NOW };
    for (let turn = 0; turn < 50; turn++) shown = zoom(shown, 1.5, NOW, STORED);
    assert.deepEqual(shown, { from: NOW - 200 * DAY_MS, to: NOW });
  });

  it('shows the oldest readings at its end where it is moved far into the past', () => {
    const shown = { from: NOW - HOUR_MS, to: NOW };
    const to = STORED.from + HOUR_MS / 10;
    assert.deepEqual(pan(shown, -1000 * DAY_MS, STORED), { from: to - HOUR_MS, to });
  });

  it('takes a selection in both directions', () => {
    assert.deepEqual(rangeBetween(5000, 2000), { from: 2000, to: 5000 });
    assert.deepEqual(rangeBetween(2000, 2000), { from: 2000, to: 3000 });
  });

  it('contains a reading that it is opened around', () => {
    const around = rangeAround(NOW, { from: 7 * DAY_MS, to: 8 * DAY_MS });
    assert(around.from < NOW && NOW < around.to);
    assert.equal(around.to - around.from, DAY_MS);
  });

  it('show what is ahead of now with now and the last of it inside', () => {
    for (const until of [NOW + 1, NOW + HOUR_MS, NOW + 30_000 * DAY_MS]) {
      const { from, to } = rangeAhead(NOW, until);
      assert(from < NOW && to > until, String(until));
      assert(to - from <= 1.2 * (until - NOW) + 60_000);
    }
  });
});
