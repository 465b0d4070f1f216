import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Runtime, OpenQueue } from '../../../src/nodes/runtime/runtime';
import { openQueue, type Destination } from '../../../src/nodes/publishing/queue';
import { SYSTEM_CLOCK, type Clock } from '../../../src/delivery';
import { DEFAULT_BOUNDS } from '../../../src/outbox';
import { success } from '../../../src/result';
import { failure, SINGLE, TAKEN, TestTransport, type Reading } from '../../delivery/support';
import { testOutbox, value } from '../../outbox/support';
import { within } from '../../support/waiting';
import { runtimeOn } from '../support';

const KEY = 'senio https://example.com/publish/kitchen';
const nothing = () => {};

const SETTINGS = {
  concurrent: 1,
  perMinute: 0,
  keepDays: 30,
  keepMegabytes: 256,
  timeWaitMinutes: 10,
  retryRefusedHours: 0,
};

/** What the nodes of a Node-RED share, with an outbox of its own. `start` says that the flows have started. */
async function createRuntime() {
  const test = await testOutbox();
  const starts: (() => void)[] = [];
  const runtime = runtimeOn(() => test.outbox, {
    onStarted: (listener) => {
      starts.push(listener);
      return nothing;
    },
  });
  const start = () => {
    for (const listener of starts.splice(0)) listener();
  };
  return { test, runtime, start };
}

/** Resolves when the condition is true, which is looked at whenever a queue has changed. */
function watch(runtime: Runtime) {
  const states = new EventEmitter();
  runtime.watchers.add(() => void states.emit('changed'));
  return async (awaited: string, isTrue: () => boolean) => {
    while (!isTrue()) await within(awaited, once(states, 'changed'));
  };
}

