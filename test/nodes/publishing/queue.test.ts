import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Runtime, OpenQueue } from '../../../src/nodes/runtime/runtime';
import { openQueue, type Destination } from '../../../src/nodes/publishing/queue';
import { createMetrics } from '../../../src/nodes/runtime/metrics';
import { DEFAULT_BOUNDS } from '../../../src/outbox';
import { success } from '../../../src/result';
import { SINGLE, TAKEN, TestTransport, type Reading } from '../../delivery/support';
import { START, testOutbox, value } from '../../outbox/support';
import { within } from '../../support/waiting';

const KEY = 'senio https://example.com/publish/kitchen';
const nothing = () => {};

describe('a config node’s queue', () => {
  it('makes the other queues of its destination count again when it has delivered', async () => {
    const test = await testOutbox();
    const starts: (() => void)[] = [];
    const runtime: Runtime = {
      publishers: new Map(),
      preparations: new Set(),
      queues: new Map(),
      metrics: createMetrics(
        () => START,
        () => 0,
      ),
      watchers: new Set(),
      acquireOutbox: () => test.outbox,
      releaseOutbox: () => Promise.resolve(),
      peekOutbox: () => test.outbox,
      isRunning: () => true,
      onStarted: (listener) => {
        starts.push(listener);
        return nothing;
      },
    };
    const recounted = new EventEmitter();
    /** Resolves when the other queue has counted again and the condition is true. */
    const untilRecounted = async (awaited: string, isTrue: () => boolean) => {
      while (!isTrue()) await within(() => `a recount as ${awaited}`, once(recounted, 'recount'));
    };
    const other: OpenQueue = {
      node: { id: 'other', type: 'senio-config' },
      bounds: DEFAULT_BOUNDS,
      state: () => assert.fail('Nobody asks'),
      recount: () => void recounted.emit('recount'),
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
      settings: { concurrent: 4, perMinute: 0, keepDays: 30, keepMegabytes: 256, timeWaitMinutes: 10 },
      close: nothing,
    };
    const node = { id: 'own', type: 'senio-config', warn: nothing, log: nothing, error: nothing };
    const queue = openQueue(runtime, node, destination, SINGLE);
    await value(queue.accept({ device: '', numbers: [1] }, ''));
    await untilRecounted('one waits', () => queue.state().waiting > 0);
    for (const start of starts) start();
    await untilRecounted('none waits', () => queue.state().waiting === 0);
    assert.deepEqual(transport.sent(), [[1]]);
    await queue.close();
    await test.remove();
  });
});
