import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isGap, isGapAtEnd, spacingsOf, type GapRule } from '../../../src/station/vocabulary';
import { createRandom } from '../../support/random';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The rule in the plainest way: what is usual is read from a sorted list of the distances around. */
function isGapByModel(distances: readonly number[], index: number, rule: GapRule): boolean {
  const distance = distances[index] ?? 0;
  if (rule !== 'automatic') return distance > rule;
  const around = [
    ...distances.slice(Math.max(index - 32, 0), index),
    ...distances.slice(index + 1, index + 33),
  ];
  if (around.length === 0) return false;
  const longestFirst = around.toSorted((one, other) => other - one);
  const usual = longestFirst[Math.max(Math.floor(around.length / 16), 1) - 1] ?? 0;
  return distance > 5 * usual;
}

/** The times of readings that are so far apart, from 0 on. */
function timesOf(distances: readonly number[]): number[] {
  const times = [0];
  for (const distance of distances) times.push((times.at(-1) ?? 0) + distance);
  return times;
}

/** The indices of the readings before which there is a gap. */
function gapsIn(times: readonly number[], rule: GapRule = 'automatic'): number[] {
  const spacings = spacingsOf(times);
  return [...times.keys()].slice(1).filter((index) => isGap(spacings, index - 1, rule));
}

const anyDistances = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: 1, max: 1000 }),
    fc.constantFrom(1, 5, 6, 25, 26, 60_000, 300_000, 300_001),
  ),
  { maxLength: 120 },
);

describe('The gap rule', () => {
  it('agrees with a plain model of it, for any distances', () => {
    fc.assert(
      fc.property(anyDistances, fc.constantFrom<GapRule>('automatic', 0, 60, Infinity), (distances, rule) => {
        const expected = [...distances.keys()].filter((index) => isGapByModel(distances, index, rule));
        assert.deepEqual(
          gapsIn(timesOf(distances), rule),
          expected.map((index) => index + 1),
        );
      }),
    );
  });

  it('decides by no more than the 32 distances on each side, so that a range with 33 readings beside it decides as all do', () => {
    fc.assert(
      fc.property(anyDistances, fc.nat(), fc.nat(), (distances, one, other) => {
        const times = timesOf(distances);
        const [from, to] = [one % times.length, other % times.length].toSorted((a, b) => a - b);
        assert(from !== undefined && to !== undefined);
        const start = Math.max(from - 33, 0);
        const inside = (index: number) => index >= from && index <= to;
        assert.deepEqual(
          gapsIn(times.slice(start, to + 34))
            .map((index) => index + start)
            .filter(inside),
          gapsIn(times).filter(inside),
        );
      }),
    );
  });

  it('counts a distance that follows several times as often, as if each were there', () => {
    const run = fc.record({
      distance: fc.integer({ min: 1, max: 100 }),
      count: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 8 }),
        fc.array(run, { maxLength: 8 }),
        fc.nat(2000),
        (before, after, long) => {
          const runs = [...before, { distance: long, count: 1 }, ...after];
          const spacings = {
            length: runs.length,
            distance: (index: number) => runs[index]?.distance ?? 0,
            count: (index: number) => runs[index]?.count ?? 0,
          };
          const plain = runs.flatMap(({ distance, count }) => Array.from({ length: count }, () => distance));
          const place = before.reduce((sum, { count }) => sum + count, 0);
          assert.equal(isGap(spacings, before.length, 'automatic'), isGapByModel(plain, place, 'automatic'));
        },
      ),
    );
  });

  it('decides of a silence after the last reading as if one came at its end', () => {
    fc.assert(
      fc.property(
        anyDistances,
        fc.nat(2000),
        fc.constantFrom<GapRule>('automatic', 60),
        (distances, silence, rule) => {
          assert.equal(
            isGapAtEnd(timesOf(distances), silence, rule),
            isGapByModel([...distances, silence], distances.length, rule),
          );
        },
      ),
    );
  });

  it('finds none in bursts of up to 16 readings, and the outage between two of them', () => {
    for (let size = 1; size <= 16; size += 1) {
      const burst = [...Array.from({ length: size - 1 }, () => SECOND), 10 * MINUTE];
      const bursts = Array.from({ length: 20 }, () => burst).flat();
      assert.deepEqual(gapsIn(timesOf(bursts)), [], `bursts of ${size}`);
      const outage = [...bursts, 3 * HOUR, ...bursts];
      assert.deepEqual(gapsIn(timesOf(outage)), [bursts.length + 1], `bursts of ${size} with an outage`);
    }
  });

  it('finds none where a sensor reports changes, often by day and rarely by night, and does where a day is missing', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const random = createRandom(seed).next;
      const day = () => Array.from({ length: 600 }, () => (8 + 32 * random()) * SECOND);
      const night = () => Array.from({ length: 9 }, () => (20 + 60 * random()) * MINUTE);
      const days = [...day(), ...night(), ...day(), ...night(), ...day()];
      assert.deepEqual(gapsIn(timesOf(days)), [], `seed ${seed}`);
      const missing = [...days, 24 * HOUR, ...night(), ...day()];
      assert.deepEqual(gapsIn(timesOf(missing)), [days.length + 1], `seed ${seed} with a missing day`);
    }
  });

  it('finds each of three outages of a regular sensor, also where they follow each other', () => {
    const minutes = Array.from({ length: 30 }, () => MINUTE);
    const [few, outage] = [minutes.slice(0, 5), HOUR];
    assert.deepEqual(
      gapsIn(timesOf([...minutes, outage, ...few, outage, ...few, 2 * outage, ...minutes])),
      [31, 37, 43],
    );
  });

  it('finds none before a third reading tells what is usual', () => {
    assert.deepEqual(
      [[], [0], [0, HOUR]].map((times) => gapsIn(times)),
      [[], [], []],
    );
    assert.deepEqual(gapsIn([0, MINUTE, HOUR]), [2]);
  });
});
