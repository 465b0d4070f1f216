import assert from 'node:assert/strict';
import type { SeriesAnswer, SourceAnswer } from '../../../src/station/views/api';
import { JPEG, keepStorageThread, NEVER, NOW, TestStation } from '../support/index';
import { Listener } from '../support/listener';
import { detectImageType } from '../../../src/image';

const MINUTE = 60_000;
const DAY = 86_400_000;
const TEMP = { kind: 'sensor', source: 'rpi', field: 'temp' };

const type = detectImageType(JPEG);
assert(type);

/** A measurement of one number, with a picture. */
const measured = (timestamp: number, temp: number) => ({
  timestamp,
  scalars: new Map([['temp', temp]]),
  images: new Map([['cam1', { bytes: JPEG, type }]]),
});

const pushed = (time: number, ...signals: readonly { readonly name: string; readonly value: unknown }[]) => ({
  body: { device: 'd', date: new Date(time).toISOString(), signals },
  unique: undefined,
});

describe('Readings whose time is not confirmed', () => {
  keepStorageThread();
  let station: TestStation;
  let now: number;
  let isClockKept: boolean;

  beforeEach(async () => {
    now = NOW;
    isClockKept = false;
    station = await TestStation.start({
      now: () => now,
      latest: () => Infinity,
      isClockKept: () => isClockKept,
    });
  });
  afterEach(() => station.close());

  const series = () => station.ask<SeriesAnswer>('series', TEMP);
  const unconfirmed = async () => (await series()).unconfirmed;

  /** Stores a value of a device. */
  const store = (time: number) => station.push(pushed(time, { name: 's', value: 1 }).body);

  /** A place for what a queue of the sensor has waiting. */
  function openQueue() {
    const { preview } = station.station.senioTransport('rpi');
    assert(preview);
    return preview;
  }

  it('stand apart from those that are stored, and come in no download', async () => {
    await station.deliver('rpi', NOW, { temp: 1 });
    const shown = await openQueue()([measured(NOW + MINUTE, 2), measured(NOW + 2 * MINUTE, 3)]);
    assert.equal(shown, true);
    const { times, values, unconfirmed: waiting } = await series();
    assert.deepEqual([times, values], [[NOW], [1]]);
    assert.deepEqual(waiting, { times: [NOW + MINUTE, NOW + 2 * MINUTE], values: [2, 3] });
    assert.deepEqual(await station.field('rpi', 'temp'), {
      name: 'temp',
      type: 'number',
      first: NOW,
      latest: { timestamp: NOW, value: 1 },
      unconfirmed: { first: NOW + MINUTE, latest: { timestamp: NOW + 2 * MINUTE, value: 3 } },
    });
    const { text } = await station.fetch('/api/download?kind=sensor&source=rpi&format=json');
    assert.deepEqual(
      JSON.parse(text).map(({ value }: { value: unknown }) => value),
      [1],
    );
  });

  it('replace those that their queue had before, and end as soon as it has none', async () => {
    const queue = openQueue();
    await queue([measured(NOW, 1), measured(NOW + 1, 2)]);
    await queue([measured(NOW + 1, 2)]);
    assert.deepEqual(await unconfirmed(), { times: [NOW + 1], values: [2] });
    const late = queue([measured(NOW + 2, 3)]);
    void queue([]);
    assert.equal(await late, false);
    assert.equal(await unconfirmed(), undefined);
    assert.deepEqual((await station.sources())[0]?.fields, []);
  });

  it('appear once where two queues have the same', async () => {
    const [one, other] = [openQueue(), openQueue()];
    await one([measured(NOW, 1), measured(NOW + 2, 3)]);
    await other([measured(NOW, 1), measured(NOW + 1, 2)]);
    assert.deepEqual(await unconfirmed(), { times: [NOW, NOW + 1, NOW + 2], values: [1, 2, 3] });
    await one([]);
    assert.deepEqual(await unconfirmed(), { times: [NOW, NOW + 1], values: [1, 2] });
  });

  it('come as far as they are in the range that is asked for', async () => {
    await openQueue()([measured(NOW, 1), measured(NOW + 1, 2), measured(NOW + 2, 3), measured(NOW + 3, 4)]);
    const answer = await station.ask<SeriesAnswer>('series', { ...TEMP, from: NOW + 1, to: NOW + 2 });
    assert.deepEqual(answer.unconfirmed, { times: [NOW + 1, NOW + 2], values: [2, 3] });
  });

  it('make sources and fields of which nothing is stored, with their labels and kinds', async () => {
    const fields = [{ name: 'on', label: 'Light', unit: '' }];
    station.station.registerAccount({ token: undefined, fields });
    const { preview } = station.station.databoomTransport();
    const said = { name: 'said', value: 'a' };
    await preview?.([
      pushed(NOW, said, { name: 'on', value: true }),
      pushed(NOW + 1, { name: 'on', value: false }),
    ]);
    const [first, at] = [NOW, NOW + 1];
    const on = { first, latest: { timestamp: at, value: false } };
    const device: SourceAnswer = {
      kind: 'device',
      name: 'd',
      registered: false,
      lastSeen: at,
      fields: [
        { name: 'said', type: 'text', unconfirmed: { first, latest: { timestamp: NOW, value: 'a' } } },
        { name: 'on', label: 'Light', type: 'boolean', unconfirmed: on },
      ],
    };
    const [, found] = await station.sources();
    assert.deepEqual(found, device);
    const asked = { kind: 'device', source: 'd', field: 'on' };
    const { unconfirmed: waiting } = await station.ask<SeriesAnswer>('series', asked);
    assert.deepEqual(waiting, { times: [NOW, NOW + 1], values: [1, 0] });
  });

  it('have none among them that the station would refuse', async () => {
    const shown = await openQueue()([measured(NOW, Number.NaN)]);
    const { preview } = station.station.databoomTransport();
    assert.deepEqual(
      [shown, await preview?.([{ body: { device: 'd' }, unique: undefined }])],
      [false, false],
    );
  });

  it('begin with the newest that is stored, or a day before it where the clock goes on while the machine is off', async () => {
    await store(NOW);
    const queue = openQueue();
    assert.equal(await queue([measured(NOW - 1, 1)]), false);
    assert.equal(await queue([measured(NOW - 1, 1), measured(NOW, 2)]), true);
    assert.deepEqual(await unconfirmed(), { times: [NOW], values: [2] });
    isClockKept = true;
    await queue([measured(NOW - DAY - 1, 1), measured(NOW - DAY, 2), measured(NOW - 1, 3)]);
    assert.deepEqual(await unconfirmed(), { times: [NOW - DAY, NOW - 1], values: [2, 3] });
    assert.equal(await queue([measured(NOW - DAY - 1, 1)]), false);
  });

  for (const [name, kept] of [
    ['goes on', true],
    ['stands still', false],
  ] as const)
    it(`end a month after the newest that is stored, where the clock ${name} while the machine is off`, async () => {
      await store(NOW);
      isClockKept = kept;
      const queue = openQueue();
      const end = NOW + 31 * DAY;
      assert.equal(await queue([measured(end + 1, 1)]), false);
      assert.equal(await queue([measured(end, 1), measured(end + 1, 2)]), true);
      const answer = await station.ask<SeriesAnswer>('series', { ...TEMP, to: end + 2 });
      assert.deepEqual(answer.unconfirmed, { times: [end], values: [1] });
    });

  it('begin when a source was last seen that has stored a value for 2099, though no earlier one is known', async () => {
    await store(Date.UTC(2099, 0, 1));
    const queue = openQueue();
    assert.equal(await queue([measured(NOW - 1, 1)]), false);
    assert.equal(await queue([measured(NOW, 1)]), true);
  });

  it('begin with a stored value that is a day ahead of when its source was last seen, and no more', async () => {
    await store(NOW + DAY);
    const queue = openQueue();
    assert.equal(await queue([measured(NOW + DAY - 1, 1)]), false);
    assert.equal(await queue([measured(NOW + DAY, 1)]), true);
    await store(NOW + DAY + 1);
    assert.equal(await queue([measured(NOW, 1)]), true);
  });

  it('do not appear while the clock shows an impossible time', async () => {
    now = Date.UTC(2024, 11, 31);
    isClockKept = true;
    assert.equal(await openQueue()([measured(NOW, 1)]), false);
    now = Date.UTC(2025, 0, 1);
    assert.equal(await openQueue()([measured(NOW, 1)]), true);
  });

  it('go no further back than a thousand of a series, and twenty thousand together', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => measured(NOW + index, index));
    await openQueue()(many(1001));
    const { times = [] } = (await unconfirmed()) ?? {};
    assert.deepEqual([times.length, times[0]], [1000, NOW + 1]);
    const { preview } = station.station.databoomTransport();
    const signals = Array.from({ length: 30 }, (_, index) => ({ name: `s${index}`, value: index }));
    const asked = { kind: 'device', source: 'd', from: 0, to: NOW * 2 };
    // A queue's own readings take no room from those that come in their place.
    for (const _ of ['first', 'again']) {
      await preview?.(Array.from({ length: 1000 }, (_each, index) => pushed(NOW + index, ...signals)));
      let shown = 0;
      for (const { name } of signals) {
        const answer = await station.ask<SeriesAnswer>('series', { ...asked, field: name });
        shown += answer.unconfirmed?.times.length ?? 0;
        assert.equal(answer.unconfirmed?.times.at(-1), NOW + 999);
      }
      assert.equal(shown, 19_000);
    }
    assert.equal(await openQueue()([measured(NOW, 1)]), false);
  });

  it('have open pages load everything anew, and so has their end', async () => {
    const listener = await Listener.open(station);
    const changes = () => listener.events.filter(({ event }) => event === 'changed').length;
    const queue = openQueue();
    await queue([measured(NOW, 1)]);
    await listener.until('a change with the readings', () => changes() === 1);
    void queue([]);
    await listener.until('a change with their end', () => changes() === 2);
    assert.deepEqual(listener.measurements, []);
    await listener.close();
  });

  it('give way to those that are delivered', async () => {
    const transport = station.station.senioTransport('rpi');
    await transport.preview?.([measured(NOW, 1)]);
    void transport.preview?.([]);
    await transport.deliver(measured(NOW + 180 * MINUTE, 1), NEVER);
    const { times, unconfirmed: waiting } = await series();
    assert.deepEqual([times, waiting], [[NOW + 180 * MINUTE], undefined]);
  });
});
