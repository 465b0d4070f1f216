import {
  DEFAULT_BOUNDS,
  type Bounds,
  type DroppedItem,
  type ItemId,
  type KeptItem,
  type OutboxQueue,
  type Outcome,
} from '../outbox';
import type { Result } from '../result';
import { createAcknowledgements } from './acknowledgements';
import { repeat, SYSTEM_CLOCK, type Clock } from './clock';
import type { Codec } from './codec';
import { Dispatcher } from './dispatcher';
import { createLeaseSource } from './lease-source';
import { DEFAULT_POLICY, type Policy } from './policy';
import { createReport } from './report';
import { createRetention } from './retention';
import type { Activity, SenderState } from './state';
import { createTimeRecord } from './time-record';
import { createTimeWait, type TimeWait } from './time-wait';
import { createTrace, type Trace } from './trace';
import type { Acceptance, DeliveryFailure, Transport } from './transport';

/** An item as its owner hears of it. */
export type HandledItem = Pick<
  KeptItem,
  'id' | 'group' | 'timestamp' | 'correctionMs' | 'certainty' | 'origin'
>;

/** What a sender tells its owner. None of it may throw; what does is ignored. */
export interface SenderEvents {
  /** The service took an item, merged with others or alone. */
  readonly delivered: (item: HandledItem, acceptance: Acceptance) => void;
  /** An item is on the refused list now. */
  readonly refused: (item: HandledItem, failure: DeliveryFailure) => void;
  /** A bound dropped an item. */
  readonly dropped: (item: DroppedItem) => void;
  /** Something of the state is different; a few times per second, at most. */
  readonly changed: (state: SenderState) => void;
}

/** What a sender needs. */
export interface SenderOptions<Item extends object> {
  readonly outbox: OutboxQueue;
  /** The key of its queue in the outbox. */
  readonly destination: string;
  /** The way to the service; a failure says what is wrong with the settings, and everything waits. */
  readonly transport: Result<Transport<Item>, DeliveryFailure>;
  readonly codec: Codec<Item>;
  readonly policy?: Partial<Policy>;
  readonly bounds?: Bounds;
  readonly clock?: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /**
   * Whether another sender of the same queue works. While it does, this one does not look whether its own settings,
   * which were wrong, are right by now. Never, where left out.
   */
  readonly standsAside?: () => boolean;
  /** For how long earlier senders of the queue have waited for the time; none, where left out. */
  readonly timeWait?: TimeWait;
  readonly events: SenderEvents;
}

/** An item to be kept. */
export interface OfferedItem<Item> {
  readonly item: Item;
  /** JSON text that comes back with whatever becomes of the item. */
  readonly origin: string;
}

/** Delivers one destination's queue. */
export interface Sender<Item> {
  /**
   * Keeps an item, to be delivered from now on; resolves once it is synced, and does not wait for its delivery.
   * @param origin JSON text that comes back with whatever becomes of the item
   */
  accept(item: Item, origin: string): Outcome<ItemId>;
  /** As `accept`, for several items: all are kept or none. */
  acceptAll(items: readonly OfferedItem<Item>[]): Outcome<readonly ItemId[]>;
  state(): SenderState;
  /** Looks again for what is due, and counts: somebody else, such as another sender of its queue, changed that. */
  look(): void;
  /** Looks at once for what is due, also after the refused list was changed, and ends all back-off and pauses. */
  retryNow(): void;
  /** Starts nothing more until `resume`. */
  hold(): void;
  resume(): void;
  /**
   * Ends deliveries under way, tells the outbox what became of them, and lets go of the rest: the queue stands.
   * Whatever the outbox could not be told within a second stays leased until the process ends, and then waits again.
   */
  close(): Promise<void>;
}

const LONGEST_BETWEEN_LOOKS_MS = 60_000;

const NEVER = () => false;

