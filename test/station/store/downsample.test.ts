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
      const downsampler = createDownsampler(16, false);
      for (const [time, value] of ordered) downsampler.add(time, value);
      assert.deepEqual(downsampler.rows(), { times: [2, 3], values: [9, 1] });
    }
  });

  it('keeps the last row of each bucket too where values hold, whatever the order they come in', () => {
    const rows = [
      [1, 0],
      [3, 1],
      [5, 0],
      [17, 0],
      [20, 1],
      [33, 1],
      [40, 1],
    ] as const;
    for (const ordered of [rows, rows.toReversed()]) {
      const downsampler = createDownsampler(16, true);
      for (const [time, value] of ordered) downsampler.add(time, value);
      assert.deepEqual(downsampler.rows(), {
        times: [1, 3, 5, 17, 20, 33, 40],
        values: [0, 1, 0, 0, 1, 1, 1],
      });
      assert(downsampler.isLater(6) && !downsampler.isLater(5) && downsampler.isLater(50));
    }
  });
});
