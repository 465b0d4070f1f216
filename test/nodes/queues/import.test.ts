import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { presentAt } from '../../../src/clock';
import { parsePush, pushCodec } from '../../../src/databoom';
import type { StoredItem } from '../../../src/delivery';
import { isPlainObject } from '../../../src/fields';
import { createQueueAdmin } from '../../../src/nodes/queues/queue-admin';
import type { ImportView } from '../../../src/nodes/contract';
import { DEFAULT_BOUNDS, type Bounds, type NewImage } from '../../../src/outbox';
import { measurementCodec, parseMeasurement, sensorMeasurementCodec } from '../../../src/senio';
import { ids, kind, PLENTY, START, testOutbox, value, type TestOutbox } from '../../outbox/support';
import { runtimeOn } from '../support';

const KITCHEN = 'senio https://example.com/publish/kitchen';
const ATTIC = 'senio https://example.com/publish/attic';
const SENSORS = 'senio https://example.com/publish#n1';
const MOVED_SENSORS = 'senio https://other.example.com/publish#n2';
const ACCOUNT = 'databoom https://example.com/v1/signals/push#n1';
const MOVED = 'databoom https://other.example.com/v1/signals/push#n2';

const nothing = () => {};

/** The queue admin service on an outbox, with a config node for each of these destinations. */
function adminOf(test: TestOutbox, keys: readonly string[], bounds: Bounds = DEFAULT_BOUNDS) {
  const runtime = runtimeOn(() => test.outbox);
  for (const key of keys)
    runtime.queues.set(
      key,
      new Set([
        {
          node: { id: 'n1', type: 'senio-config' },
          bounds,
          state: () => assert.fail('nobody asks'),
          isShownEmpty: () => true,
          look: nothing,
          retryNow: nothing,
          hold: nothing,
          resume: nothing,
        },
      ]),
    );
  return createQueueAdmin(runtime, () => START);
}

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all.join('\n');
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n');
}

const counted = ({ readings, duplicates, unreadable }: ImportView) => [readings, duplicates, unreadable];

// What a flow may give, and times of the years that readings can be of.
const name = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9][\w .›ä-]{0,10}$/),
  fc.constantFrom('0', '17', '__proto__', 'payload'),
);
const time = fc.double({ min: 946_684_800_000, max: 1_900_000_000_000, noNaN: true });
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('21.5', '', ' 3', '\u2028', '"\\n'));
const picture = fc
  .uint8Array({ maxLength: 40 })
  .map((rest) => Buffer.concat([Buffer.from('ffd8ffe000104a464946', 'hex'), rest]));
const present = presentAt(1_900_000_000_000);

const measurement = fc
  .record({
    timestamp: time,
    payload: fc.dictionary(name, fc.oneof(number, picture), { minKeys: 1, maxKeys: 4 }),
  })
  .map(({ timestamp, payload }) => parseMeasurement({ payload, timestamp, field: '' }, present))
  .filter((parsed) => parsed.ok)
  .map((parsed) => ({ destination: KITCHEN, stored: measurementCodec.store(parsed.value) }));

const sensorMeasurement = fc
  .record({ of: measurement, sensor: fc.stringMatching(/^[a-zA-Z0-9][\w .-]{0,10}[a-z]$/) })
  .map(({ of, sensor }) => {
    const restored = measurementCodec.restore(of.stored);
    assert(restored.ok);
    return { destination: SENSORS, stored: sensorMeasurementCodec.store({ ...restored.value, sensor }) };
  });

const signal = fc.oneof(number, text, fc.boolean());
const history = fc.record({
  history: fc.array(fc.record({ date: time, value: signal }), { minLength: 1, maxLength: 3 }),
  description: fc.oneof(fc.string(), fc.constant(undefined)),
});
const target = fc.oneof(
  name.map((device) => ({ device })),
  fc.record({ template: name, unique: name }),
);
const push = fc
  .record({
    timestamp: time,
    payload: fc.oneof(
      fc.dictionary(name, signal, { minKeys: 1, maxKeys: 4 }),
      fc.dictionary(name, history, { minKeys: 1, maxKeys: 2 }),
    ),
    target,
    keepText: fc.boolean(),
  })
  .map(({ keepText, ...input }) => {
    const options = { unsendable: 'error', nested: false, keepText } as const;
    return parsePush({ ...input, signal: '', options }, present);
  })
  .filter((parsed) => parsed.ok)
  .map((parsed) => ({ destination: ACCOUNT, stored: pushCodec.store(parsed.value) }));

const reading = fc.record({ of: fc.oneof(measurement, sensorMeasurement, push), isRefused: fc.boolean() });

