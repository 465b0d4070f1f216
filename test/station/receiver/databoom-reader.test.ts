import assert from 'node:assert/strict';
import { createDataboomReader, openDataboomReads, type DataboomReads } from '../../../src/databoom';
import { createHttpClient, type HttpClient } from '../../../src/http';
import { valueOf } from '../../support/results';
import { keepStorageThread, NEVER, NOW, TestStation, TOKEN } from '../support/index';

const MINUTE = 60_000;
const sorted = (values: readonly unknown[]) => values.map((each) => JSON.stringify(each)).toSorted();
const iso = (time: number) => new Date(time).toISOString();

describe('What databoom-in reads back of a station', () => {
  keepStorageThread();
  let station: TestStation;
  let http: HttpClient;
  beforeEach(async () => {
    station = await TestStation.start();
    http = createHttpClient({ baseTimeoutMs: 600_000, now: () => 0 });
  });
  afterEach(async () => {
    http.close();
    await station.close();
  });

  const ways: readonly (readonly [string, () => DataboomReads])[] = [
    ['over HTTP', () => valueOf(openDataboomReads({ server: station.url, token: TOKEN }, http))],
    [
      'inside the process, without a token',
      () => ({
        list: (page) => station.station.databoomSignals(page),
        chart: (request) => station.station.databoomChart(request),
      }),
    ],
  ];
  for (const [name, open] of ways)
    it(`equals what was pushed, each value with its own time: ${name}`, async () => {
      const pushed: unknown[] = [];
      for (const device of ['d1', 'd2'])
        for (const signal of ['temp', 'state']) {
          const history = Array.from({ length: 40 }, (_, index) => {
            const time = NOW - index * MINUTE - 1;
            const value = signal === 'temp' ? index / 8 : ['on', true, index][index % 3];
            if (time >= NOW - 30 * MINUTE) pushed.push([device, signal, time, value]);
            return { date: iso(time), value };
          });
          await station.push({ device, signals: { [signal]: { history } } });
        }
      const reader = createDataboomReader(open(), () => 0);
      const range = { from: NOW - 30 * MINUTE, to: NOW, granularity: '*', periodValue: 'mean' } as const;
      const all = { device: '', signals: [] };
      const history = valueOf(await reader.readHistory(all, range, NEVER));
      const read = history.readings.flatMap(({ device, timestamp, values }) =>
        [...values].map(([signal, value]) => [device, signal, timestamp, value]),
      );
      assert.deepEqual(sorted(read), sorted(pushed));
      assert.deepEqual([history.overBound, history.undated, history.granularities], [[], 0, ['*']]);
      const latest = valueOf(await reader.readLatest({ device: 'd2', signals: [] }, NEVER));
      assert.deepEqual(
        latest.readings.map(({ device, timestamp, values }) => [
          device,
          timestamp,
          Object.fromEntries(values),
        ]),
        [['d2', NOW - 1, { temp: 0, state: 'on' }]],
      );
    });

  it('has the mean of an hour, and says that it is one', async () => {
    const history = [1, 2, 6].map((value, index) => ({ date: iso(NOW - 10 * MINUTE + index), value }));
    await station.push({ device: 'd', signals: { temp: { history } } });
    const [, open] = ways[0] ?? assert.fail();
    const range = { from: NOW - 5 * 60 * MINUTE, to: NOW, granularity: 'h', periodValue: 'mean' } as const;
    const reader = createDataboomReader(open(), () => 0);
    const read = valueOf(await reader.readHistory({ device: 'd', signals: ['temp'] }, range, NEVER));
    assert.deepEqual(
      [read.readings.map(({ values }) => values.get('temp')), read.granularities],
      [[3], ['h']],
    );
  });
});
