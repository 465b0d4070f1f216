import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  extremes,
  insert,
  isGapUnknown,
  neighbour,
  readAt,
  valueRange,
  withGaps,
  withUnconfirmed,
  type Series,
} from '../../src/page/series';

const make = (times: number[], values: number[], rest: Partial<Series> = {}): Series => ({
  times,
  values,
  gapMs: Infinity,
  bucketMs: 0,
  unconfirmed: { times: [], values: [] },
  ...rest,
});
const MINUTES = make([0, 60, 120, 600, 660], [1, 2, 3, 4, 5], { gapMs: 300 });

const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('A series of the page', () => {
  it('breaks at gaps, and nowhere else', () => {
    assert.deepEqual(withGaps(MINUTES), [
      [0, 60, 120, 360, 600, 660],
      [1, 2, 3, null, 4, 5],
    ]);
    assert.deepEqual(withGaps({ ...MINUTES, gapMs: Infinity }), [MINUTES.times, MINUTES.values]);
    assert.deepEqual(withGaps(make([], [])), [[], []]);
  });

  it('has its unconfirmed readings in their places for whoever reads it, and apart from the others', () => {
    const unconfirmed = { times: [90, 700], values: [8, 9] };
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
    const wide = { ...MINUTES, gapMs: 50 };
    assert.equal(readAt(wide, 360, 10, false), undefined);
    assert.equal(readAt(wide, 5000, 10, false), undefined);
    assert.equal(readAt(wide, 60, 0, false)?.value, 2);
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
