import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import * as fc from 'fast-check';
import { checkDataboomAccount } from '../../../src/databoom';
import { createHttpClient } from '../../../src/http';
import { within } from '../../support/waiting';
import { errorOf, keepStorageThread, NEVER, NOW, TestStation, TOKEN } from '../support/index';

interface Listed {
  readonly id: string;
  readonly device_token: string;
  readonly signal_token: string;
  readonly description: string;
  readonly unit_readable: string;
  readonly status: string;
  readonly last_recived_value?: unknown;
  readonly last_conn?: string;
  readonly accumulator: { readonly active: boolean; readonly is_a_sum: boolean };
}

interface Page {
  readonly data: readonly Listed[];
  readonly pages: { readonly current: number; readonly next: number | null; readonly prev: number | null };
}

interface Entry {
  readonly date: string;
  readonly value: unknown;
  readonly mean?: number;
  readonly min_t?: number;
  readonly max_t?: number;
}

const HOUR = 3_600_000;
const iso = (time: number) => new Date(time).toISOString();
const withToken = { headers: { Authorization: `Bearer ${TOKEN}` } };

describe('What a Databoom token may read', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start();
  });
  afterEach(() => station.close());

  async function list(query = ''): Promise<Page> {
    const answer = await station.fetch(`/v1/signals/${query}`, withToken);
    assert.equal(answer.status, 200, answer.text);
    // Databoom's name of the id begins as no name here does.
    const page: Page = JSON.parse(answer.text.replaceAll('"_id":', '"id":'));
    return page;
  }

  async function described(): Promise<readonly (readonly string[])[]> {
    return (await list()).data.map((each) => [each.signal_token, each.description, each.unit_readable]);
  }

  async function push(device: string, signal: string, values: readonly (readonly [number, unknown])[]) {
    const history = values.map(([time, value]) => ({ date: iso(time), value }));
    const answer = await station.push({ device, signals: { [signal]: { history } } });
    assert.equal(answer.status, 200, answer.text);
  }

  async function chart(body: object): Promise<Record<string, unknown>> {
    const answer = await station.push(body, '/v1/chart');
    assert.equal(answer.status, 200, answer.text);
    const charts: Record<string, unknown> = JSON.parse(answer.text);
    return charts;
  }

  /** The chart of the only signal. */
  async function chartOfAll(granularity: string, from = NOW - 100 * HOUR, to = NOW) {
    const [signal] = (await list()).data;
    const id = signal?.id ?? '';
    const answer = await chart({ signals: [id], startDate: iso(from), endDate: iso(to), granularity });
    const entries: readonly Entry[] = JSON.parse(JSON.stringify(answer[id]));
    const info: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(answer['info']));
    return { entries, info: info[id] };
  }

  it('names the id as Databoom does', async () => {
    await push('d', 's', [[NOW, 1]]);
    assert.match(
      (await station.fetch('/v1/signals', withToken)).text,
      /"_id":"[0-9a-f]{24}","device_token":"d"/,
    );
  });

  it('lets the connection test of another Node-RED tell a right token from a wrong one', async () => {
    const http = createHttpClient({ baseTimeoutMs: 600_000, now: () => 0 });
    const check = (token: string) => checkDataboomAccount({ server: station.url, token }, http, NEVER);
    const right = await check(TOKEN);
    assert(right.ok, right.ok ? '' : right.failure.message);
    const wrong = await check('another');
    assert.equal(wrong.ok ? '' : wrong.failure.kind, 'unauthorised');
    http.close();
  });

  it('lists the signals of devices page by page, none twice, and no sensors', async () => {
    await station.postJson({ timestamp: NOW, data: { temp: 1 } });
    for (const device of ['b', 'a']) {
      const signals = Array.from({ length: 30 }, (_, index) => ({ name: `s${index}`, value: index }));
      await station.push({ device, date: iso(NOW), signals });
    }
    const found: Listed[] = [];
    for (let page: number | null = 1; page !== null;) {
      const { data, pages }: Page = await list(`?page=${page}&per_page=25`);
      assert.equal(pages.current, page);
      found.push(...data);
      page = pages.next;
    }
    assert.equal(found.length, 60);
    assert.equal(new Set(found.map((each) => each.id)).size, 60);
    assert(found.every((each) => /^[0-9a-f]{24}$/.test(each.id) && each.status === 'ACTIVE'));
    const names = found.map((each) => `${each.device_token} ${each.signal_token}`);
    assert.equal(new Set(names).size, 60);
    const one = found.find((each) => each.device_token === 'b' && each.signal_token === 's7');
    assert.deepEqual([one?.last_recived_value, one?.last_conn], [7, iso(NOW)]);
    assert.deepEqual((await list('?page=9')).data, []);
  });

  it('refuses everybody without a token, other methods, and pages that are none', async () => {
    for (const path of ['/v1/signals', '/v1/signals/?page=1']) {
      assert.equal((await station.fetch(path)).status, 403);
      assert.equal((await station.fetch(path, { ...withToken, method: 'DELETE' })).status, 405);
    }
    assert.equal((await station.postJson({}, '/v1/chart', 'wrong')).status, 403);
    assert.equal((await station.fetch('/v1/chart', withToken)).status, 405);
    for (const query of ['page=0', 'page=x', 'per_page=1001', 'per_page=-1']) {
      const answer = await station.fetch(`/v1/signals?${query}`, withToken);
      assert.equal(answer.status, 400, query);
      assert.match(String(errorOf(answer)), /must be a whole number from 1 to/);
    }
  });

  it('understands what a push says of its signals: names, units and counters, of both forms', async () => {
    const accumulator = { active: true, is_a_sum: true };
    const meta = { description: 'Rain today', unit: 'mm', type: 'rain', tags: ['roof'], accumulator };
    await station.push({ device: 'd', signals: [{ name: 'rain', value: 1, meta }] });
    const history = [{ date: iso(NOW), value: 2 }];
    await station.push({ device: 'd', signals: { wind: { description: ' Wind ', history } } });
    const odd = { description: 7, unit: 'x'.repeat(201), accumulator: 'yes' };
    await station.push({ device: 'd', signals: [{ name: 'odd', value: 1, meta: odd }] });
    await station.push({ device: 'd', signals: [{ name: 'none', value: 1, meta: 'none' }] });
    const expected = [
      ['none', 'none', ''],
      ['odd', 'odd', ''],
      ['rain', 'Rain today', 'mm'],
      ['wind', 'Wind', ''],
    ];
    assert.deepEqual(await described(), expected);
    const rain = await station.field('d', 'rain');
    assert.deepEqual([rain?.label, rain?.unit, rain?.counter], ['Rain today', 'mm', 'increments']);
    const odds = await station.field('d', 'odd');
    assert.deepEqual([odds?.label, odds?.unit, odds?.counter], [undefined, undefined, undefined]);
    await station.reopen();
    assert.deepEqual(await described(), expected);
  });

  it('lists the value of now as the last one, not one that is dated tomorrow', async () => {
    await push('d', 's', [
      [NOW + 5000, 20],
      [NOW + 20 * HOUR, 99],
    ]);
    const [signal] = (await list()).data;
    assert.deepEqual([signal?.last_recived_value, signal?.last_conn], [20, iso(NOW + 5000)]);
  });

  it('adds what is said later, and lets the names and units of config nodes go first', async () => {
    const say = (value: number, meta: object) =>
      station.push({ device: 'd', date: iso(NOW - value), signals: [{ name: 'temp', value, meta }] });
    await say(1, { description: 'Outside', unit: 'F' });
    await say(2, { unit: '°C', accumulator: { active: true } });
    const field = () => station.field('d', 'temp');
    assert.deepEqual([(await field())?.label, (await field())?.unit], ['Outside', '°C']);
    assert.equal((await field())?.counter, 'total');
    await say(3, { accumulator: { active: false } });
    assert.equal((await field())?.counter, undefined);
    const remove = station.station.registerAccount({
      token: undefined,
      fields: [{ name: 'temp', label: 'Temperature', unit: '' }],
    });
    assert.deepEqual([(await field())?.label, (await field())?.unit], ['Temperature', '°C']);
    assert.equal((await list()).data[0]?.description, 'Temperature');
    remove();
    assert.equal((await field())?.label, 'Outside');
  });

  it('reads back all values of a range, numbers, texts and truths, in their order', async () => {
    const values: readonly (readonly [number, unknown])[] = [
      [NOW - 5 * HOUR, 21.5],
      [NOW - 4 * HOUR, 'unavailable'],
      [NOW - 3 * HOUR, true],
      [NOW - 2 * HOUR, 22],
      [NOW, 23],
    ];
    await push('d', 's', values);
    const { entries, info } = await chartOfAll('a', NOW - 4 * HOUR, NOW - HOUR);
    assert.deepEqual(
      entries.map(({ date, value, mean }) => [Date.parse(date), value, mean]),
      [
        [NOW - 4 * HOUR, 'unavailable', undefined],
        [NOW - 3 * HOUR, true, 1],
        [NOW - 2 * HOUR, 22, 22],
      ],
    );
    assert.deepEqual(info, { granularity: '*', overBound: false });
  });

  it('reads at most 10,080 values, says that there are more, and then takes one for each hour by itself', async () => {
    const count = 10_081;
    const values = Array.from({ length: count }, (_, index) => [NOW - index * 30_000, index] as const);
    await push('d', 's', values);
    const all = await chartOfAll('*');
    assert.deepEqual([all.entries.length, all.info], [10_080, { granularity: '*', overBound: true }]);
    assert.equal(all.entries[0]?.value, count - 1);
    const fitting = await chartOfAll('*', NOW - (count - 2) * 30_000);
    assert.deepEqual(
      [fitting.entries.length, fitting.info],
      [10_080, { granularity: '*', overBound: false }],
    );
    const automatic = await chartOfAll('a');
    assert.deepEqual(automatic.info, { granularity: 'h', overBound: false });
    assert.equal(automatic.entries.length, 85);
  });

  it('computes the mean, the lowest and the highest of each hour, day and month in UTC', async () => {
    // A plain second way: values grouped by the beginning of their ISO text.
    const lengths = { h: 13, d: 10, m: 7 };
    const readings = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 90 * 24 * 60 }), fc.integer({ min: -50, max: 50 })),
      { minLength: 1, maxLength: 60, selector: ([minute]) => minute },
    );
    let device = 0;
    await fc.assert(
      fc.asyncProperty(readings, fc.constantFrom('h', 'd', 'm'), async (drawn, granularity) => {
        device += 1;
        await push(
          `d${device}`,
          's',
          drawn.map(([minute, value]) => [NOW - minute * 60_000, value]),
        );
        const signal = (await list('?per_page=1000')).data.find((each) => each.device_token === `d${device}`);
        assert(signal);
        const answer = await chart({
          signals: [signal.id],
          startDate: iso(NOW - 91 * 24 * HOUR),
          endDate: '2026-05-01T14:00:00+02:00',
          granularity,
        });
        const groups = new Map<string, number[]>();
        for (const [minute, value] of drawn.toSorted(([one], [other]) => other - one)) {
          const start = iso(NOW - minute * 60_000).slice(0, lengths[granularity]);
          groups.set(start, [...(groups.get(start) ?? []), value]);
        }
        const entries: readonly Entry[] = JSON.parse(JSON.stringify(answer[signal.id]));
        assert.deepEqual(
          entries.map(({ date, value, mean = Number.NaN, min_t: low, max_t: high }) => [
            date.slice(0, lengths[granularity]),
            value,
            Math.round(mean * 1e6),
            low,
            high,
          ]),
          [...groups].map(([start, values]) => [
            start,
            values.at(-1),
            Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1e6),
            Math.min(...values),
            Math.max(...values),
          ]),
        );
      }),
      { numRuns: 12 },
    );
  });

  it('reads a chart while two clients are slow to send what they want', async () => {
    await push('d', 's', [[NOW, 1]]);
    const slow = Array.from({ length: 2 }, () =>
      request(`${station.url}/v1/chart`, {
        method: 'POST',
        headers: { ...withToken.headers, 'Content-Length': 9, Expect: '100-continue' },
      }).on('error', () => {}),
    );
    for (const each of slow) {
      each.flushHeaders();
      // The station has the request by then.
      await within('the leave to send the body', once(each, 'continue'));
    }
    assert.equal((await chartOfAll('*')).entries.length, 1);
    for (const each of slow) each.destroy();
  });

  const range = { startDate: '2026-05-01T08:00:00+02:00', endDate: '2026-05-01T09:00:00+02:00' };
  const bad: readonly (readonly [reason: RegExp, status: number, body: unknown])[] = [
    [/^The body must be an object/, 400, []],
    [/^"signals" must be a list of 1 to 20 ids/, 400, range],
    [/^"signals" must be a list of 1 to 20 ids/, 400, { ...range, signals: Array(21).fill('x') }],
    [/^"signals" must be a list of texts/, 400, { ...range, signals: [7] }],
    [/^There is no signal with the id "nobody"/, 404, { ...range, signals: ['nobody'] }],
    [/^"startDate" must be text/, 400, { ...range, signals: ['x'], startDate: '2026-05-01T08:00:00' }],
    [/^"endDate" must be text/, 400, { ...range, signals: ['x'], endDate: '2026-02-30' }],
    [/^"startDate" is after/, 400, { signals: ['x'], startDate: range.endDate, endDate: range.startDate }],
    [/^"granularity" must be/, 400, { ...range, signals: ['x'], granularity: 'w' }],
    [/^The body is not JSON/, 400, '{'],
  ];
  for (const [reason, status, body] of bad) {
    it(`refuses the chart ${JSON.stringify(body).slice(0, 60)} (${reason.source})`, async () => {
      const answer = await station.push(body, '/v1/chart');
      assert.equal(answer.status, status);
      assert.match(String(errorOf(answer)), reason);
    });
  }
});
