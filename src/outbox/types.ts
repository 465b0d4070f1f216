import type { BestTime, Timekeeper } from '../clock';
import type { Failure, Result } from '../result';

/** What an item is known by, for good: a whole number that is never given twice in one folder, rising in the order of acceptance. */
export type ItemId = number;

/** A picture of an item to be kept, under the name of its field. */
export interface NewImage {
  readonly field: string;
  readonly bytes: Uint8Array;
}

/** What is to be kept until it is delivered. Nothing secret belongs in it: keys and tokens enter a request at the last moment. */
export interface NewItem {
  /** The key of where it goes: the same text for the same service, URL and sensor or account. */
  readonly destination: string;
  /** Items of one group may be merged into one request (readings of one device); '' is never merged. */
  readonly group: string;
  /** When the reading was taken, in milliseconds since 1970, possibly with a fraction. */
  readonly timestamp: number;
  /** What is to be sent, as JSON text. */
  readonly body: string;
  readonly images: readonly NewImage[];
  /** What the output message is rebuilt from, also after a restart, as JSON text. */
  readonly origin: string;
}

/**
 * Why the outbox did not do something.
 * - `invalid`: the item cannot be kept as it is (too large, no finite timestamp).
 * - `full`: the disk is full; nothing was changed, and it works again by itself once there is room.
 * - `locked`: another process (a second Node-RED) uses the folder; tried again at the next call.
 * - `busy`: too many calls wait for the disk already.
 * - `damaged`: what was kept is not what comes back; reported, and never handed out as if it were right.
 * - `newer`: the folder was written by a newer version of this package.
 * - `stopped`: the storage thread ended meanwhile; whether the change was made is not known. A new thread is started.
 * - `closed`: the outbox was closed.
 * - `storage`: anything else that the operating system or SQLite reports; the message has it.
 */
export type OutboxProblem =
  | 'invalid'
  | 'full'
  | 'locked'
  | 'busy'
  | 'damaged'
  | 'newer'
  | 'stopped'
  | 'closed'
  | 'storage';

/** An outbox call that did not work. */
export type OutboxFailure = Failure<OutboxProblem>;

/** What an outbox call comes to; the promises of the outbox never reject. */
export type Outcome<Value> = Promise<Result<Value, OutboxFailure>>;

/** A picture of a kept item: its bytes stay on the disk until they are asked for. */
export interface KeptImage {
  readonly field: string;
  /** Size in bytes. */
  readonly size: number;
  /** Reads and checks the bytes; `damaged` where they are not what was kept (then refuse the item), else try again. */
  read(): Outcome<Uint8Array>;
}

/** An item as it was accepted, but with its time as well as it is known now. */
export interface KeptItem extends BestTime {
  readonly id: ItemId;
  readonly destination: string;
  readonly group: string;
  readonly body: string;
  readonly images: readonly KeptImage[];
  readonly origin: string;
  /** Size in bytes of body, origin and images together. */
  readonly bytes: number;
}

/** Bounds of one lease; at least one item comes back where one is due, even if it alone is larger than `bytes`. */
export interface LeaseLimits {
  /** Items, at most. */
  readonly count: number;
  /** Sum of the items' bytes, at most. */
  readonly bytes: number;
  /** Items to be passed over this time, though they are due. */
  readonly except?: readonly ItemId[] | undefined;
}

/** How much of one destination is kept. */
export interface Counts {
  /** Items that wait, leased ones included. */
  readonly waiting: number;
  /** Bytes of waiting and refused items together: body, origin and images. */
  readonly bytes: number;
  /** Timestamp of the item that waits longest, in milliseconds; undefined where none waits. */
  readonly oldest: number | undefined;
  /** Items on the refused list. */
  readonly refused: number;
  /** Items that bounds have dropped since the folder was made. */
  readonly dropped: number;
  /** Items found damaged, and kept apart, since the folder was made. */
  readonly damaged: number;
  /** Whether `pause` was called last, and not `resume`. */
  readonly isPaused: boolean;
}