/** A reading in a form in which the order of its fields does not count, as it does not in JSON. */
function comparable({ group, timestamp, body, images }: StoredItem) {
  const pictures = images
    .map(({ field, bytes }) => `${field} ${Buffer.from(bytes).toString('hex')}`)
    .toSorted();
  const parts: unknown = JSON.parse(body);
  const [goal, content, entries]: readonly unknown[] = isPlainObject(parts)
    ? [parts['sensor'], 'scalars', parts['scalars']]
    : Array.isArray(parts) && group !== ''
      ? parts
      : [undefined, undefined, parts];
  assert(Array.isArray(entries));
  return {
    group,
    timestamp,
    goal,
    content,
    entries: entries.map((entry) => JSON.stringify(entry)).toSorted(),
    pictures,
  };
}

/** What waits in a queue, with its pictures. */
async function arrived({ outbox }: TestOutbox, destination: string): Promise<readonly StoredItem[]> {
  const items = await value(outbox.lease(destination, PLENTY));
  const stored: StoredItem[] = [];
  for (const { group, timestamp, body, images } of items) {
    const read: NewImage[] = [];
    for (const image of images) read.push({ field: image.field, bytes: await value(image.read()) });
    stored.push({ group, timestamp, body, images: read });
  }
  return stored;
}

const TWO = [{ temp: 1 }, { temp: 1 }].map((payload) => JSON.stringify({ payload, timestamp: START }));
const file = TWO.join('\n');

/** Accepts readings of a sensor. */
async function acceptAll({ outbox }: TestOutbox, count: number, destination = KITCHEN) {
  const body = JSON.stringify([['temp', 1]]);
  const item = { destination, group: '', timestamp: START, body, images: [], origin: '{}' };
  return value(outbox.acceptAll(Array.from({ length: count }, () => item)));
}

const lineOf = (device: string, timestamp: number, more: object = {}) =>
  JSON.stringify({ device, timestamp, payload: { temp: 1 }, ...more });

async function* broken(): AsyncGenerator<string> {
  yield* TWO;
  throw new Error('aborted');
}

async function* endless(): AsyncGenerator<string> {
  for (let index = 0; index < 50_001; index += 1) yield `{"payload":{"temp":${index}},"timestamp":${START}}`;
}

