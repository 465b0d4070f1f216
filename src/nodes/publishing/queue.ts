import type { Node } from 'node-red';
import {
  createSender,
  type Codec,
  type DeliveryFailure,
  type Policy,
  type Sender,
  type SenderEvents,
  type SenderState,
  type Transport,
} from '../../delivery';
import { DEFAULT_BOUNDS, type Bounds } from '../../outbox';
import type { Result } from '../../result';
import { announceClockDifference, announceOutages } from './outage-log';
import type { Runtime, OpenQueue } from '../runtime';
import { returnToPublishers } from './publisher';

/** A destination as its config node's settings give it. */
export interface Destination<Item> {
  /** The key of its queue: service, server, and sensor or account. Nothing secret is in it. */
  readonly key: string;
  /** The way there; a failure says which setting keeps its readings waiting. */
  readonly transport: Result<Transport<Item>, DeliveryFailure>;
  readonly settings: QueueSettings;
  /** Lets go of what the transport holds. */
  close(): void;
}

/** The settings of a queue, see settings.ts. */
export interface QueueSettings {
  readonly concurrent: number;
  readonly perMinute: number;
  readonly keepDays: number;
  readonly keepMegabytes: number;
  readonly timeWaitMinutes: number;
}

/** A destination's queue, to which publish nodes add. */
export interface Queue<Item> extends Pick<Sender<Item>, 'accept' | 'state'> {
  /** Who is told when the state changes. */
  readonly watchers: Set<(state: SenderState) => void>;
  /** Ends deliveries under way; the queue stands. */
  close(): Promise<void>;
}

/** What a queue needs of its config node. */
export type QueueOwner = Pick<Node, 'id' | 'type' | 'warn' | 'log' | 'error'>;

/** The queue of `destination`, which `node`, its config node, owns. It delivers as soon as the flows have started. */
export function openQueue<Item extends object>(
  runtime: Runtime,
  node: QueueOwner,
  destination: Destination<Item>,
  codec: Codec<Item>,
): Queue<Item> {
  const { key, settings } = destination;
  const outbox = runtime.enterOutbox();
  const watchers: Queue<Item>['watchers'] = new Set([
    announceOutages(node, Date.now),
    announceClockDifference(node),
    (state) => noteState(runtime, key, state),
    () => recountOthers(),
  ]);
  const bounds = boundsOf(settings);
  const sender = createSender({
    outbox,
    destination: key,
    transport: destination.transport,
    codec,
    policy: policyOf(settings),
    bounds,
    events: {
      ...withMetrics(runtime, key, returnToPublishers(runtime.publishers, node)),
      changed: (state) => {
        for (const watcher of watchers) watcher(state);
      },
    },
  });
  const queue: OpenQueue = {
    node,
    bounds,
    state: () => sender.state(),
    recount: () => sender.recount(),
    retryNow: () => sender.retryNow(),
    hold: () => sender.hold(),
    resume: () => sender.resume(),
  };
  const delist = enlist(runtime, key, queue);
  // Whatever waits from the last run must find its publish node, and that node's wires. Where the user has paused the
  // destination, the outbox hands out nothing all the same.
  sender.hold();
  const forgetStart = runtime.onStarted(() => sender.resume());

  /** Two config nodes may lead to one destination: what one delivers, the other no longer has waiting. */
  function recountOthers(): void {
    for (const other of runtime.queues.get(key) ?? []) if (other !== queue) other.recount();
  }

  async function close(): Promise<void> {
    forgetStart();
    delist();
    await sender.close();
    destination.close();
    await runtime.leaveOutbox();
  }

  return {
    accept: (item, origin) => sender.accept(item, origin),
    state: () => sender.state(),
    watchers,
    close,
  };
}

/** Has those who look after queues find this one. @returns ends that */
function enlist({ queues, metrics }: Runtime, key: string, queue: OpenQueue): () => void {
  const together = queues.get(key) ?? new Set();
  queues.set(key, together.add(queue));
  return () => {
    together.delete(queue);
    if (together.size > 0) return;
    queues.delete(key);
    // Nothing is tried any more, so nothing fails.
    metrics.recovered(key);
  };
}

/** The events of a sender, counted on their way. */
function withMetrics(
  { metrics, watchers }: Runtime,
  key: string,
  events: Pick<SenderEvents, 'delivered' | 'refused' | 'dropped'>,
): typeof events {
  return {
    ...events,
    delivered: (item, acceptance) => {
      metrics.sent(key);
      events.delivered(item, acceptance);
    },
    refused: (item, failure) => {
      metrics.failed(key, failure.message);
      for (const watcher of watchers) watcher();
      events.refused(item, failure);
    },
  };
}

/** Notes a sender's state where those find it who look after queues. */
function noteState({ metrics, watchers }: Runtime, key: string, state: SenderState): void {
  const failure = state.outboxFailure ?? state.failure;
  metrics.waiting(key, state.waiting);
  if (failure) metrics.failed(key, failure.message);
  else metrics.recovered(key);
  for (const watcher of watchers) watcher();
}

const MOST_CONCURRENT = 16;

// Numbers that make no sense, which a flow made by hand may hold, count as the nearest that do.
function policyOf({ concurrent, perMinute, timeWaitMinutes }: QueueSettings): Partial<Policy> {
  return {
    concurrent: Math.min(Math.max(Math.round(concurrent), 1), MOST_CONCURRENT),
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
