import assert from 'node:assert/strict';
import {
  createDataboomReader,
  openDataboomReads,
  type Push,
  type SignalDescription,
} from '../../../src/databoom';
import type { Sender } from '../../../src/delivery';
import { createHttpClient, type HttpClient } from '../../../src/http';
import { openTransport, QUEUE, startSender } from '../../databoom/account-sender';
import { testOutbox, value, type TestOutbox } from '../../outbox/support';
import { valueOf } from '../../support/results';
import { until } from '../../support/waiting';
import { keepStorageThread, NEVER, NOW, TestStation, TOKEN } from '../support/index';

const DESCRIBED: readonly SignalDescription[] = [
  { name: 'rain', label: 'Rain', unit: 'mm', type: 'pioggia', tags: 'garden', counter: 'increments' },
];

/** The readings of a minute, one a second: each has `rain`, and every tenth a signal that came late. */
const READINGS = Array.from({ length: 60 }, (_, index) => ({
  timestamp: NOW - 60_000 + index * 1000,
  signals: new Map([['rain', index], ...(index % 10 === 9 ? ([['late', index]] as const) : [])]),
}));

interface Listed {
  readonly signal_token: string;
  readonly description: string;
  readonly unit_readable: string;
  readonly status: string;
  readonly accumulator: unknown;
}

describe('A station of another Node-RED, which a Databoom account publishes to', () => {
  keepStorageThread();
  let station: TestStation;
  let outbox: TestOutbox;
  let http: HttpClient;
  let sender: Sender<Push> | undefined;
  let warnings: string[];
  beforeEach(async () => {
    station = await TestStation.start();
    outbox = await testOutbox();
    http = createHttpClient({ baseTimeoutMs: 600_000, now: Date.now });
    warnings = [];
  });
  afterEach(async () => {
    await sender?.close();
    http.close();
    await outbox.remove();
    await station.close();
  });

  const account = () => ({ server: station.url, token: TOKEN });

  function start(): Sender<Push> {
    const options = {
      outbox: outbox.outbox,
      url: station.url,
      http,
      token: TOKEN,
      warn: (text: string) => void warnings.push(text),
      described: DESCRIBED,
    };
    sender = startSender(outbox.outbox, openTransport(options));
    return sender;
  }

  async function publish(readings: typeof READINGS): Promise<void> {
    const used = start();
    used.hold();
    for (const { timestamp, signals } of readings) {
      const content = { kind: 'current', signals } as const;
      await value(used.accept({ target: { device: 'garden' }, timestamp, content }, ''));
    }
    used.resume();
    await until('an empty queue', async () => (await value(outbox.outbox.counts(QUEUE))).waiting === 0);
    await used.close();
  }

  it('takes first contacts and backlogs, and has each value once, with what is said of the signals', async () => {
    await publish(READINGS.slice(0, 30));
    await station.reopen();
    await outbox.reopen();
    await publish(READINGS.slice(30));
    const reads = valueOf(openDataboomReads(account(), http));
    const reader = createDataboomReader(reads, () => NOW);
    const choice = { device: 'garden', signals: [] };
    const range = { from: NOW - 60_000, to: NOW, granularity: '*', periodValue: 'mean' } as const;
    const { readings } = valueOf(await reader.readHistory(choice, range, NEVER));
    assert.deepEqual(
      readings.map(({ timestamp, values }) => [timestamp, Object.fromEntries(values)]),
      READINGS.map(({ timestamp, signals }) => [timestamp, Object.fromEntries(signals)]),
    );
    const list = await station.fetch('/v1/signals/', { headers: { Authorization: `Bearer ${TOKEN}` } });
    const { data }: { readonly data: readonly Listed[] } = JSON.parse(list.text);
    const rain = data.find((signal) => signal.signal_token === 'rain');
    assert.deepEqual(
      [rain?.description, rain?.unit_readable, rain?.accumulator, rain?.status],
      ['Rain', 'mm', { active: true, is_a_sum: true }, 'ACTIVE'],
    );
    assert.deepEqual(warnings, []);
  });
});
