import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Node, NodeAPI } from 'node-red';
import type { Sender, TimeWait } from '../../delivery';
import type { Bounds, Outbox } from '../../outbox';
import { loadOutboxRoom } from './lazy-rooms';
import { createMetrics, type Metrics } from './metrics';
import type { Publisher } from './publisher';
import { logNotice } from './log-notice';
import { oncePerRuntime } from './once-per-runtime';
import { createSentHistory, type SentHistory } from './sent-history';
import { timekeeperOf } from './time';

/** Where the outbox is, below Node-RED's user folder. */
const FOLDER = ['sensorpost', 'outbox'];

/** The queue of a running config node, as queue administration sees it. */
export interface OpenQueue extends Pick<Sender<object>, 'state' | 'look' | 'retryNow' | 'hold' | 'resume'> {
  /** Its config node. */
  readonly node: Pick<Node, 'id' | 'type'>;
  readonly bounds: Bounds;
  /** Whether it is shown to people though it is empty. */
  isShownEmpty(): boolean;
}

/** What all publishing nodes of one Node-RED share. */
export interface Runtime {
  /** The running publish nodes by id: each is told what became of its readings. */
  readonly publishers: Map<string, Publisher>;
  /** The open queues by their destination's key; two config nodes may lead to one destination. */
  readonly queues: Map<string, Set<OpenQueue>>;
  /** For how long each destination could be reached while the time was awaited, by its key: a deploy does not change it. */
  readonly timeWaits: Map<string, TimeWait>;
  readonly metrics: Metrics;
  readonly sentHistory: SentHistory;
  /** Whether a time server has set this machine's clock. */
  readonly isClockSynchronised: () => boolean;
  /** Called whenever the state of any queue may have changed. */
  readonly watchers: Set<() => void>;
  /** The outbox, opened by the first call. Each call must be followed by one of `releaseOutbox`. */
  acquireOutbox(): Outbox;
  /** Ends one use of the outbox. The last call closes it, and resolves when it is closed. */
  releaseOutbox(): Promise<void>;
  /**
   * The outbox for one operation, without acquiring it. Undefined while flows are stopped, because it is closed then or
   * about to be, and where nothing was ever published, because there is none.
   */
  peekOutbox(): Outbox | undefined;
  /** Whether flows run. */
  isRunning(): boolean;
  /** Called each time the flows have started, and awaited before the listeners of `onStarted`. None may reject. */
  readonly preparations: Set<() => Promise<void>>;
  /** Calls `listener` each time the flows have started. @returns removes the listener */
  onStarted(listener: () => void): () => void;
}

/** The runtime of this Node-RED. */
export const runtimeOf = oncePerRuntime(createRuntime);

function createRuntime(RED: NodeAPI): Runtime {
  const folder = join(RED.settings.userDir ?? '.', ...FOLDER);
  const timekeeper = timekeeperOf(RED);
  const watchers: Runtime['watchers'] = new Set();
  const { isRunning, ...starts } = watchFlows(RED, watchers);
  let outbox: Outbox | undefined;
  let users = 0;
  function openOnce(): Outbox {
    outbox ??= loadOutboxRoom().openOutbox({
      folder,
      now: timekeeper.now,
      isClockSet: timekeeper.isSet,
      uptime: timekeeper.uptime,
      timekeeper,
      report: (notice) => logNotice(RED, notice),
    });
    return outbox;
  }

  return {
    publishers: new Map(),
    queues: new Map(),
    timeWaits: new Map(),
    isClockSynchronised: timekeeper.isSynchronised,
    metrics: createMetrics(timekeeper.now, () => performance.now()),
    sentHistory: createSentHistory(timekeeper.now, () => performance.now()),
    watchers,
    ...starts,
    isRunning,
    acquireOutbox() {
      users += 1;
      return openOnce();
    },
    async releaseOutbox() {
      users -= 1;
      if (users > 0) return;
      const closing = outbox;
      outbox = undefined;
      await closing?.close();
    },
    peekOutbox() {
      const isThere = isRunning() && (outbox !== undefined || existsSync(folder));
      return isThere ? openOnce() : undefined;
    },
  };
}

/** Watches the flows start and stop. */
function watchFlows(
  { events }: NodeAPI,
  watchers: Runtime['watchers'],
): Pick<Runtime, 'isRunning' | 'preparations' | 'onStarted'> {
  const listeners = new Set<() => void>();
  const preparations: Runtime['preparations'] = new Set();
  let isRunning = false;
  let starts = 0;

  async function start(): Promise<void> {
    isRunning = true;
    starts += 1;
    const thisStart = starts;
    for (const prepare of preparations) await prepare();
    // They may have been stopped meanwhile, and have new nodes, which are not all there yet.
    if (!isRunning || starts !== thisStart) return;
    for (const listener of [...listeners, ...watchers]) listener();
  }

  events.on('flows:started', () => void start());
  events.on('flows:stopping', () => {
    isRunning = false;
    for (const watcher of watchers) watcher();
  });

  return {
    isRunning: () => isRunning,
    preparations,
    onStarted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
