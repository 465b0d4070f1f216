import type { Node } from 'node-red';
import {
  createSender,
  createTimeWait,
  SYSTEM_CLOCK,
  type Clock,
  type Codec,
  type DeliveryFailure,
  type Policy,
  type Sender,
  type SenderEvents,
  type SenderState,
  type TimeWait,
  type Transport,
} from '../../delivery';
import { DEFAULT_BOUNDS, type Bounds, type Outbox } from '../../outbox';
import type { Result } from '../../result';
import { createClockWarning } from './clock-warning';
import { createOutageLog } from './outage-log';
import { createTimeWarning } from './time-warning';
import type { Runtime, OpenQueue } from '../runtime';
import { notifyPublishers } from './publisher';
import { retryRefusedEvery } from './refused-retries';
import { waitingLanes } from './waiting-lanes';

/** A destination as its config node's settings give it. */
export interface Destination<Item> {
  /** The key of its queue: service, server, and sensor or config node and account. It holds no secret. */
  readonly key: string;
  /** Delivers its items; a failure says which setting is wrong, and its readings wait until that is corrected. */
  readonly transport: Result<Transport<Item>, DeliveryFailure>;
  readonly settings: QueueSettings;
  /** Whether its server may be another one, because its certificate is not checked. */
  readonly isUnverified: boolean;
  /** Whether its queue is there for people only once a publish node uses it, or as long as something is in it. */
  readonly isOnDemand: boolean;
  /** Releases what the transport holds. */
  close(): void;
}

/** The settings of a queue, see `QUEUE` in contract/settings.ts. */
export interface QueueSettings {
  readonly concurrent: number;
  readonly perMinute: number;
  readonly keepDays: number;
  readonly keepMegabytes: number;
  readonly timeWaitMinutes: number;
  readonly retryRefusedHours: number;
}

/** The queue of a destination, as publish nodes use it. */
export interface Queue<Item>
  extends Pick<Sender<Item>, 'acceptAll' | 'state'>, Pick<Destination<Item>, 'isUnverified'> {
  /** The lane of an item; undefined where the queue has none. */
  laneOf(item: Item): string | undefined;
  /** Called with each new state. */
  readonly watchers: Set<Watcher>;
  /** A publish node uses it. */
  use(): void;
  /** Ends deliveries under way; what is in the queue stays there. */
  close(): Promise<void>;
}

/** What a queue needs of its config node. */
export type QueueOwner = Pick<Node, 'id' | 'type' | 'warn' | 'log' | 'error'>;

/** Opens the queue of `destination` for its config node, `node`. It delivers as soon as the flows have started. */
export function openQueue<Item extends object>(
  runtime: Runtime,
  node: QueueOwner,
  destination: Destination<Item>,
  codec: Codec<Item>,
  clock: Clock = SYSTEM_CLOCK,
): Queue<Item> {
  const { key, settings } = destination;
  let isUsed = false;
  const outbox = runtime.acquireOutbox();
  const watchers: Queue<Item>['watchers'] = new Set([
    ...createOwnWatchers(runtime, node, key),
    createOthersWatch(others),
  ]);
  const bounds = boundsOf(settings);
  const sender = createSender({
    outbox,
    clock,
    destination: key,
    transport: destination.transport,
    codec,
    policy: policyOf(settings),
    bounds,
    standsAside: () => others().some((other) => mayDeliver(other.state())),
    timeWait: timeWaitOf(runtime, key),
    events: {
      ...withMetrics(runtime, key, notifyPublishers(runtime.publishers, node)),
      changed: (state) => {
        for (const watcher of watchers) watcher(state);
      },
    },
  });
  const isShownEmpty = () => isUsed || !destination.isOnDemand;
  const queue: OpenQueue = { ...actionsOf(sender), node, bounds, isShownEmpty };
  const unregister = register(runtime, key, queue);
  // What waits from the last run needs its publish node and that node's wires, so nothing is sent before the flows have
  // started. A pause by the user is another matter: the outbox hands out nothing then, whatever the sender does.
  sender.hold();
  const forgetStart = runtime.onStarted(() => sender.resume());
  const endRetries = retryRefused(outbox, destination, sender, clock);

  /** Two config nodes may lead to one destination. */
  function others(): readonly OpenQueue[] {
    return [...(runtime.queues.get(key) ?? [])].filter((other) => other !== queue);
  }

  async function close(): Promise<void> {
    endRetries();
    forgetStart();
    unregister();
    await sender.close();
    destination.close();
    // One that stood aside for this one takes over.
    for (const other of others()) other.retryNow();
    await runtime.releaseOutbox();
  }

  return {
    ...partsOf(sender, codec),
    isUnverified: destination.isUnverified,
    watchers,
    use: () => {
      isUsed = true;
    },
    close,
  };
}

type Actions = Pick<OpenQueue, 'state' | 'look' | 'retryNow' | 'hold' | 'resume'>;

/** What queue administration does with a sender. */
function actionsOf(sender: Actions): Actions {
  return {
    state: () => sender.state(),
    look: () => sender.look(),
    retryNow: () => sender.retryNow(),
    hold: () => sender.hold(),
    resume: () => sender.resume(),
  };
}