/** How much of one destination may be kept. */
export interface Bounds {
  /** Longest time since acceptance, in milliseconds. Does not count while the clock is not set. */
  readonly ageMs: number;
  /** Largest sum of bytes of waiting and refused items. */
  readonly bytes: number;
  /** Part of the disk to leave free, 0 to 1. Only drops where dropping can restore that room. */
  readonly freeDisk: number;
}

/** The bounds of a destination that has none of its own: 30 days, 256 MB, 5 % of the disk free. */
export const DEFAULT_BOUNDS: Bounds = { ageMs: 30 * 86_400_000, bytes: 256 * 2 ** 20, freeDisk: 0.05 };

/** An item that a bound dropped, and which bound it was. */
export interface DroppedItem {
  readonly id: ItemId;
  readonly destination: string;
  readonly timestamp: number;
  readonly origin: string;
  readonly bound: 'age' | 'bytes' | 'disk';
  /** Whether it was on the refused list. */
  readonly wasRefused: boolean;
}

/** An item that the service refused. */
export interface RefusedItem extends KeptItem {
  readonly reason: string;
  /** When it was refused, in milliseconds. */
  readonly refusedAt: number;
}

/** A part of the refused list, oldest first. */
export interface RefusedPage {
  /** Only items after this id; undefined starts at the oldest. */
  readonly after?: ItemId | undefined;
  /** Items, at most; no more than 1000 or 4 MB of them come back, but at least one where there is one. */
  readonly count: number;
}

/** The refused items of all destinations: kept until the user decides, or until a bound drops them. */
export interface RefusedList {
  /** A page of one destination's list, oldest first. */
  list(destination: string, page: RefusedPage): Outcome<readonly RefusedItem[]>;
  /** Makes items wait again at their old place; resolves to how many did. */
  retry(ids: readonly ItemId[]): Outcome<number>;
  /** As `retry`, for all of one destination. */
  retryAll(destination: string): Outcome<number>;
  /** Deletes items for good; resolves to how many there were. */
  discard(ids: readonly ItemId[]): Outcome<number>;
  /** As `discard`, for all of one destination. */
  discardAll(destination: string): Outcome<number>;
  /**
   * The list of one destination as lines of JSON, oldest first, one item at a time: id, destination, group, timestamp,
   * correctionMs, certainty, body, origin, reason, refusedAt, and images with their bytes in base64 (or `problem` where they are damaged).
   * Ends early with a line `{"problem": …}` where the list cannot be read on.
   */
  export(destination: string): AsyncIterable<string>;
}

/**
 * What the user has to be told though no call failed.
 * - `quarantined`: a kept item came back altered; it is kept apart and not delivered.
 * - `file-damaged`: the database or its log was damaged; what could be read was carried over, the file was kept.
 * - `last-write-torn`: the last write before a power cut is incomplete; normal where nothing of it was acknowledged.
 * - `disk-full`, `disk-free`: accepting stopped, and works again.
 * - `locked`: another process uses the folder.
 * - `thread-restarted`: the storage thread ended unexpectedly and was started anew.
 */
export type NoticeKind =
  | 'quarantined'
  | 'file-damaged'
  | 'last-write-torn'
  | 'disk-full'
  | 'disk-free'
  | 'locked'
  | 'thread-restarted';

/** Something that happened to the outbox, in words for the user. */
export interface OutboxNotice {
  readonly kind: NoticeKind;
  readonly message: string;
  /** The item concerned, where there is one and it is known. */
  readonly id?: ItemId | undefined;
  /** How many items can no longer be read, where that is known; 0 where all were carried over. */
  readonly lost?: number | undefined;
}

