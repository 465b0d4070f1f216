import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { SeriesAnswer } from '../../../src/station/views/api';
import { keepStorageThread, NEVER, NOW, TestStation } from '../support/index';

type Row = readonly [time: number, value: number];

const YEAR = 365 * 86_400_000;

/** How readings may come: some at one pace, some in a heap, some long ago, in any order. */
const stretch = fc
  .record({
    age: fc.integer({ min: 0, max: YEAR }),
    step: fc.constantFrom(0.25, 1, 999, 60_000, 3_600_000),
    count: fc.integer({ min: 1, max: 900 }),
    seed: fc.nat(),
  })
  .map(({ age, step, count, seed }) =>
    Array.from({ length: count }, (_, index): Row => {
      const value = ((index * 7919 + seed) % 1009) / 8 - 40;
      return [NOW - YEAR + age + index * step, value];
    }).filter(([time]) => time <= NOW),
  );
const pushes = fc.array(fc.tuple(stretch, fc.boolean()), { minLength: 1, maxLength: 5 });

/** The rows between two times, inclusively, oldest first. */
function between(rows: ReadonlyMap<number, number>, from: number, to: number): Row[] {
  return [...rows].filter(([time]) => time >= from && time <= to).toSorted(([one], [other]) => one - other);
}

/** The lowest and the highest of each bucket, in the order of time; of equal ones the earliest. */
function extremes(rows: readonly Row[], width: number): Row[] {
  const buckets = new Map<number, Row[]>();
  for (const row of rows) {
    const number = Math.floor(row[0] / width);
    buckets.set(number, [...(buckets.get(number) ?? []), row]);
  }
  return [...buckets.values()].flatMap((bucket) => {
    const sorted = bucket.toSorted((one, other) => one[1] - other[1] || one[0] - other[0]);
    const [low] = sorted;
    const high = bucket.toSorted((one, other) => other[1] - one[1] || one[0] - other[0])[0];
    assert(low && high);
    return low[0] === high[0] ? [low] : [low, high].toSorted(([one], [other]) => one - other);
  });
}

/** What the station should answer, computed from all rows. */
function expected(rows: ReadonlyMap<number, number>, from: number, to: number, points: number): Row[] {
  const sorted = between(rows, 0, Infinity);
  const inside = between(rows, from, to);
  const before = sorted.findLast(([time]) => time < from);
  const after = sorted.find(([time]) => time > to);
  const ends = [sorted[0]?.[0] ?? 0, sorted.at(-1)?.[0] ?? 0] as const;
  let width = 2 ** -12;
  const [first, last] = [Math.max(from, ends[0]), Math.min(to, ends[1])];
  while (Math.floor(last / width) - Math.floor(first / width) >= Math.floor(points / 2)) width *= 2;
  const shown = inside.length > points ? extremes(inside, width) : inside;
  return [...(before ? [before] : []), ...shown, ...(after ? [after] : [])];
}

const rowsOf = ({ times, values }: SeriesAnswer): Row[] =>
  times.map((time, index) => [time, values[index] ?? NaN]);

