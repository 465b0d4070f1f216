import assert from 'node:assert/strict';
import { readRangeTexts } from '../../src/page/range-texts';
import type { TimeRange } from '../../src/page/range';

/** A station with a text at each whole time up to a last one. */
function createStation(last: number) {
  let requests = 0;
  const read = ({ from, to }: TimeRange, count: number) => {
    requests += 1;
    const newest = Math.min(to, last);
    const length = Math.max(Math.min(count, newest - from + 1), 0);
    return Promise.resolve(
      Array.from({ length }, (_, index) => ({ timestamp: newest - index, value: `text ${newest - index}` })),
    );
  };
  return { read, requests: () => requests };
}

describe('The texts of a range', () => {
  for (const [count, length] of [
    [0, 'none'],
    [999, 'as many as one request reads'],
    [1000, 'a full answer'],
    [3500, 'several answers'],
  ] as const)
    it(`come with the one before them, each once, where they are ${length}`, async () => {
      const station = createStation(99 + count);
      const { texts, since } = await readRangeTexts({ from: 100, to: 20_000 }, station.read);
      const times = texts.map(({ timestamp }) => timestamp);
      assert.deepEqual(
        times,
        Array.from({ length: count + 1 }, (_, index) => 99 + count - index),
      );
      assert.equal(since, undefined);
    });

  it('end at a bound, with the time from which on they are known', async () => {
    const station = createStation(50_000);
    const { texts, since } = await readRangeTexts({ from: 100, to: 50_000 }, station.read);
    assert.deepEqual([texts.length, since, texts.at(-1)?.timestamp], [10_000, 40_001, 40_001]);
    assert.equal(station.requests(), 10);
  });
});