describe('a config node’s queue', () => {
  it('makes the other queues of its destination count again when it has delivered', async () => {
    const { test, runtime, start } = await createRuntime();
    const looks = new EventEmitter();
    /** Resolves when the other queue has looked again and the condition is true. */
    const untilLook = async (awaited: string, isTrue: () => boolean) => {
      while (!isTrue()) await within(() => `another look as ${awaited}`, once(looks, 'look'));
    };
    const other: OpenQueue = {
      node: { id: 'other', type: 'senio-config' },
      bounds: DEFAULT_BOUNDS,
      isShownEmpty: () => true,
      state: () => assert.fail('Nobody asks'),
      look: () => void looks.emit('look'),
      retryNow: nothing,
      hold: nothing,
      resume: nothing,
    };
    runtime.queues.set(KEY, new Set([other]));

    const transport = new TestTransport();
    transport.respond = () => TAKEN;
    const destination: Destination<Reading> = {
      key: KEY,
      transport: success(transport),
      settings: { ...SETTINGS, concurrent: 4 },
      close: nothing,
      isOnDemand: false,
      isUnverified: false,
    };
    const node = { id: 'own', type: 'senio-config', warn: nothing, log: nothing, error: nothing };
    const queue = openQueue(runtime, node, destination, SINGLE);
    await value(queue.acceptAll([{ item: { device: '', numbers: [1] }, origin: '' }]));
    await untilLook('one waits', () => queue.state().waiting > 0);
    start();
    await untilLook('none waits', () => queue.state().waiting === 0);
    assert.deepEqual(transport.sent(), [[1]]);
    await queue.close();
    await test.remove();
  });

  it('tries again what was refused when so many hours have passed', async () => {
    const { test, runtime, start } = await createRuntime();
    const untilQueue = watch(runtime);
    const transport = new TestTransport();
    transport.respond = () => failure('refused');
    let endWait: (() => void) | undefined;
    const clock: Clock = {
      ...SYSTEM_CLOCK,
      schedule(ms, task) {
        if (ms !== 6 * 3_600_000) return SYSTEM_CLOCK.schedule(ms, task);
        endWait = task;
        return () => (endWait = undefined);
      },
    };
    const settings = { ...SETTINGS, retryRefusedHours: 6 };
    const destination: Destination<Reading> = {
      key: KEY,
      transport: success(transport),
      settings,
      close: nothing,
      isOnDemand: false,
      isUnverified: false,
    };
    const node = { id: 'own', type: 'senio-config', warn: nothing, log: nothing, error: nothing };
    const queue = openQueue(runtime, node, destination, SINGLE, clock);
    start();
    await value(queue.acceptAll([{ item: { device: '', numbers: [1] }, origin: '' }]));
    await untilQueue('one refused', () => queue.state().refused === 1);
    transport.respond = () => TAKEN;
    endWait?.();
    await untilQueue('none refused', () => queue.state().refused === 0);
    assert.deepEqual(transport.sent(), [[1], [1]]);
    await queue.close();
    assert.equal(endWait, undefined);
    await test.remove();
  });

  it('goes on waiting for the time where the queue before it ended, and knows nothing of another destination', async () => {
    const { test, runtime } = await createRuntime();
    const node = { id: 'own', type: 'senio-config', warn: nothing, log: nothing, error: nothing };
    const deploy = async (key: string) => {
      const transport = success(new TestTransport());
      const queue = openQueue(
        runtime,
        node,
        { key, transport, settings: SETTINGS, close: nothing, isOnDemand: false, isUnverified: false },
        SINGLE,
      );
      await queue.close();
      return runtime.timeWaits.get(key);
    };
    const timeWait = await deploy(KEY);
    assert(timeWait);
    assert.equal(await deploy(KEY), timeWait);
    assert.notEqual(await deploy(`${KEY}-2`), timeWait);
    await test.remove();
  });

  it('shows an error as one that lasts until the service takes a reading again, or the queue is closed', async () => {
    const { test, runtime, start } = await createRuntime();
    const until = watch(runtime);
    const transport = new TestTransport();
    const destination = {
      key: KEY,
      transport: success(transport),
      settings: SETTINGS,
      close: nothing,
      isOnDemand: false,
      isUnverified: false,
    };
    const node = { id: 'own', type: 'senio-config', warn: nothing, log: nothing, error: nothing };
    const queue = openQueue(runtime, node, destination, SINGLE);
    start();
    const [openQueueOfKey] = runtime.queues.get(KEY) ?? [];
    const error = () => runtime.metrics.report(KEY).error;
    transport.respond = () => failure('unauthorised');
    await value(queue.acceptAll([{ item: { device: '', numbers: [1] }, origin: '' }]));
    await until('an error that lasts', () => error()?.isCurrent === true);
    transport.respond = () => TAKEN;
    openQueueOfKey?.retryNow();
    await until('an error that is over', () => error()?.isCurrent === false);
    assert.equal(queue.state().waiting, 0);
    transport.respond = () => failure('unauthorised');
    await value(queue.acceptAll([{ item: { device: '', numbers: [2] }, origin: '' }]));
    await until('another error that lasts', () => error()?.isCurrent === true);
    await queue.close();
    assert.equal(error()?.isCurrent, false);
    await test.remove();
  });

  it('leaves all to another queue of its destination while its own key is refused, and takes over from it', async () => {
    const { test, runtime, start } = await createRuntime();
    const until = watch(runtime);
    const open = (id: string, transport: TestTransport) => {
      const destination = {
        key: KEY,
        transport: success(transport),
        settings: SETTINGS,
        close: nothing,
        isOnDemand: false,
        isUnverified: false,
      };
      const node = { id, type: 'senio-config', warn: nothing, log: nothing, error: nothing };
      const queue = openQueue(runtime, node, destination, SINGLE);
      start();
      return queue;
    };
    const [refused, working] = [new TestTransport(), new TestTransport()];
    refused.respond = () => failure('unauthorised');
    const bad = open('bad', refused);
    const [openBad] = runtime.queues.get(KEY) ?? [];
    const accept = (number: number) =>
      value(bad.acceptAll([{ item: { device: '', numbers: [number] }, origin: '' }]));
    for (let number = 0; number < 30; number += 1) await accept(number);
    await until('a pause', () => bad.state().mode === 'paused');
    const tries = refused.started.length;

    const good = open('good', working);
    await until('a delivery', () => working.open.length > 0);
    openBad?.retryNow();
    await accept(30);
    working.respond = () => TAKEN;
    working.answer();
    await until('an empty queue', () => good.state().waiting === 0);
    assert.deepEqual([refused.started.length, new Set(working.started).size], [tries, 31]);

    working.respond = () => undefined;
    await accept(31);
    await until('a delivery', () => working.open.length > 0);
    await good.close();
    await until('a try', () => refused.started.length > tries);
    await bad.close();
    await test.remove();
  });
});
