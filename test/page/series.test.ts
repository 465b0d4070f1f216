import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  extremes,
  heldSegmentsOf,
  insert,
  isGapUnknown,
  neighbour,
  readAt,
  segmentsOf,
  seriesOf,
  valueRange,
  withUnconfirmed,
  type Series,
} from '../../src/page/series';

const make = (times: number[], values: number[], rest: Partial<Series> = {}): Series => ({
  times,
  values,
  gapEnds: new Set(),
  gapRule: 'automatic',
  gapMs: Infinity,
  bucketMs: 0,
  unconfirmed: { times: [], values: [], gapEnds: new Set() },
  ...rest,
});
const MINUTES = make([0, 60, 120, 600, 660], [1, 2, 3, 4, 5], { gapMs: 300 });
/** The same with a gap between 120 and 600. */
const BROKEN = make([...MINUTES.times], [...MINUTES.values], { gapEnds: new Set([600]) });

const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('A series of the page', () => {
  it('breaks at gaps, and nowhere else', () => {
    assert.deepEqual(segmentsOf(BROKEN), [
      { times: [0, 60, 120], values: [1, 2, 3] },
      { times: [600, 660], values: [4, 5] },
    ]);
    assert.deepEqual(segmentsOf(MINUTES), [{ times: MINUTES.times, values: MINUTES.values }]);
    assert.deepEqual(segmentsOf(make([], [])), []);
  });

  it('has the gaps of the answer, and finds those of its unconfirmed readings by the same rule', () => {
    const answer = { from: 0, to: 1, downsampled: false, bucketMs: 0, gapMs: null };
    const unconfirmed = { times: [700, 710, 720, 900], values: [1, 2, 3, 4] };
    const series = seriesOf(
      { ...answer, times: [0, 5, 9], values: [1, 2, 3], gaps: [2], unconfirmed },
      'automatic',
    );
    assert.deepEqual([...series.gapEnds], [9]);
    assert.deepEqual([...series.unconfirmed.gapEnds], [900]);
  });

  it('has a gap before a reading that arrives after a long silence, and none once one within it arrives', () => {
    const series = make([0, 60, 120, 180], [1, 2, 3, 4]);
    insert(series, 700, 5);
    assert.deepEqual([...series.gapEnds], [700]);
    insert(series, 440, 6);
    assert.deepEqual([...series.gapEnds], []);
    insert(series, 5000, 7);
    assert.deepEqual([...series.gapEnds], [5000]);
    const chosen = make([0, 60], [1, 2], { gapRule: 100 });
    insert(chosen, 161, 3);
    insert(chosen, 110, 4);
    assert.deepEqual([...chosen.gapEnds], []);
    insert(chosen, 262, 4);
    assert.deepEqual([...chosen.gapEnds], [262]);
    const never = make([0, 60], [1, 2], { gapRule: Infinity });
    insert(never, 1e9, 3);
    assert.deepEqual([...never.gapEnds], []);
  });

  it('holds the last value of a switch until now, and no value into the future', () => {
    const never = { gapRule: Infinity };
    assert.deepEqual(heldSegmentsOf(make([10, 20], [1, 0], never), 50), [
      { times: [10, 20], values: [1, 0], heldUntil: 50 },
    ]);
    assert.deepEqual(heldSegmentsOf(make([10, 20], [1, 0], never), 20), [
      { times: [10, 20], values: [1, 0] },
    ]);
    assert.deepEqual(heldSegmentsOf(make([10, 90], [1, 0], never), 50), [
      { times: [10], values: [1], heldUntil: 50 },
      { times: [90], values: [0] },
    ]);
    assert.deepEqual(heldSegmentsOf(make([90], [0], never), 50), [{ times: [90], values: [0] }]);
    // Where a person chose that it is unknown after 10 ms.
    assert.deepEqual(heldSegmentsOf(make([10, 20], [1, 0], { gapRule: 10 }), 50), [
      { times: [10, 20], values: [1, 0] },
    ]);
    assert.deepEqual(heldSegmentsOf(make([], [], never), 50), []);
  });

  it('has its unconfirmed readings in their places for whoever reads it, and apart from the others', () => {
    const unconfirmed = { times: [90, 700], values: [8, 9], gapEnds: new Set<number>() };
    const series = { ...MINUTES, unconfirmed };
    const all = withUnconfirmed(series);
    assert.deepEqual(all.times, [0, 60, 90, 120, 600, 660, 700]);
    assert.deepEqual(all.values, [1, 2, 8, 3, 4, 5, 9]);
    assert.deepEqual(series.times, [0, 60, 120, 600, 660]);
    assert.equal(withUnconfirmed(MINUTES), MINUTES);
  });

  it('finds no gap until it has three values, and says when it could', () => {
    const series = make([], []);
    const told = [0, 60, 120].map((time) => {
      insert(series, time, 1);
      return isGapUnknown(series);
    });
    assert.deepEqual(told, [false, false, true]);
    assert.equal(isGapUnknown(MINUTES), false);
  });

  it('inserts late values at their place, once', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), anyNumber)), (points) => {
        const series = make([], []);
        for (const [time, value] of points) insert(series, time, value);
        const first = new Map(points.toReversed());
        const expected = [...first].toSorted(([one], [other]) => one - other);
        assert.deepEqual(
          series.times.map((time, index) => [time, series.values[index]]),
          expected,
        );
      }),
    );
  });

  it('reads the nearest value, and nothing in a gap', () => {
    assert.deepEqual(
      [0, 29, 31, 120, 599, 960].map((time) => readAt(MINUTES, time, 10, false)?.value),
      [1, 1, 2, 3, 4, 5],
    );
    assert.equal(readAt(BROKEN, 360, 10, false), undefined);
    assert.equal(readAt(BROKEN, 129, 10, false)?.value, 3);
    assert.equal(readAt(BROKEN, 591, 10, false)?.value, 4);
    assert.equal(readAt(BROKEN, 90, 10, false)?.value, 3);
    assert.equal(readAt(BROKEN, 5000, 10, false), undefined);
    assert.equal(readAt(BROKEN, -20, 10, false), undefined);
    assert.equal(readAt(BROKEN, 60, 0, false)?.value, 2);
    assert.equal(readAt(make([], []), 0, 10, false), undefined);
  });

  it('reads the last setting of a switch', () => {
    assert.deepEqual(
      [-20, -5, 59, 60, 119, 400].map((time) => readAt(MINUTES, time, 10, true)?.value),
      [undefined, 1, 1, 2, 2, 3],
    );
  });

  it('reads the lowest and highest value of downsampled data', () => {
    const thinned = make([0, 10, 40, 50, 80], [5, 1, 9, 2, 3], { bucketMs: 40 });
    assert.deepEqual(readAt(thinned, 45, 1, false), { time: 50, value: 2, low: 2, high: 9 });
    assert.deepEqual(readAt(thinned, 80, 1, false), { time: 80, value: 3, low: 3, high: 3 });
  });

  it('knows its lowest and highest inside of a range', () => {
    assert.deepEqual(extremes(MINUTES, { from: 60, to: 600 }), { low: 2, high: 4 });
    assert.equal(extremes(MINUTES, { from: 200, to: 500 }), undefined);
  });

  it('finds the next point of any series', () => {
    const other = make([30, 610], [0, 0]);
    assert.equal(neighbour([MINUTES, other], 0, 1), 30);
    assert.equal(neighbour([MINUTES, other], 610, 1), 660);
    assert.equal(neighbour([MINUTES, other], 60, -1), 30);
    assert.equal(neighbour([MINUTES, other], 660, 1), undefined);
    assert.equal(neighbour([], 0, 1), undefined);
  });

  it('fits its value axis to any values', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [bottom, top] = valueRange(low, high);
        assert(Number.isFinite(bottom) && Number.isFinite(top) && bottom < top, `${bottom} ${top}`);
        assert(Number.isFinite(top - bottom));
        if (Math.abs(low) < 1e300 && Math.abs(high) < 1e300) assert(bottom < low && high < top);
      }),
    );
    assert.deepEqual(valueRange(20, 20), [18, 22]);
    assert.deepEqual(valueRange(null, null), [-0.08, 1.08]);
  });
});
