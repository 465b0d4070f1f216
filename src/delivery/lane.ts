import { failed, type Result } from '../result';
import type { Acceptance, DeliveryFailure, Transport } from './transport';

/** Bounds of a lane. */
export interface LaneLimits {
  /** Items that are delivered at the same time. */
  readonly concurrent: number;
  /** Items that may wait for their turn; one more is refused as `busy`. */
  readonly waiting: number;
}

/** How much memory the items of a lane may take. */
export interface LaneMemory<Item> {
  /** Bytes of all items together; beyond that an item is refused as `busy`, unless it is alone. */
  readonly bytes: number;
  /** About how many bytes an item takes. */
  readonly sizeOf: (item: Item) => number;
}

/** A transport with bounds, shared by all who deliver to one destination. */
export interface Lane<Item> extends Transport<Item> {
  /** Ends every delivery under way or waiting as `cancelled`, and any later one. */
  close(): void;
}

/** A lane over `transport`. */
export function createLane<Item>(
  transport: Transport<Item>,
  limits: LaneLimits,
  memory: LaneMemory<Item> = { bytes: Infinity, sizeOf: () => 0 },
): Lane<Item> {
  const slots = createSlots(limits.concurrent);
  const underWay = new Set<AbortController>();
  let isClosed = false;
  let bytes = 0;

  async function deliver(item: Item, signal: AbortSignal): Promise<Result<Acceptance, DeliveryFailure>> {
    if (isClosed || signal.aborted) return cancelled();
    if (slots.free() === 0 && slots.waiting() >= limits.waiting) return busy(slots.waiting());
    const size = memory.sizeOf(item);
    if (bytes > 0 && bytes + size > memory.bytes) return busy(slots.waiting());
    bytes += size;
    const controller = new AbortController();
    const abort = () => controller.abort();
    signal.addEventListener('abort', abort, { once: true });
    underWay.add(controller);
    try {
      return await slots.run(controller.signal, () => transport.deliver(item, controller.signal), cancelled);
    } finally {
      bytes -= size;
      underWay.delete(controller);
      signal.removeEventListener('abort', abort);
    }
  }

  function close(): void {
    isClosed = true;
    for (const controller of underWay) controller.abort();
  }

  return { deliver, close };
}

interface Slots {
  free(): number;
  waiting(): number;
  /** Runs `work` once a slot is free, or `giveUp` where `signal` ends the wait. */
  run<Value>(signal: AbortSignal, work: () => Promise<Value>, giveUp: () => Value): Promise<Value>;
}

function createSlots(count: number): Slots {
  const queue = new Set<() => void>();
  let free = count;

  async function run<Value>(
    signal: AbortSignal,
    work: () => Promise<Value>,
    giveUp: () => Value,
  ): Promise<Value> {
    const isGranted = await takeSlot(signal);
    if (!isGranted) return giveUp();
    try {
      return signal.aborted ? giveUp() : await work();
    } finally {
      releaseSlot();
    }
  }

  function takeSlot(signal: AbortSignal): Promise<boolean> {
    if (free > 0) {
      free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const settle = (isGranted: boolean) => {
        queue.delete(grant);
        signal.removeEventListener('abort', leave);
        resolve(isGranted);
      };
      const grant = () => settle(true);
      const leave = () => settle(false);
      queue.add(grant);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** Hands the slot to whoever waits longest; it is free only where nobody does. */
  function releaseSlot(): void {
    const [next] = queue;
    if (next) next();
    else free += 1;
  }

  return { free: () => free, waiting: () => queue.size, run };
}

function cancelled() {
  return failed<DeliveryFailure>({ kind: 'cancelled', message: 'Stopped before the reading was delivered' });
}

function busy(waiting: number) {
  return failed<DeliveryFailure>({
    kind: 'busy',
    message: `${waiting} readings are waiting to be delivered already: the server is slower than the flow, so send fewer`,
  });
}
