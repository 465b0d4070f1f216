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

/** Whether there is a gap after one of all readings, by the 32 distances on each side of it. */
function endsInGap(sorted: readonly Row[], index: number): boolean {
  const distance = (at: number) => (sorted[at + 1]?.[0] ?? NaN) - (sorted[at]?.[0] ?? NaN);
  const around = [];
  for (let at = index - 32; at <= index + 32; at += 1) if (at !== index) around.push(distance(at));
  const known = around.filter((each) => !Number.isNaN(each)).toSorted((one, other) => other - one);
  const usual = known[Math.max(Math.floor(known.length / 16), 1) - 1];
  return usual !== undefined && distance(index) > 5 * usual;
}

/**
 * The indices of the rows of an answer before which there must be a gap: two neighbours among all rows are further
 * apart than a bucket, with one of these rows at or before the first, and the next at or after the second.
 */
function expectedGaps(
  rows: ReadonlyMap<number, number>,
  { times, bucketMs }: SeriesAnswer,
  isGap: (sorted: readonly Row[], index: number) => boolean,
): number[] {
  const sorted = between(rows, 0, Infinity);
  const found: number[] = [];
  for (const [index, [time]] of sorted.entries()) {
    const next = sorted[index + 1]?.[0] ?? -Infinity;
    if (next - time <= bucketMs || !isGap(sorted, index)) continue;
    const after = times.findIndex((each) => each >= next);
    if (after > 0 && (times[after - 1] ?? Infinity) <= time) found.push(after);
  }
  return found;
}

