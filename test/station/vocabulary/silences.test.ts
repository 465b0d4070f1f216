import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { usualSilence, withArrival, type Silences } from '../../../src/station/vocabulary';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A Monday, at midnight. */
const MONDAY = Date.UTC(2026, 5, 1);
const END = MONDAY + 60 * DAY;

/** Draws numbers from 0 to 1, the same ones again for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The times at which a sensor sends. */
type Reporter = (random: () => number, begin: number, end: number) => number[];

/** Sends at a distance that depends on the time; 0 < distance. */
function each(distanceAt: (time: number, random: () => number) => number): Reporter {
  return (random, begin, end) => {
    const times: number[] = [];
    for (let time = begin; time < end; time += distanceAt(time, random)) times.push(time);
    return times;
  };
}

const between = (random: () => number, least: number, most: number) => least + random() * (most - least);

/**
 * At a distance that varies by a third, and some are missed where a day has several. Of a sensor that sends each few days, a
 * missed reading is longer than usual, and is to be said.
 */
const regular = (distance: number) => {
  const missed = distance <= 4 * HOUR ? 0.05 : 0;
  return each((_, random) => distance * (between(random, 0.67, 1.33) + (random() < missed ? 1 : 0)));
};

/** Some readings a second or two apart, and then nothing for long. */
const bursts = (distance: number, count: number): Reporter => {
  const beginnings = regular(distance);
  return (random, begin, end) =>
    beginnings(random, begin, end).flatMap((time) =>
      Array.from({ length: count }, (_, index) => time + index * 2 * SECOND),
    );
};

const hourOf = (time: number) => (time % DAY) / HOUR;

/** Seldom by night, often by day. */
const byDay = (zone: number) =>
  each((time, random) => {
    const hour = hourOf(time + zone * HOUR);
    return hour >= 7 && hour < 22
      ? between(random, 8 * SECOND, 10 * MINUTE)
      : between(random, 20 * MINUTE, 80 * MINUTE);
  });

/** Nothing at all by night, and on the days off. */
const quietByNight = (zone: number, workdays: number): Reporter => {
  const often = each((_, random) => between(random, MINUTE, 20 * MINUTE));
  return (random, begin, end) =>
    often(random, begin, end).filter((time) => {
      const local = time + zone * HOUR;
      const weekday = Math.floor((local - MONDAY) / DAY) % 7;
      const late = 0.5 * Math.sin(local / DAY);
      return weekday < workdays && hourOf(local) >= 7 + late && hourOf(local) < 18 + late;
    });
};

const zones = fc.integer({ min: -11, max: 12 });
const reporters: fc.Arbitrary<{ readonly name: string; readonly reporter: Reporter }> = fc.oneof(
  fc.double({ min: Math.log(MINUTE), max: Math.log(2 * DAY), noNaN: true }).map((exponent) => ({
    name: `each ${Math.round(Math.exp(exponent) / MINUTE)} min`,
    reporter: regular(Math.exp(exponent)),
  })),
  fc.tuple(fc.integer({ min: 10, max: 2880 }), fc.integer({ min: 2, max: 5 })).map(([minutes, count]) => ({
    name: `${count} at once, each ${minutes} min`,
    reporter: bursts(minutes * MINUTE, count),
  })),
  zones.map((zone) => ({ name: `seldom by night, ${zone} h`, reporter: byDay(zone) })),
  zones.map((zone) => ({ name: `quiet by night, ${zone} h`, reporter: quietByNight(zone, 7) })),
  zones.map((zone) => ({
    name: `quiet by night and on Sundays, ${zone} h`,
    reporter: quietByNight(zone, 6),
  })),
  zones.map((zone) => ({
    name: `quiet by night and on weekends, ${zone} h`,
    reporter: quietByNight(zone, 5),
  })),
);
const seeds = fc.integer();
const beginnings = fc.integer({ min: 0, max: 7 * 24 * 60 }).map((minutes) => MONDAY + minutes * MINUTE);

interface Learned {
  readonly silences: Silences;
  readonly last: number;
}

/** What is known after some arrivals; each silence between two of them can be looked at. */
function learn(
  times: readonly number[],
  look: (silenceMs: number, usualMs: number | undefined, time: number) => void = () => {},
): Learned {
  let known: Learned | undefined;
  for (const time of times) {
    if (known) look(time - known.last, usualSilence(known.silences, known.last), time);
    known = { silences: withArrival(known?.silences, known?.last, time), last: time };
  }
  assert(known);
  return known;
}