describe("The station's series", () => {
  keepStorageThread();
  let station: TestStation;
  let number = 0;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  async function push(device: string, rows: readonly Row[]): Promise<void> {
    const history = rows.map(([time, value]) => {
      const fraction = String(Math.round((time % 1000) * 1e6)).padStart(9, '0');
      return { date: new Date(time).toISOString().replace(/\d{3}Z$/, `${fraction}Z`), value };
    });
    const body = { device, signals: { x: { history } } };
    const delivered = await station.station.databoomTransport().deliver({ body, unique: undefined }, NEVER);
    assert(delivered.ok, delivered.ok ? '' : delivered.failure.message);
  }

  async function series(device: string, from: number, to: number, points: number): Promise<SeriesAnswer> {
    return station.ask('series', { kind: 'device', source: device, field: 'x', from, to, points });
  }

  it('hold every value that was sent once, and agree with a scan of all rows', async () => {
    const window = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    const seen = { downsampled: 0, whole: 0 };
    await fc.assert(
      fc.asyncProperty(
        pushes,
        window,
        fc.integer({ min: 10, max: 300 }),
        async (stretches, [one, other], points) => {
          const device = `d${(number += 1)}`;
          const rows = new Map<number, number>();
          for (const [stretchRows, isReversed] of stretches) {
            const sent = isReversed ? stretchRows.toReversed() : stretchRows;
            await push(device, sent);
            for (const [time, value] of sent) if (!rows.has(time)) rows.set(time, value);
          }
          for (const [from, to] of [
            [0, NOW],
            [NOW - YEAR * Math.max(one, other), NOW - YEAR * Math.min(one, other)],
          ] as const) {
            const answer = await series(device, from, to, points);
            assert.deepEqual(rowsOf(answer), expected(rows, from, to, points));
            assert.equal(answer.downsampled, between(rows, from, to).length > points);
            seen[answer.downsampled ? 'downsampled' : 'whole'] += 1;
            assert(answer.times.length <= points + 2);
          }
        },
      ),
      { numRuns: 25 },
    );
    // Both ways have to have been tried.
    assert(seen.downsampled > 5 && seen.whole > 5, JSON.stringify(seen));
  });

  it('keep a single peak among a year of readings', async () => {
    const minutes = 100_000;
    const rows = Array.from({ length: minutes }, (_, index): Row => [
      NOW - index * 60_000,
      index === 70_001 ? 99 : 20,
    ]);
    await push('year', rows);
    const answer = await series('year', NOW - YEAR, NOW, 2000);
    assert(answer.downsampled);
    const buckets = ((minutes - 1) * 60_000) / answer.bucketMs;
    assert(buckets > 400 && buckets <= 1000, String(buckets));
    assert(answer.times.length > 500 && answer.times.length <= 2000, String(answer.times.length));
    assert.deepEqual(
      rowsOf(answer).filter(([, value]) => value !== 20),
      [[NOW - 70_001 * 60_000, 99]],
    );
  });

  it('contain nothing from outside of the range but one row on each side', async () => {
    const [from, to] = [NOW - 9000 * 60_000, NOW - 1000 * 60_000];
    // Outside, all values are more extreme than any inside.
    const rows = Array.from({ length: 10_000 }, (_, index): Row => {
      const time = NOW - index * 60_000;
      return [time, time >= from && time <= to ? index % 10 : 1000 + index];
    });
    await push('edges', rows);
    for (const points of [10, 100, 1000]) {
      const answer = await series('edges', from, to, points);
      assert(answer.downsampled);
      assert.deepEqual([answer.times[0], answer.times.at(-1)], [from - 60_000, to + 60_000]);
      assert(answer.values.slice(1, -1).every((value) => value < 10));
    }
  });

  it('tell from which distance on two readings have a gap between them', async () => {
    await push(
      'gaps',
      [0, 60, 120, 180, 900, 960].map((second): Row => [NOW - 10_000_000 + second * 1000, 1]),
    );
    assert.equal((await series('gaps', 0, NOW, 100)).gapMs, 300_000);
    // Looking into the gap, with no row or with one on each side, does not close it.
    for (const [first, last] of [
      [200, 800],
      [180, 900],
      [150, 800],
    ] as const) {
      const [from, to] = [NOW - 10_000_000 + first * 1000, NOW - 10_000_000 + last * 1000];
      assert.equal((await series('gaps', from, to, 100)).gapMs, 300_000, `${first} to ${last}`);
    }
    await push(
      'many',
      Array.from({ length: 5000 }, (_, index): Row => [NOW - index * 10_000, index % 7]),
    );
    const { gapMs, times } = await series('many', 0, NOW, 200);
    assert(gapMs !== null && gapMs >= 50_000);
    assert(times.slice(1).every((time, index) => time - (times[index] ?? 0) <= gapMs));
    await push('one', [[NOW, 1]]);
    assert.equal((await series('one', 0, NOW, 100)).gapMs, null);
  });

  it('show booleans as 0 and 1, beside numbers of the same field', async () => {
    for (const [second, value] of [true, 5, false].entries()) {
      const date = new Date(NOW + second * 1000).toISOString();
      await station.push({ device: 'door', date, signals: [{ name: 'x', value }] });
    }
    const answer = await series('door', 0, NOW + 10_000, 100);
    assert.deepEqual(answer.values, [1, 5, 0]);
    assert.equal(answer.bucketMs, 0);
    assert.equal((await station.field('door', 'x'))?.type, 'boolean');
  });

  it('stay empty where there are no values', async () => {
    const answer = await series('nobody', 0, NOW, 100);
    assert.deepEqual([answer.times, answer.values, answer.gapMs, answer.downsampled], [[], [], null, false]);
  });

  it('survive a restart unchanged, and accept more values after it', async () => {
    const rows = Array.from({ length: 2000 }, (_, index): Row => [NOW - index * 60_000, index]);
    await push(
      'restart',
      rows.filter((_, index) => index % 2 === 0),
    );
    await station.reopen();
    await push('restart', rows);
    const answer = await series('restart', 0, NOW, 2000);
    assert.deepEqual(rowsOf(answer), rows.toReversed());
  });
});
