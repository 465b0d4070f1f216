import type { Node } from 'node-red';
import {
  createCourier,
  type Codec,
  type Courier,
  type CourierState,
  type DeliveryFailure,
  type Policy,
  type Transport,
} from '../../delivery';
import { DEFAULT_BOUNDS, type Bounds } from '../../outbox';
import type { Result } from '../../result';
import { announceClockDifference, announceOutages } from './announcements';
import type { Office } from './office';
import { returnToSenders } from './publisher';

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
export interface Queue<Item> extends Pick<Courier<Item>, 'accept' | 'state'> {
  /** Who is told when the state changes. */
  readonly watchers: Set<(state: CourierState) => void>;
  /** Ends deliveries under way; the queue stands. */
  close(): Promise<void>;
}

/** The queue of `destination`, which `node`, its config node, owns. It delivers as soon as the flows have started. */
export function openQueue<Item extends object>(
  office: Office,
  node: Node,
  destination: Destination<Item>,
  codec: Codec<Item>,
): Queue<Item> {
  const outbox = office.enterOutbox();
  const watchers: Queue<Item>['watchers'] = new Set();
  const announcers = [announceOutages(node, Date.now), announceClockDifference(node)];
  const courier = createCourier({
    outbox,
    destination: destination.key,
    transport: destination.transport,
    codec,
    policy: policyOf(destination.settings),
    bounds: boundsOf(destination.settings),
    events: {
      ...returnToSenders(office.publishers, node),
      changed: (state) => {
        for (const tell of [...announcers, ...watchers]) tell(state);
      },
    },
  });
  // Whatever waits from the last run must find its publish node, and that node's wires.
  courier.hold();
  const forgetStart = office.onStarted(() => courier.resume());

  async function close(): Promise<void> {
    forgetStart();
    await courier.close();
    destination.close();
    await office.leaveOutbox();
  }

  return {
    accept: (item, origin) => courier.accept(item, origin),
    state: () => courier.state(),
    watchers,
    close,
  };
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
