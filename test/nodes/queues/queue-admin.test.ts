import assert from 'node:assert/strict';
import { createSender, type LaneState, type Sender, type SenderState } from '../../../src/delivery';
import type { Runtime, OpenQueue } from '../../../src/nodes/runtime/runtime';
import type { QueueAdminFailure } from '../../../src/nodes/queues/answers';
import { createQueueAdmin } from '../../../src/nodes/queues/queue-admin';
import { createOrphanWatch } from '../../../src/nodes/queues/orphans';
import { DEFAULT_BOUNDS } from '../../../src/outbox';
import { success, type Result } from '../../../src/result';
import { SINGLE, TAKEN, TestTransport, type Reading } from '../../delivery/support';
import { newItem, START, testOutbox, value, type TestOutbox } from '../../outbox/support';
import { until } from '../../support/waiting';
import { runtimeOn } from '../support';

const KITCHEN = 'senio https://example.com/publish/kitchen';
const ATTIC = 'senio https://example.com/publish/attic';

/** The queue of a config node whose readings name their sensors. */
const SENSORS = 'senio https://example.com/publish#n1';

const nothing = () => {};

/** The kind of a failure that must have come. */
async function kindOf(answer: Promise<Result<unknown, QueueAdminFailure>>): Promise<string> {
  const settled = await answer;
  assert(!settled.ok, 'It worked');
  return settled.failure.kind;
}