/** What the outbox needs from around it. */
export interface OutboxOptions {
  /** A folder of its own; made (mode 0700, with its parents) where it is missing. One process at a time may use it. */
  readonly folder: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the wall clock can be trusted (a Pi boots without knowing the time); age counts only while it can. */
  readonly isClockSet: () => boolean;
  /**
   * Knows which timestamps are this machine's own, and when it learns the time: then those readings get the time at
   * which they were really taken. Without it, and for all other timestamps, they stay as they were given.
   */
  readonly timekeeper?: Pick<Timekeeper, 'stampOf' | 'boot' | 'onChange'> | undefined;
  /** Told once for each thing that happened; must not throw. */
  readonly report: (notice: OutboxNotice) => void;
}

/** The durable queue of all destinations, as those use it who fill and drain it. */
export interface OutboxQueue {
  /**
   * Keeps an item. Once this resolves with an id, the item is on the disk, synced.
   * After a failure it is not kept (`stopped`: it may be).
   */
  accept(item: NewItem): Outcome<ItemId>;
  /**
   * The oldest due items of a destination, for one sender to deliver. A leased item is handed to nobody else until
   * the lease ends: by `acknowledge`, `release`, `refuse`, or with the process.
   */
  lease(destination: string, limits: LeaseLimits): Outcome<readonly KeptItem[]>;
  /** As `lease`, but only the oldest due item and, where it has a group, further ones of that group, oldest first. */
  leaseGroup(destination: string, limits: LeaseLimits): Outcome<readonly KeptItem[]>;
  /**
   * Delivered: deletes the items, images included. The deletion rides in the next commit, at the latest 100 ms later,
   * and the promise resolves then: a sender need not wait for it. After a failure they stay leased: acknowledge again.
   */
  acknowledge(ids: readonly ItemId[]): Outcome<void>;
  /** Not delivered, try later: ends the lease; the items are due again at their old place. */
  release(ids: readonly ItemId[]): Outcome<void>;
  /** Will never be taken as they are: moves the items to the refused list. After a failure they stay leased. */
  refuse(ids: readonly ItemId[], reason: string): Outcome<void>;
  /** How much of a destination is kept; all zero for one that is not known. */
  counts(destination: string): Outcome<Counts>;
  /**
   * Drops what is beyond the bounds: over age first, then, over bytes or for room on the disk, refused items and then
   * waiting ones, oldest first; never a leased one. Returns what was dropped, at most 1000 at a time: call again while
   * that many come back. They are counted for good in the same commit.
   */
  enforce(destination: string, bounds: Bounds): Outcome<readonly DroppedItem[]>;
  /** Calls `listener` when items leased from now on may have other times than before. @returns what ends that */
  onTimesChanged(listener: () => void): () => void;
}

/** The outbox of one folder. */
export interface Outbox extends OutboxQueue {
  /** The keys of all destinations that anything was ever accepted for, or that were paused. */
  destinations(): Outcome<readonly string[]>;
  readonly refused: RefusedList;
  /**
   * From now on nothing of a destination is leased, also after a restart, until `resume`; accepting goes on, and so do
   * the bounds. Leases that stand end as always.
   */
  pause(destination: string): Outcome<void>;
  /** Ends `pause`; a sender has to look for what is due. */
  resume(destination: string): Outcome<void>;
  /**
   * Makes all that waits or was refused of one destination wait, or be refused, at another one: all of it or nothing.
   * Leased items stay. Ids, and with them the order, are kept; age counts from now. Resolves to how many items moved.
   */
  reassign(from: string, to: string): Outcome<number>;
  /** Deletes all of a destination for good, leased items too; resolves to how many there were. */
  clear(destination: string): Outcome<number>;
  /** As `refused.export`, but all of a destination: what waits, without `reason` and `refusedAt`, then what was refused. */
  export(destination: string): AsyncIterable<string>;
  /** Finishes what is under way, writes deletions that wait, and lets go of the folder. Later calls fail as `closed`. */
  close(): Promise<void>;
}
