import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Node, NodeAPI } from 'node-red';
import type { Sender } from '../../delivery';
import type { Bounds, Outbox, OutboxNotice } from '../../outbox';
import { loadOutboxRoom } from './lazy-rooms';
import { createMetrics, type Metrics } from './metrics';
import type { Publisher } from './publisher';
import { timekeeperOf } from './time';

/** Where the outbox is, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'outbox'];

/** A destination's sender, as those see it who look after queues. */
export interface OpenQueue extends Pick<
  Sender<object>,
  'state' | 'recount' | 'retryNow' | 'hold' | 'resume'
> {
  /** Its config node. */
  readonly node: Pick<Node, 'id' | 'type'>;
  readonly bounds: Bounds;
}

/** What all publishing of one Node-RED shares. */
export interface Runtime {
  /** The publish nodes that run, by their ids: who gets what became of a reading. */
  readonly publishers: Map<string, Publisher>;
  /** The tokens of the config nodes that run, by their queue's key and their own id. */
  readonly claims: Map<string, Map<string, string>>;
  /** The queues of the config nodes that run, by their destination's key; two nodes may lead to one destination. */
  readonly queues: Map<string, Set<OpenQueue>>;
  readonly metrics: Metrics;
  /** Who is told whenever anything about a queue may be different. */
  readonly watchers: Set<() => void>;
  /** The outbox, opened by the first who asks. Each call is to be followed by one of `leaveOutbox`. */
  enterOutbox(): Outbox;
  /** Closes the outbox after the last one; resolves when it is closed then. */
  leaveOutbox(): Promise<void>;
  /**
   * The outbox, for a moment, whether anybody has entered it or not; undefined while flows are stopped, because it is
   * closed then or about to be, and where there is none because nothing was ever published.
   */
  peekOutbox(): Outbox | undefined;
  /** Whether flows run. */
  isRunning(): boolean;
  /** Calls `listener` each time that all nodes of the flows are there. @returns what ends that */
  onStarted(listener: () => void): () => void;
}

// Each node set gets a `RED` of its own, but all of them share the runtime's `events`: one runtime a runtime.
const runtimes = new WeakMap<object, Runtime>();

/** The runtime of this Node-RED. */
export function runtimeOf(RED: NodeAPI): Runtime {
  const existing = runtimes.get(RED.events);
  if (existing) return existing;
  const runtime = createRuntime(RED);
  runtimes.set(RED.events, runtime);
  return runtime;
}

function createRuntime(RED: NodeAPI): Runtime {
  const folder = join(RED.settings.userDir ?? '.', ...FOLDER);
  const listeners = new Set<() => void>();
  const timekeeper = timekeeperOf(RED);
  const watchers: Runtime['watchers'] = new Set();
  let outbox: Outbox | undefined;
  let users = 0;
  let isRunning = false;

  RED.events.on('flows:started', () => {
    isRunning = true;
    for (const listener of [...listeners, ...watchers]) listener();
  });
  RED.events.on('flows:stopping', () => {
    isRunning = false;
    for (const watcher of watchers) watcher();
  });

  function openOnce(): Outbox {
    outbox ??= loadOutboxRoom().openOutbox({
      folder,
      now: timekeeper.now,
      isClockSet: timekeeper.isSet,
      timekeeper,
      report: (notice) => logNotice(RED, notice),
    });
    return outbox;
  }

  return {
    publishers: new Map(),
    claims: new Map(),
    queues: new Map(),
    metrics: createMetrics(timekeeper.now, () => performance.now()),
    watchers,
    enterOutbox() {
      users += 1;
      return openOnce();
    },
    async leaveOutbox() {
      users -= 1;
      if (users > 0) return;
      const closing = outbox;
      outbox = undefined;
      await closing?.close();
    },
    peekOutbox() {
      const isThere = isRunning && (outbox !== undefined || existsSync(folder));
      return isThere ? openOnce() : undefined;
    },
    isRunning: () => isRunning,
    onStarted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** No node is to blame for what happens to the store, so it goes to the log. */
function logNotice(RED: NodeAPI, { kind, message }: OutboxNotice): void {
  const isGoodNews = kind === 'disk-free' || kind === 'last-write-torn';
  const log = isGoodNews ? RED.log.info : RED.log.error;
  log(`[sensorpost] ${message}`);
}