/** Values of a switch, oldest first, of which some may be a number of the same field; how often they come changes. */
const switched = fc
  .array(
    fc.record({
      pause: fc.constantFrom(1, 5000, 3_600_000, 86_400_000),
      pulse: fc.array(fc.constantFrom(0, 0, 1, 1, 1, 2), { minLength: 1, maxLength: 5 }),
      count: fc.integer({ min: 1, max: 900 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((stretches) => {
    const rows: Row[] = [];
    let time = NOW - YEAR;
    for (const { pause, pulse, count } of stretches) {
      for (let index = 0; index < count; index += 1) {
        for (const value of pulse) rows.push([(time += 4000), value]);
        time += pause;
      }
    }
    return rows.filter(([at]) => at <= NOW);
  })
  .filter((rows) => rows.some(([, value]) => value < 2));

/** The value of the last row at or before a time. */
function heldAt(rows: readonly Row[], time: number): number | undefined {
  return rows.findLast(([at]) => at <= time)?.[1];
}

const asSwitch = (value: number) => (value === 2 ? 2 : value === 1);

/** Tells where an answer shows rows that were not sent, or holds another value after a bucket than its last one. */
function assertHolds(answer: SeriesAnswer, rows: readonly Row[]): void {
  const shown = rowsOf(answer);
  const sent = new Map(rows);
  for (const [time, value] of shown) assert.equal(value, sent.get(time));
  const [first, last] = [shown[0]?.[0] ?? 0, shown.at(-1)?.[0] ?? 0];
  const inside = between(sent, first, last);
  for (const [index, [time, value]] of inside.entries()) {
    const next = inside[index + 1]?.[0] ?? Infinity;
    const isLast = Math.floor(time / answer.bucketMs) < Math.floor(next / answer.bucketMs);
    if (isLast || !answer.downsampled) assert.equal(heldAt(shown, time), value, `at ${time}, until ${next}`);
  }
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

  async function push(
    device: string,
    rows: readonly Row[],
    sent: (value: number) => number | boolean = (value) => value,
  ): Promise<void> {
    const history = rows.map(([time, value]) => {
      const fraction = String(Math.round((time % 1000) * 1e6)).padStart(9, '0');
      return { date: new Date(time).toISOString().replace(/\d{3}Z$/, `${fraction}Z`), value: sent(value) };
    });
    const body = { device, signals: { x: { history } } };
    const delivered = await station.station.databoomTransport().deliver({ body, unique: undefined }, NEVER);
    assert(delivered.ok, delivered.ok ? '' : delivered.failure.message);
  }

  async function series(
    device: string,
    from: number,
    to: number,
    points: number,
    gap: number | string = 'automatic',
  ): Promise<SeriesAnswer> {
    return station.ask('series', { kind: 'device', source: device, field: 'x', from, to, points, gap });
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
            // Of downsampled data the rule knows some distances only by their mean.
            if (!answer.downsampled) assert.deepEqual(answer.gaps, expectedGaps(rows, answer, endsInGap));
            const minutes = await series(device, from, to, points, 60_000);
            const isLong = (sorted: readonly Row[], index: number) =>
              (sorted[index + 1]?.[0] ?? 0) - (sorted[index]?.[0] ?? 0) > 60_000;
            assert.deepEqual(minutes.gaps, expectedGaps(rows, minutes, isLong));
            assert.deepEqual((await series(device, from, to, points, 'never')).gaps, []);
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

  it('hold the last value of a switch after each bucket, whatever it did within it', async () => {
    let downsampled = 0;
    const property = fc.asyncProperty(
      switched,
      fc.integer({ min: 10, max: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (rows, points, share) => {
        const device = `switch${(number += 1)}`;
        await push(device, rows, asSwitch);
        const [first, last] = [rows[0]?.[0] ?? NOW, rows.at(-1)?.[0] ?? NOW];
        for (const from of [0, first + (last - first) * share]) {
          const answer = await series(device, from, NOW, points);
          assert(answer.times.length <= points + 2);
          assert.equal(answer.times.at(-1), last);
          assertHolds(answer, rows);
          downsampled += Number(answer.downsampled);
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
    assert(downsampled > 20, String(downsampled));
  });

  it('show a switch that is on for some seconds every two hours as off for the rest', async () => {
    const rows = Array.from({ length: 3600 }, (_, index): Row => {
      const second = [0, 5, 9][index % 3] ?? 0;
      return [
        NOW - 10_000_000 - (1200 - Math.floor(index / 3)) * 7_200_000 + second * 1000,
        index % 3 === 1 ? 1 : 0,
      ];
    });
    await push('valve', rows, asSwitch);
    // Of few points, blocks of rows are known by their summaries.
    for (const points of [10, 30, 200, 2000, 3599]) {
      const answer = await series('valve', 0, NOW, points);
      assert(answer.downsampled);
      assertHolds(answer, rows);
      assert(answer.values.includes(1));
    }
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

  it('have the same gaps at every zoom, of sensors that send in bursts, on changes, or at one pace', async () => {
    const start = NOW - 60 * 86_400_000;
    const minute = 60_000;
    const sensors: Readonly<Record<string, (index: number) => number>> = {
      bursts: (index) => (index % 3 < 2 ? 1000 : 10 * minute),
      changes: (index) => (index % 1000 < 990 ? 80_000 : 45 * minute),
      regular: () => 10 * minute,
    };
    for (const [device, distanceAt] of Object.entries(sensors)) {
      const rows: Row[] = [];
      const outages: (readonly [number, number])[] = [];
      for (let [time, index] = [start, 0]; time < NOW; index += 1) {
        rows.push([time, index % 100]);
        const next = time + distanceAt(index);
        const isOutage = index % 1000 === 500;
        if (isOutage) outages.push([time, next + 3 * 86_400_000]);
        time = isOutage ? next + 3 * 86_400_000 : next;
      }
      await push(device, rows);
      for (const points of [200, 800, 4000]) {
        const { times, gaps, bucketMs } = await series(device, start, NOW, points);
        const whole = outages.filter(([, end]) => end < NOW);
        assert.equal(gaps.length, whole.length, `${device} with ${points} points`);
        for (const [place, [from, to]] of whole.entries()) {
          const index = gaps[place] ?? 0;
          assert((times[index - 1] ?? 0) <= from && (times[index - 1] ?? 0) > from - bucketMs - 1, device);
          assert((times[index] ?? 0) >= to && (times[index] ?? 0) < to + bucketMs + 1, device);
        }
      }
    }
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
