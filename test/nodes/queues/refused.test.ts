import assert from 'node:assert/strict';
import { pushCodec } from '../../../src/databoom';
import type { RefusedFilter } from '../../../src/nodes/queues/refused-actions';
import { createQueueAdmin } from '../../../src/nodes/queues/queue-admin';
import { kind, PLENTY, START, testOutbox, value, type TestOutbox } from '../../outbox/support';
import { runtimeOn } from '../support';

const SENSOR = 'senio https://example.com/publish/kitchen';
const ACCOUNT = 'databoom https://example.com/v1/signals/push#n1';
const PICTURE = Buffer.from('ffd8ffe000104a46494600', 'hex');

describe('the refused list', () => {
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox();
  });

  afterEach(() => test.remove());

  const admin = () =>
    createQueueAdmin(
      runtimeOn(() => test.outbox),
      () => START,
    );

  /** Has a push of a device refused. @returns its id */
  async function refuse(device: string, at: number, reason: string, temp = 1): Promise<number> {
    const signals = new Map([['temp', temp]]);
    const stored = pushCodec.store({
      target: { device },
      timestamp: at,
      content: { kind: 'current', signals },
    });
    const id = await value(test.outbox.accept({ ...stored, destination: ACCOUNT, origin: '{}' }));
    await value(test.outbox.refuse([id], reason));
    return id;
  }

  async function found(filter: RefusedFilter): Promise<readonly string[]> {
    const page = await value(admin().refused(ACCOUNT, { after: 0, count: 20, filter }));
    return page.readings.map(({ device, timestamp }) => `${device} ${timestamp - START}`);
  }

  it('finds readings by reason and content, of one device and of a time', async () => {
    await refuse('Hall', START, 'no signal "temp"');
    await refuse('porch', START + 1000, 'no signal "temp"');
    await refuse('porch', START + 2000, 'the value is too large', 4711);
    assert.deepEqual(await found({}), ['Hall 0', 'porch 1000', 'porch 2000']);
    assert.deepEqual(await found({ text: 'SIGNAL' }), ['Hall 0', 'porch 1000']);
    assert.deepEqual(await found({ text: '4711' }), ['porch 2000']);
    assert.deepEqual(await found({ text: 'porc' }), ['porch 1000', 'porch 2000']);
    assert.deepEqual(await found({ device: 'hall' }), ['Hall 0']);
    assert.deepEqual(await found({ from: START + 1000, to: START + 1999 }), ['porch 1000']);
    assert.deepEqual(await found({ device: 'porch', text: 'too large', from: START + 2001 }), []);
  });

  it('finds the last of many, page by page, where a filter leaves no other', async () => {
    const body = JSON.stringify([['temp', 1]]);
    const item = { destination: SENSOR, group: '', timestamp: START, body, images: [], origin: '{}' };
    const ids = await value(test.outbox.acceptAll(Array.from({ length: 4500 }, () => item)));
    await value(test.outbox.refuse(ids, 'no'));
    await value(test.outbox.refused.discard(ids.slice(-1)));
    const last = await value(test.outbox.accept(item));
    await value(test.outbox.refuse([last], 'this one'));
    const pages: { readonly ids: readonly number[]; readonly isLast: boolean }[] = [];
    for (let after = 0, isLast = false; !isLast;) {
      const query = { after, count: 20, filter: { text: 'this one' } };
      const page = await value(admin().refused(SENSOR, query));
      pages.push({ ids: page.readings.map(({ id }) => id), isLast: page.isLast });
      ({ next: after, isLast } = page);
    }
    assert(pages.length > 1, 'it looked through all at once');
    assert.deepEqual(
      pages.flatMap((page) => page.ids),
      [last],
    );
  });

  it('exports those that are chosen, and none that is gone', async () => {
    const [first, second, third] = [
      await refuse('hall', START, 'a'),
      await refuse('hall', START + 1, 'b'),
      await refuse('hall', START + 2, 'c'),
    ];
    await value(test.outbox.refused.discard([second]));
    const lines = await value(admin().exportChosen(ACCOUNT, [third, second, first]));
    const reasons: unknown[] = [];
    for await (const line of lines) reasons.push(JSON.parse(line).reason);
    assert.deepEqual(reasons, ['c', 'a']);
  });

  it('gives a reading another content, in its old place, with its own time and pictures', async () => {
    const images = [{ field: 'cam1', bytes: PICTURE }];
    const body = JSON.stringify([['tmp', 21.5]]);
    const id = await value(
      test.outbox.accept({
        destination: SENSOR,
        group: '',
        timestamp: START + 0.25,
        body,
        images,
        origin: '{}',
      }),
    );
    const later = await value(
      test.outbox.accept({
        destination: SENSOR,
        group: '',
        timestamp: START,
        body,
        images: [],
        origin: '{}',
      }),
    );
    await value(test.outbox.refuse([id], 'no field "tmp"'));
    const before = (await value(test.outbox.counts(SENSOR))).bytes;
    const { count } = await value(admin().edit(SENSOR, id, '{"payload": {"temperature": 21.5}}'));
    assert.equal(count, 1);
    await test.reopen();
    const { refused, waiting, bytes } = await value(test.outbox.counts(SENSOR));
    assert.deepEqual([refused, waiting, bytes], [0, 2, before + 'temperature'.length - 'tmp'.length]);
    const [edited, other] = await value(test.outbox.lease(SENSOR, PLENTY));
    assert.deepEqual([edited?.id, other?.id], [id, later]);
    assert.deepEqual([edited?.timestamp, edited?.body], [START + 0.25, '[["temperature",21.5]]']);
    assert.deepEqual(await value(edited?.images[0]?.read() ?? Promise.reject()), PICTURE);
    assert.deepEqual(test.notices, []);
    assert.equal(await kind(admin().edit(SENSOR, id, '{"payload": {"temp": 1}}')), 'unknown');
  });

  it('moves a push to the lane of the device that it names now', async () => {
    const id = await refuse('hal', START, 'no such device');
    await value(admin().edit(ACCOUNT, id, '{"device": "hall", "payload": {"temp": 2}}'));
    const only = JSON.stringify({ device: 'hall' });
    const [edited] = await value(test.outbox.leaseLane(ACCOUNT, { ...PLENTY, lane: { only } }));
    assert.deepEqual([edited?.id, edited?.body], [id, '[{"device":"hall"},"current",[["temp",2]]]']);
  });

  it('keeps a reading as it is where the rules of its service do not take what it was changed to', async () => {
    const images = [{ field: 'cam1', bytes: PICTURE }];
    const body = JSON.stringify([['tmp', 21.5]]);
    const id = await value(
      test.outbox.accept({ destination: SENSOR, group: '', timestamp: START, body, images, origin: '{}' }),
    );
    await value(test.outbox.refuse([id], 'no'));
    const push = await refuse('hall', START, 'no');
    for (const [destination, item, text] of [
      [SENSOR, id, 'no JSON'],
      [SENSOR, id, '[]'],
      [SENSOR, id, '{"payload": {"temp": "warm"}}'],
      [SENSOR, id, '{"payload": {"cam1": 5}}'],
      [SENSOR, id, '{"payload": {"temp": {"inside": 1}}}'],
      [ACCOUNT, push, '{"payload": {"temp": 1}}'],
      [ACCOUNT, push, '{"device": "hall", "payload": {}}'],
      [ACCOUNT, push, '{"device": "hall", "payload": {"temp": null}}'],
    ] as const)
      assert.equal(await kind(admin().edit(destination, item, text)), 'rules', text);
    const [kept] = await value(test.outbox.refused.list(SENSOR, { count: 1 }));
    assert.deepEqual([kept?.id, kept?.body, kept?.reason], [id, body, 'no']);
  });
});