/** A sender. It begins with what waits already. */
export function createSender<Item extends object>(options: SenderOptions<Item>): Sender<Item> {
  const { outbox, destination, transport, codec } = options;
  const { clock = SYSTEM_CLOCK, random = Math.random } = options;
  const { standsAside = NEVER, timeWait = createTimeWait() } = options;
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  const closing = new AbortController();
  const events = careful(options.events);
  const trace = createTrace(destination);
  const common = { outbox, destination, clock, random, policy, codec, trace, closing: closing.signal };

  const acknowledgements = createAcknowledgements({ ...common, onChange: () => dispatcher?.advance() });
  const source = createLeaseSource(common);
  const returned = () => retention.request();
  const dispatcherEvents = { ...events, moved: () => report.request(), returned };
  const parts = { ...common, acknowledgements, source, standsAside, timeWait, events: dispatcherEvents };
  const dispatcher = transport.ok
    ? new Dispatcher<Item>({ ...parts, transport: transport.value })
    : undefined;
  const activity = () => dispatcher?.activity() ?? unable(closing.signal, transport);
  const report = createReport({ ...common, nameOfLane: codec.nameOfLane }, activity, events.changed);
  const retention = createRetention(common, options.bounds ?? DEFAULT_BOUNDS, (item) => {
    events.dropped(item);
    report.request();
  });

  const look = () => {
    dispatcher?.wake();
    report.request();
    retention.request();
  };
  const forgetTimes = outbox.onTimesChanged((change) => dispatcher?.renewTimes(change));
  const stopLooking = repeat(clock, LONGEST_BETWEEN_LOOKS_MS, look);
  look();

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    stopLooking();
    forgetTimes();
    closing.abort();
    await dispatcher?.end();
    await acknowledgements.finish();
    await Promise.all([report.finished(), retention.finished()]);
  }

  return {
    ...createAcceptance(common, look),
    state: () => report.state(),
    look,
    retryNow: () => {
      dispatcher?.hurry();
      look();
    },
    hold: () => dispatcher?.hold(),
    resume: () => dispatcher?.resume(),
    close: () => (closed ??= close()),
  };
}

/** The part of a sender that takes in items. @param look called after each attempt */
function createAcceptance<Item extends object>(
  {
    outbox,
    destination,
    codec,
    trace,
  }: Pick<SenderOptions<Item>, 'outbox' | 'destination' | 'codec'> & {
    readonly trace: Trace;
  },
  look: () => void,
): Pick<Sender<Item>, 'accept' | 'acceptAll'> {
  const newItem = (item: Item, origin: string) => ({ ...codec.store(item), destination, origin });

  async function accept(item: Item, origin: string): Outcome<ItemId> {
    const kept = await outbox.accept(newItem(item, origin));
    if (kept.ok) trace('accepted', [kept.value]);
    look();
    return kept;
  }

  async function acceptAll(items: readonly OfferedItem<Item>[]): Outcome<readonly ItemId[]> {
    const kept = await outbox.acceptAll(items.map(({ item, origin }) => newItem(item, origin)));
    if (kept.ok) trace('accepted', kept.value);
    look();
    return kept;
  }

  return { accept, acceptAll };
}

/** What a sender without a transport does. */
function unable({ aborted }: AbortSignal, transport: Result<unknown, DeliveryFailure>): Activity {
  return {
    mode: aborted ? 'closed' : 'paused',
    underWay: 0,
    failure: transport.ok ? undefined : transport.failure,
    outboxFailure: undefined,
    isTimeOverdue: false,
    isPreviewed: false,
    retryAt: undefined,
    lastSentAt: undefined,
    deferredCount: 0,
    deferred: [],
    ...createTimeRecord().summary(),
  };
}

/** A listener that throws is a defect of its owner; delivery must go on. */
function careful(events: SenderEvents): SenderEvents {
  return {
    delivered: guard(events.delivered),
    refused: guard(events.refused),
    dropped: guard(events.dropped),
    changed: guard(events.changed),
  };
}

function guard<Args extends readonly unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
  return (...args) => {
    try {
      listener(...args);
    } catch {}
  };
}
