import { createMetrics } from '../../src/nodes/runtime/metrics';
import { createSentHistory } from '../../src/nodes/runtime/sent-history';
import type { Runtime } from '../../src/nodes/runtime/runtime';
import type { Outbox } from '../../src/outbox';
import { START } from '../outbox/support';

/** What the nodes of a Node-RED share, on an outbox, but for what a test changes of it. Its flows run. */
export function runtimeOn(outbox: () => Outbox, changes: Partial<Runtime> = {}): Runtime {
  return {
    publishers: new Map(),
    preparations: new Set(),
    queues: new Map(),
    timeWaits: new Map(),
    isClockSynchronised: () => true,
    metrics: createMetrics(
      () => START,
      () => 0,
    ),
    sentHistory: createSentHistory(
      () => START,
      () => 0,
    ),
    watchers: new Set(),
    acquireOutbox: outbox,
    releaseOutbox: () => Promise.resolve(),
    peekOutbox: outbox,
    isRunning: () => true,
    onStarted: () => () => {},
    ...changes,
  };
}
