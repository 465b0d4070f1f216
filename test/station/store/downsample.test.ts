import assert from 'node:assert/strict';
import { createDownsampler } from '../../../src/station/store/embedded/program/downsample';

describe('The downsampler', () => {
  it('keeps the earliest of equal values, whatever the order in which series give them', () => {
    const rows: readonly (readonly [time: number, value: number])[] = [
      [5, 1],
      [3, 1],
      [4, 1],
      [6, 9],
      [2, 9],
      [7, 9],
    ];
    for (const ordered of [rows, rows.toReversed()]) {
      const downsampler = createDownsampler(16);
      for (const [time, value] of ordered) downsampler.add(time, value);
      assert.deepEqual(downsampler.rows(), { times: [2, 3], values: [9, 1] });
    }
  });
});