describe('the queue admin service', () => {
  let test: TestOutbox;
  let runtime: Runtime;
  let isRunning: boolean;
  const senders: Sender<Reading>[] = [];

  beforeEach(async () => {
    test = await testOutbox();
    isRunning = true;
    runtime = runtimeOn(() => test.outbox, {
      peekOutbox: () => (isRunning ? test.outbox : undefined),
      isRunning: () => isRunning,
    });
  });

  afterEach(async () => {
    for (const sender of senders.splice(0)) await sender.close();
    await test.remove();
  });

  /** Has a config node lead to a destination; its sender asks one at a time. */
  function openQueue(key: string, transport: TestTransport, id = 'n1'): Sender<Reading> {
    const sender = createSender<Reading>({
      outbox: test.outbox,
      destination: key,
      transport: success(transport),
      codec: SINGLE,
      policy: { concurrent: 1 },
      events: { delivered: nothing, refused: nothing, dropped: nothing, changed: nothing },
    });
    senders.push(sender);
    const queue: OpenQueue = {
      node: { id, type: 'senio-config' },
      bounds: DEFAULT_BOUNDS,
      isShownEmpty: () => true,
      state: () => sender.state(),
      look: () => sender.look(),
      retryNow: () => sender.retryNow(),
      hold: () => sender.hold(),
      resume: () => sender.resume(),
    };
    const queues = runtime.queues.get(key) ?? new Set();
    runtime.queues.set(key, queues.add(queue));
    return sender;
  }

  const admin = () => createQueueAdmin(runtime, () => START);

  const states = async () =>
    (await value(admin().overview())).destinations.map(({ name, state }) => [name, state]);

  it('sends nothing more after a pause, not even what was leased already, and all of it after that', async () => {
    const transport = new TestTransport();
    const sender = openQueue(KITCHEN, transport);
    for (const number of [1, 2, 3]) await value(sender.accept({ device: '', numbers: [number] }, ''));
    await until('a delivery under way', () => transport.open.length === 1);
    await value(admin().pause(KITCHEN));
    transport.answer();
    await until('two waiting readings', async () => (await value(test.outbox.counts(KITCHEN))).waiting === 2);
    assert.deepEqual(transport.sent(), [[1]]);
    assert.equal((await value(admin().overview())).destinations[0]?.state, 'paused-by-user');
    // As each start of the flows does: the pause stands.
    sender.resume();
    await until('two waiting readings', async () => (await value(test.outbox.counts(KITCHEN))).waiting === 2);
    assert.deepEqual(transport.sent(), [[1]]);
    transport.respond = () => TAKEN;
    await value(admin().resume(KITCHEN));
    await until('all deliveries', () => transport.started.length === 3);
  });

  it('shows a queue that nobody uses only while it holds readings', async () => {
    const sender = openQueue(SENSORS, new TestTransport());
    const [queue] = runtime.queues.get(SENSORS) ?? [];
    assert(queue);
    let isUsed = false;
    runtime.queues.set(SENSORS, new Set([{ ...queue, isShownEmpty: () => isUsed }]));
    assert.deepEqual(await states(), []);
    isUsed = true;
    assert.equal((await states()).length, 1);
    isUsed = false;
    await value(sender.accept({ device: 'a', numbers: [1] }, ''));
    assert.equal((await states()).length, 1);
  });

  it('assigns readings that name their sensors only to a queue of such, and others never there', async () => {
    const own = SENSORS.replace('#n1', '#n2');
    openQueue(KITCHEN, new TestTransport());
    openQueue(SENSORS, new TestTransport());
    await value(test.outbox.accept({ ...newItem(), destination: own }));
    await value(test.outbox.accept({ ...newItem(), destination: ATTIC }));
    assert.equal(await kindOf(admin().reassign(own, KITCHEN)), 'other-sensors');
    assert.equal(await kindOf(admin().reassign(ATTIC, SENSORS)), 'other-sensors');
    assert.deepEqual(await value(admin().reassign(own, SENSORS)), { count: 1 });
    assert.deepEqual(await value(admin().reassign(ATTIC, KITCHEN)), { count: 1 });
  });

  it('shows what only one of two config nodes knows to be wrong', async () => {
    openQueue(KITCHEN, new TestTransport(), 'sound');
    const [queue] = runtime.queues.get(KITCHEN) ?? [];
    assert(queue);
    const failure = { kind: 'unauthorised', message: 'The key is refused' } as const;
    const state = { ...queue.state(), mode: 'paused', failure } as const;
    runtime.queues
      .get(KITCHEN)
      ?.add({ ...queue, node: { id: 'wrong', type: 'senio-config' }, state: () => state });
    const [view] = (await value(admin().overview())).destinations;
    assert.deepEqual([view?.state, view?.nodes.map(({ id }) => id)], ['paused', ['sound', 'wrong']]);
  });

  /** Opens the queue of a destination, in a state that differs from that of a new sender. */
  function openInState(change: Partial<SenderState>): void {
    openQueue(KITCHEN, new TestTransport());
    const [queue] = runtime.queues.get(KITCHEN) ?? [];
    assert(queue);
    runtime.queues.set(
      KITCHEN,
      new Set([queue, { ...queue, state: () => ({ ...queue.state(), ...change }) }]),
    );
  }

  const GARDEN: LaneState = {
    lane: '{"device":"garden"}',
    name: 'garden',
    failure: { kind: 'missing', message: 'The server answered 404', statusCode: 404 },
    retryAt: START + 300_000,
    waiting: 12,
  };

  it('shows the devices that wait, with their causes, counts and times, and how many there are', async () => {
    const failure = { kind: 'unavailable', message: 'The server answered 503' } as const;
    const attic: LaneState = { ...GARDEN, name: 'attic', failure, retryAt: undefined };
    openInState({ deferred: [GARDEN, attic], deferredCount: 7 });
    const [view] = (await value(admin().overview())).destinations;
    assert.deepEqual(
      [view?.deferredCount, view?.deferred],
      [
        7,
        [
          {
            name: 'garden',
            cause: 'missing',
            message: 'The server answered 404',
            needsPerson: true,
            waiting: 12,
            retryAt: START + 300_000,
          },
          {
            name: 'attic',
            cause: 'unavailable',
            message: 'The server answered 503',
            needsPerson: false,
            waiting: 12,
            retryAt: undefined,
          },
        ],
      ],
    );
  });

  it('promises no next try of a device while the user has paused its queue', async () => {
    openInState({ deferred: [GARDEN], deferredCount: 1 });
    await value(admin().pause(KITCHEN));
    const [view] = (await value(admin().overview())).destinations;
    assert.deepEqual(
      view?.deferred.map(({ name, retryAt }) => [name, retryAt]),
      [['garden', undefined]],
    );
  });

  it('shows queues without a config node last, and only while they hold anything', async () => {
    const id = await value(test.outbox.accept(newItem({ destination: ATTIC })));
    openQueue(KITCHEN, new TestTransport());
    assert.deepEqual(await states(), [
      ['kitchen', 'idle'],
      ['attic', 'orphaned'],
    ]);
    await value(test.outbox.acknowledge([id]));
    assert.deepEqual(await states(), [['kitchen', 'idle']]);
  });

  it('cuts what a long reading carries', async () => {
    const body = JSON.stringify([
      ['temp', 1],
      ...Array.from({ length: 3000 }, (_, index) => [`f${index}`, 1]),
    ]);
    const id = await value(test.outbox.accept(newItem({ destination: KITCHEN, body })));
    await value(test.outbox.refuse([id], 'no'));
    const { text, isCut } = await value(admin().reading(KITCHEN, id));
    assert.deepEqual([text.length, isCut], [20_000, true]);
    assert.equal(await kindOf(admin().reading(KITCHEN, id + 1)), 'unknown');
  });

  it('says by how many days this machine’s clock has jumped ahead', async () => {
    assert.equal((await value(admin().overview())).clockDaysAhead, 0);
    runtime = { ...runtime, peekOutbox: () => ({ ...test.outbox, daysAhead: () => 400 }) };
    assert.equal((await value(admin().overview())).clockDaysAhead, 400);
  });

  it('does nothing while flows are stopped, or where nothing was ever published', async () => {
    isRunning = false;
    assert.equal(await kindOf(admin().pause(KITCHEN)), 'stopped');
    const { isRunning: shown, destinations } = await value(admin().overview());
    assert.deepEqual([shown, destinations], [false, []]);
    runtime = { ...runtime, isRunning: () => true, peekOutbox: () => undefined };
    assert.equal(await kindOf(admin().clear(ATTIC)), 'unknown');
    assert.deepEqual((await value(admin().overview())).destinations, []);
  });

  it('says so where the outbox does not work', async () => {
    openQueue(KITCHEN, new TestTransport());
    await test.outbox.close();
    for (const answer of [
      admin().overview(),
      admin().pause(KITCHEN),
      admin().refused(KITCHEN, { after: 0, count: 20, filter: {} }),
    ])
      assert.equal(await kindOf(answer), 'outbox');
    for (const answer of [admin().retryAll(KITCHEN), admin().clear(ATTIC), admin().exportAll(ATTIC)])
      assert.equal(await kindOf(answer), 'outbox');
  });

  it('warns once of a queue that lost its config node, and again where another one does', async () => {
    const warnings: string[] = [];
    const watch = createOrphanWatch(runtime, (message) => warnings.push(message));
    openQueue(KITCHEN, new TestTransport());
    await watch();
    assert.deepEqual(warnings, []);
    await value(test.outbox.accept(newItem({ destination: ATTIC })));
    await watch();
    await watch();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /senio https:\/\/example\.com\/publish\/attic \(1 waiting, 0 refused\)/);
    await value(test.outbox.accept(newItem({ destination: 'databoom https://example.com/push garden' })));
    await watch();
    assert.match(warnings[1] ?? '', /databoom https:\/\/example\.com\/push garden \(1 waiting, 0 refused\)/);
    await test.outbox.close();
    await watch();
    assert.equal(warnings.length, 2);
  });

  it('warns of no queue whose config node closes while it looks', async () => {
    const warnings: string[] = [];
    await value(test.outbox.accept(newItem({ destination: ATTIC })));
    const looking = createOrphanWatch(runtime, (message) => warnings.push(message))();
    isRunning = false;
    await looking;
    assert.deepEqual(warnings, []);
  });
});