/** What publish nodes do with a sender. */
function partsOf<Item extends object>(
  sender: Sender<Item>,
  codec: Codec<Item>,
): Pick<Queue<Item>, 'acceptAll' | 'laneOf' | 'state'> {
  return {
    acceptAll: (items) => sender.acceptAll(items),
    laneOf: (item) => codec.laneOf?.(item),
    state: () => sender.state(),
  };
}

/**
 * Tries again what was refused, as often as the settings say. Pauses of the sender go on: what was refused says nothing of
 * a server that fails. @returns ends that
 */
function retryRefused(
  outbox: Outbox,
  { key, settings }: Pick<Destination<unknown>, 'key' | 'settings'>,
  sender: Pick<Sender<object>, 'look'>,
  clock: Clock,
): () => void {
  async function retryAll(): Promise<void> {
    const retried = await outbox.refused.retryAll(key);
    if (retried.ok && retried.value > 0) sender.look();
  }
  return retryRefusedEvery(settings.retryRefusedHours, retryAll, clock);
}

type Watcher = (state: SenderState) => void;

/** What becomes of each state, beside what publish nodes do with it. */
function createOwnWatchers(runtime: Runtime, node: QueueOwner, key: string): readonly Watcher[] {
  return [
    createOutageLog(node, Date.now),
    createClockWarning(node, runtime.isClockSynchronised),
    createTimeWarning(node),
    (state) => recordState(runtime, key, state),
  ];
}

/** Whether nothing is wrong with the settings of a queue, so that others of the same destination may leave it to it. */
function mayDeliver({ mode }: SenderState): boolean {
  return mode !== 'paused' && mode !== 'held' && mode !== 'closed';
}

/**
 * Tells the other queues of a destination that this one has changed: what it delivers changes their counts, what it
 * accepts is theirs to deliver while its settings are wrong, and so is what it returns then.
 * @returns the function to call with each state
 */
function createOthersWatch(others: () => readonly OpenQueue[]): Watcher {
  let wasPaused = false;

  return ({ mode }) => {
    const isPaused = mode === 'paused';
    for (const other of others()) {
      other.look();
      // Only one that works, and once: two whose settings are wrong would never stop to wake each other.
      if (isPaused && !wasPaused && mayDeliver(other.state())) other.retryNow();
    }
    wasPaused = isPaused;
  };
}

/** Adds a queue to the open queues of the runtime. @returns removes it again */
function register({ queues, metrics }: Runtime, key: string, queue: OpenQueue): () => void {
  const together = queues.get(key) ?? new Set();
  queues.set(key, together.add(queue));
  return () => {
    together.delete(queue);
    if (together.size > 0) return;
    queues.delete(key);
    // Nothing is attempted any more, so nothing fails.
    metrics.recovered(key);
  };
}

/** The events of a sender, which it also counts in the metrics. */
function withMetrics(
  { metrics, sentHistory, watchers }: Runtime,
  key: string,
  events: Pick<SenderEvents, 'delivered' | 'refused' | 'dropped'>,
): typeof events {
  return {
    ...events,
    delivered: (item, acceptance) => {
      metrics.sent(key);
      const { group, timestamp } = item;
      sentHistory.add(key, { group, timestamp, statusCode: acceptance.statusCode });
      events.delivered(item, acceptance);
    },
    refused: (item, failure) => {
      metrics.failed(key, failure.message);
      for (const watcher of watchers) watcher();
      events.refused(item, failure);
    },
  };
}

/** For how long the time was awaited at a destination, since Node-RED was started. */
function timeWaitOf({ timeWaits }: Runtime, key: string): TimeWait {
  const timeWait = timeWaits.get(key) ?? createTimeWait();
  timeWaits.set(key, timeWait);
  return timeWait;
}

/** Records a sender's state in the metrics, and tells the watchers of all queues. */
function recordState({ metrics, watchers }: Runtime, key: string, state: SenderState): void {
  // While a lane waits, its failure lasts, whatever the others do meanwhile.
  const [lane] = waitingLanes(state);
  const ofLane = lane && `"${lane.name}": ${lane.failure.message}`;
  const problem = state.outboxFailure?.message ?? ofLane ?? state.failure?.message;
  metrics.waiting(key, state.waiting);
  if (problem !== undefined) metrics.failed(key, problem);
  else metrics.recovered(key);
  for (const watcher of watchers) watcher();
}

const MOST_CONCURRENT = 16;

// A flow that was written by hand may hold any number: each is limited to its range.

/** How many requests of a queue may be under way at the same time. */
export function concurrentOf({ concurrent }: Pick<QueueSettings, 'concurrent'>): number {
  return Math.min(Math.max(Math.round(concurrent), 1), MOST_CONCURRENT);
}

function policyOf({ concurrent, perMinute, timeWaitMinutes }: QueueSettings): Partial<Policy> {
  return {
    concurrent: concurrentOf({ concurrent }),
    requestsPerSecond: perMinute > 0 ? perMinute / 60 : Infinity,
    timeWaitMs: Math.max(timeWaitMinutes, 0) * 60_000,
  };
}

function boundsOf({ keepDays, keepMegabytes }: QueueSettings): Bounds {
  return {
    ...DEFAULT_BOUNDS,
    ageMs: Math.max(keepDays, 1) * 86_400_000,
    bytes: Math.max(keepMegabytes, 1) * 2 ** 20,
  };
}