describe('an export that is imported elsewhere', () => {
  const outboxes: TestOutbox[] = [];

  async function open(): Promise<TestOutbox> {
    const opened = await testOutbox();
    outboxes.push(opened);
    return opened;
  }

  afterEach(async () => {
    for (const opened of outboxes.splice(0)) await opened.remove();
  });

  it('brings whatever waits or is refused, with its own time, once', async () => {
    const [here, there] = [await open(), await open()];
    const from = adminOf(here, [KITCHEN, SENSORS, ACCOUNT]);
    const to = adminOf(there, [ATTIC, MOVED_SENSORS, MOVED]);
    const moves = [
      [KITCHEN, ATTIC],
      [SENSORS, MOVED_SENSORS],
      [ACCOUNT, MOVED],
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { minLength: 1, maxLength: 12 }), async (drawn) => {
        for (const {
          of: { destination, stored },
          isRefused,
        } of drawn) {
          const id = await value(here.outbox.accept({ ...stored, destination, origin: '{}' }));
          if (isRefused) await value(here.outbox.refuse([id], 'no such field'));
        }
        for (const [source, goal] of moves) {
          const accepted = drawn.flatMap(({ of }) => (of.destination === source ? [of.stored] : []));
          if (accepted.length === 0) continue;
          const exported = await textOf(await value(from.exportAll(source)));
          const tried = await value(to.tryImport(goal, linesOf(exported)));
          assert.deepEqual(counted(tried), [accepted.length, 0, 0], JSON.stringify(tried.problems));
          assert.equal((await value(there.outbox.counts(goal))).waiting, 0);
          assert.deepEqual(counted(await value(to.importFile(goal, linesOf(exported)))), [
            accepted.length,
            0,
            0,
          ]);
          assert.deepEqual(counted(await value(to.importFile(goal, linesOf(exported)))), [
            0,
            accepted.length,
            0,
          ]);
          const found = await arrived(there, goal);
          const order = (items: readonly StoredItem[]) =>
            items.map((item) => JSON.stringify(comparable(item))).toSorted();
          assert.deepEqual(order(found), order(accepted));
          // Delivered ones are known too.
          await value(there.outbox.clear(goal));
          assert.deepEqual(counted(await value(to.importFile(goal, linesOf(exported)))), [
            0,
            accepted.length,
            0,
          ]);
          await value(here.outbox.clear(source));
        }
      }),
      { numRuns: Number(process.env['ROUND_TRIPS'] ?? 12) },
    );
  });

  it('brings two readings that are alike, and finds those that are still where they were exported', async () => {
    const [here, there] = [await open(), await open()];
    await acceptAll(here, 2);
    const lines = await textOf(await value(adminOf(here, [KITCHEN]).exportAll(KITCHEN)));
    assert.deepEqual(
      counted(await value(adminOf(here, [KITCHEN]).importFile(KITCHEN, linesOf(lines)))),
      [0, 2, 0],
    );
    const admin = adminOf(there, [ATTIC]);
    assert.deepEqual(counted(await value(admin.importFile(ATTIC, linesOf(lines)))), [2, 0, 0]);
    // What has been here before keeps what it is known by, wherever it goes.
    const back = await textOf(await value(admin.exportAll(ATTIC)));
    assert.deepEqual(
      counted(await value(adminOf(here, [KITCHEN]).tryImport(KITCHEN, linesOf(back)))),
      [0, 2, 0],
    );
  });

  it('remembers through a restart what was imported', async () => {
    const there = await open();
    assert.deepEqual(
      counted(await value(adminOf(there, [ATTIC]).importFile(ATTIC, linesOf(file)))),
      [1, 1, 0],
    );
    await value(there.outbox.clear(ATTIC));
    await there.reopen();
    assert.deepEqual(
      counted(await value(adminOf(there, [ATTIC]).importFile(ATTIC, linesOf(file)))),
      [0, 2, 0],
    );
    await there.alter('UPDATE schema SET sum = 0');
    assert.deepEqual(
      counted(await value(adminOf(there, [ATTIC]).importFile(ATTIC, linesOf(file)))),
      [0, 2, 0],
    );
  });

  it('says of which devices and times readings are, and which lines cannot be read and why', async () => {
    const there = await open();
    const view = await value(
      adminOf(there, [MOVED]).tryImport(
        MOVED,
        linesOf(
          [
            lineOf('hall', START),
            lineOf('hall', START - 1000),
            lineOf('porch', START),
            '',
            'no JSON',
            lineOf('hall', START, { format: 2 }),
            lineOf('hall', START, { destination: KITCHEN }),
            '{"problem":"The disk is failing"}',
            '{"device":"hall","payload":{"temp":1}}',
            lineOf('hall', START, { pictures: [{ field: 'cam', size: 3, problem: 'gone' }] }),
            lineOf('', START),
            lineOf('hall', START, { payload: 5 }),
          ].join('\n'),
        ),
      ),
    );
    assert.deepEqual(view.devices, [
      { name: 'hall', count: 2, from: START - 1000, to: START },
      { name: 'porch', count: 1, from: START, to: START },
    ]);
    assert.deepEqual(
      view.problems.map(({ line, problem }) => [line, problem]),
      [
        [5, 'no-reading'],
        [6, 'newer'],
        [7, 'other-service'],
        [8, 'incomplete'],
        [9, 'no-time'],
        [10, 'picture'],
        [11, 'refused'],
        [12, 'refused'],
      ],
    );
  });

  it('keeps nothing of a file that ends in the middle, that is too long, or that the queue has no room for', async () => {
    const there = await open();
    const admin = adminOf(there, [ATTIC]);
    assert.equal(await kind(admin.importFile(ATTIC, broken())), 'outbox');
    assert.equal(await kind(admin.importFile(ATTIC, endless())), 'too-large');
    const small = adminOf(there, [ATTIC], { ...DEFAULT_BOUNDS, bytes: 10 });
    for (const act of [small.tryImport, small.importFile])
      assert.equal(await kind(act(ATTIC, linesOf(file))), 'queue-full');
    assert.equal(await kind(admin.importFile(KITCHEN, linesOf(file))), 'unknown');
    const { waiting } = await value(there.outbox.counts(ATTIC));
    assert.deepEqual([waiting, ids(await value(there.outbox.lease(ATTIC, PLENTY)))], [0, []]);
  });

  it('takes no reading for another sensor than the one that it names, and none that names none where each has to', async () => {
    const named = JSON.stringify({ sensor: 'porch', payload: { temp: 1 }, timestamp: START });
    const [, unnamed = ''] = TWO;
    const admin = adminOf(await open(), [ATTIC, SENSORS]);
    assert.deepEqual(
      counted(await value(admin.tryImport(ATTIC, linesOf(`${named}\n${unnamed}`)))),
      [1, 0, 1],
    );
    const view = await value(admin.tryImport(SENSORS, linesOf(`${named}\n${unnamed}`)));
    assert.deepEqual([...counted(view), view.devices[0]?.name], [1, 0, 1, 'porch']);
  });

  it('takes one file at a time', async () => {
    const admin = adminOf(await open(), [ATTIC]);
    const first = admin.importFile(ATTIC, linesOf(file));
    assert.equal(await kind(admin.importFile(ATTIC, linesOf(file))), 'importing');
    assert.deepEqual(counted(await value(first)), [1, 1, 0]);
  });
});
