import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { cornersOf } from '../../src/page/trace';

type Corners = ReturnType<typeof cornersOf>;

/** Scales on which values are positions. */
const SCALES = { valToPos: (value: number) => value };

/** Where what is drawn is at a place along the time axis: the line from the last corner before it. */
function heightAt(corners: Corners, x: number): number {
  const next = corners.findIndex((corner) => corner.x > x);
  const [from, to] = [corners[next - 1], corners[next]];
  assert(from && to);
  return from.y + ((x - from.x) / (to.x - from.x)) * (to.y - from.y);
}

/** A canvas ends long before it. */
const WIDTH = 4000;

const far = fc.constantFrom(1e5, 1e6, 3e7, 1e9).chain((most) => fc.integer({ min: -most, max: most }));

describe('A line of a graph', () => {
  it('has its slope, however far away its readings are', () => {
    const left = fc.constantFrom(10, 1e5, 1e7, 1e9).map((distance) => -distance);
    const right = fc.constantFrom(10, 1e5, 1e7, 1e9).map((distance) => WIDTH + distance);
    const property = fc.property(left, right, far, far, (start, end, low, high) => {
      const corners = cornersOf(SCALES, { times: [start, end], values: [low, high] }, false);
      assert(corners.every(({ x, y }) => Math.abs(x) <= 1e5 && Math.abs(y) <= 1e5));
      const slope = (high - low) / (end - start);
      for (const x of [0, WIDTH / 2, WIDTH]) {
        const height = low + (x - start) * slope;
        const drawn = heightAt(corners, x);
        if (Math.abs(height) > WIDTH) assert(Math.abs(drawn) > WIDTH - 10 - Math.abs(slope));
        else assert(Math.abs(drawn - height) <= 2 + Math.abs(slope), `${drawn} is not ${height} at ${x}`);
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('goes on where a value is larger than a canvas can draw', () => {
    const corners = cornersOf(SCALES, { times: [0, 10, 20], values: [5, Infinity, 5] }, false);
    assert.deepEqual(
      [corners[0], corners.at(-1)],
      [
        { x: 0, y: 5 },
        { x: 20, y: 5 },
      ],
    );
    assert(corners.some(({ y }) => y === 1e5));
    assert(corners.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
  });

  it('has the places of its readings where all are near, and steps where values hold', () => {
    const segment = { times: [0, 10], values: [3, 8], heldUntil: 1e9 };
    assert.deepEqual(cornersOf(SCALES, segment, false), [
      { x: 0, y: 3 },
      { x: 10, y: 8 },
    ]);
    const stepped = cornersOf(SCALES, segment, true);
    assert.deepEqual(stepped.slice(0, 3), [
      { x: 0, y: 3 },
      { x: 10, y: 3 },
      { x: 10, y: 8 },
    ]);
    assert(stepped.slice(3).every(({ y }) => y === 8));
    assert.deepEqual(stepped.at(-1), { x: 1e5, y: 8 });
  });
});
