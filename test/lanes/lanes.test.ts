import assert from 'node:assert/strict';
import { medianOf } from '../support/median';
import { delaysOf, troublesOf } from './oracle';
import { drawPlan, failing, FAILURES, GOOD, HOUR_MS, steady, type DevicePlan } from './plan';
import { simulate, UNMERGED } from './simulation';

/** How many drawn simulations: few among all tests, at least 200 in `npm run test:lanes`. */
const SEEDS = Number(process.env['SENSORPOST_LANES_SEEDS'] ?? 6);

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const good = (count: number) => range(count).map((index) => steady(`good ${index}`, GOOD));
const bad = (count: number, failure: keyof typeof FAILURES) =>
  range(count).map((index) => steady(`bad ${index}`, failing(FAILURES[failure])));

interface Case {
  readonly name: string;
  readonly devices: readonly DevicePlan[];
  readonly hours: number;
}

const CASES: readonly Case[] = [
  { name: '1 good, 1 answered 404', devices: [...good(1), ...bad(1, 'missing')], hours: 3 },
  { name: '3 good, 1 answered 404', devices: [...good(3), ...bad(1, 'missing')], hours: 3 },
  { name: '1 good, 3 answered 404', devices: [...good(1), ...bad(3, 'missing')], hours: 3 },
  { name: '1 good, 1 answered 401', devices: [...good(1), ...bad(1, 'unauthorised')], hours: 2 },
  { name: '9 good, 1 answered 404', devices: [...good(9), ...bad(1, 'missing')], hours: 1 },
  { name: '1 good, 1 answered 503', devices: [...good(1), ...bad(1, 'unavailable')], hours: 3 },
];

describe('delivery to an account of several devices', () => {
  const rows: string[] = [];

  for (const { name, devices, hours } of CASES) {
    it(`delivers every reading of the good ones within a minute: ${name}`, async () => {
      const observed = await simulate({ devices, outages: [], durationMs: hours * HOUR_MS }, 1);
      assert.deepEqual(troublesOf(observed), []);
      const goodDevices = devices.filter((device) => device.name.startsWith('good'));
      const names = new Set(goodDevices.map((device) => device.name));
      const arrived = observed.arrivals.filter(({ device }) => names.has(device)).length;
      const median = medianOf(goodDevices.flatMap((device) => delaysOf(observed, device))) ?? Infinity;
      rows.push(
        `| ${name}, ${hours} h | ${arrived} of ${names.size * hours * 60} | ${(median / 1000).toFixed(1)} s |`,
      );
      assert.equal(arrived, names.size * hours * 60);
      assert(median <= 60_000, `median delay ${median} ms`);
    });
  }

  after(() => {
    if (process.env['SENSORPOST_LANES_SEEDS'] === undefined) return;
    console.log(
      ['', '| case | good readings that arrived | median delay |', '| --- | --- | --- |', ...rows].join('\n'),
    );
  });
});

describe('delivery to an account whose devices are drawn at random', () => {
  for (const seed of range(SEEDS)) {
    it(`loses, starves, pesters and mixes up nothing (seed ${seed})`, async () => {
      assert.deepEqual(troublesOf(await simulate(drawPlan(seed), seed)), []);
    });
  }
});

describe('delivery to lanes drawn at random whose items do not merge', () => {
  for (const seed of range(Math.ceil(SEEDS / 3))) {
    it(`loses, starves, pesters and mixes up nothing (seed ${seed})`, async () => {
      assert.deepEqual(troublesOf(await simulate(drawPlan(seed), seed, UNMERGED)), []);
    });
  }
});