/** The longest silence that ended on each of the last fourteen days with arrivals, the longest first: counted plainly. */
function longestSilences(times: readonly number[]): number[] {
  const longest = new Map<number, number>();
  for (const [index, time] of times.entries()) {
    const day = Math.floor(time / DAY);
    const silence = time - (times[index - 1] ?? time);
    longest.set(day, Math.max(longest.get(day) ?? 0, silence));
  }
  const lastDays = [...longest].toSorted(([one], [other]) => other - one).slice(0, 14);
  return lastDays.map(([, silence]) => silence).toSorted((one, other) => other - one);
}

const RUNS = { numRuns: 25 };

describe('The usual silence of a sensor', () => {
  it('lasts longer than any silence within 60 days of one that goes on, whatever its rhythm', () => {
    fc.assert(
      fc.property(reporters, seeds, beginnings, ({ name, reporter }, seed, begin) => {
        learn(reporter(randomOf(seed), begin, END), (silence, usual, time) => {
          const day = ((time - begin) / DAY).toFixed(1);
          assert(usual === undefined || silence <= usual, `${name}: ${silence} of ${usual} ms on day ${day}`);
        });
      }),
      RUNS,
    );
  });

  it('ends, where it stops, after twice the longest silence of fourteen days, and ten minutes at least', () => {
    fc.assert(
      fc.property(reporters, seeds, beginnings, ({ name, reporter }, seed, begin) => {
        const times = reporter(randomOf(seed), begin, END);
        const { silences, last } = learn(times);
        const usual = usualSilence(silences, last);
        const [longest = 0] = longestSilences(times);
        assert(usual !== undefined && usual <= Math.max(2 * longest, 10 * MINUTE), `${name}: ${usual}`);
        assert(usual >= Math.min(longest, 10 * MINUTE), `${name}: ${usual}`);
      }),
      RUNS,
    );
  });

  it('lasts two days longer at most where it stops within its first week', () => {
    fc.assert(
      fc.property(
        reporters,
        seeds,
        beginnings,
        fc.integer({ min: 3, max: 6 }),
        ({ name, reporter }, seed, begin, days) => {
          const times = reporter(randomOf(seed), begin, begin + days * DAY);
          const { silences, last } = learn(times);
          const usual = usualSilence(silences, last);
          const [longest = 0] = longestSilences(times);
          assert(
            usual === undefined || usual <= Math.max(2 * longest, 10 * MINUTE) + 2 * DAY,
            `${name}: ${usual}`,
          );
        },
      ),
      RUNS,
    );
  });

  it('cannot be known from four readings, an hour or a night, but once something came on three days', () => {
    const four = [0, 2, 4, 6].map((second) => MONDAY + second * SECOND);
    const night = Array.from({ length: 1440 }, (_, minute) => MONDAY + 12 * HOUR + minute * MINUTE);
    for (const times of [four, night, four.concat(night)]) {
      const { silences, last } = learn(times);
      assert.equal(usualSilence(silences, last), undefined);
    }
    const { silences, last } = learn([...night, MONDAY + 2 * DAY + HOUR]);
    assert.equal(typeof usualSilence(silences, last), 'number');
  });

  it('forgets an outage at once where two weeks were without, and after two weeks in any case', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 20, max: 30 }),
        fc.integer({ min: 2, max: 10 }),
        (seed, day, length) => {
          const begin = MONDAY + day * DAY;
          const random = randomOf(seed);
          const before = regular(10 * MINUTE)(random, MONDAY, begin);
          const after = regular(10 * MINUTE)(random, begin + length * DAY, begin + length * DAY + HOUR);
          const { silences, last } = learn([...before, ...after]);
          // The silences of a sensor that sends each ten minutes, and misses one, are no longer than this.
          const longestRegular = 2.33 * 10 * MINUTE;
          assert((usualSilence(silences, last) ?? Infinity) <= 4 * longestRegular);
          const later = regular(10 * MINUTE)(random, last + MINUTE, last + 15 * DAY);
          const known = learn([...before, ...after, ...later]);
          assert((usualSilence(known.silences, known.last) ?? Infinity) <= 2 * longestRegular);
        },
      ),
      { numRuns: 5 },
    );
  });

  it('becomes no longer where the clock is set back', () => {
    const { silences, last } = learn(regular(10 * MINUTE)(randomOf(1), MONDAY, MONDAY + 20 * DAY));
    const usual = usualSilence(silences, last);
    const back = withArrival(silences, last, last - 5 * DAY);
    const again = usualSilence(back, last - 5 * DAY);
    assert(usual !== undefined && again !== undefined && again <= usual);
  });
});
