import type { BestTime, Certainty, ClockChange, ClockNotice, Schedule, Timekeeper } from '../clock';
import type { Failure, Result } from '../result';

/** The id of an item: a whole number, never given twice in one folder, rising in the order of acceptance. */
export type ItemId = number;

/** An image of a new item, under the name of its field. */
export interface NewImage {
  readonly field: string;
  readonly bytes: Uint8Array;
}

/**
 * An item to be kept until it is delivered. It must hold no secrets: keys and tokens enter a request at the last
 * moment.
 */
export interface NewItem {
  /** The key of its destination: the same text for the same service, URL and sensor or account of the service. */
  readonly destination: string;
  /** Items of one group (readings of one device) may be merged into one request; items with '' are never merged. */
  readonly group: string;
  /** When the reading was taken, in milliseconds since 1970, possibly with a fraction. */
  readonly timestamp: number;
  /** What is to be sent, as JSON text. */
  readonly body: string;
  readonly images: readonly NewImage[];
  /** JSON text from which the output message is rebuilt, also after a restart. */
  readonly origin: string;
}

/**
 * Why a call of the outbox failed.
 * - `invalid`: the item cannot be kept as it is (too large, no finite timestamp).
 * - `full`: the disk is full; nothing was changed, and calls work again by themselves once there is room.
 * - `locked`: another process (a second Node-RED) uses the folder; the next call tries again.
 * - `busy`: too many calls are waiting for the disk.
 * - `damaged`: what was read differs from what was written; it is reported, and never delivered.
 * - `newer`: the folder was written by a newer version of this package.
 * - `stopped`: the storage thread ended before it answered; the change may or may not have been made. A new thread
 *   starts.
 * - `closed`: the outbox was closed.
 * - `storage`: any other error of the operating system or SQLite, which is in the message.
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

/** A call of the outbox that failed. */
export type OutboxFailure = Failure<OutboxProblem>;

/** The outcome of a call of the outbox, whose promises never reject. */
export type Outcome<Value> = Promise<Result<Value, OutboxFailure>>;

/** An image of a kept item, whose bytes stay on the disk until they are read. */
export interface KeptImage {
  readonly field: string;
  /** Size in bytes. */
  readonly size: number;
  /**
   * Reads and checks the bytes. Fails as `damaged` if they differ from what was written: then refuse the item. After
   * other failures try again.
   */
  read(): Outcome<Uint8Array>;
}

/** An item as it was accepted, but with its time as it is known now. */
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

/** An item that waits, without its images. */
export type WaitingItem = Pick<KeptItem, 'id' | 'group' | 'body' | keyof BestTime>;

/** An item that was sent, and the time with which it was. */
export type SentItem = Pick<KeptItem, 'id' | 'timestamp'>;

/** Limits of one lease. If an item is due, at least one is leased, even if it alone is larger than `bytes`. */
export interface LeaseLimits {
  /** Most items. */
  readonly count: number;
  /** Largest sum of the items' bytes. */
  readonly bytes: number;
  /** Items not to lease this time, although they are due. */
  readonly except?: readonly ItemId[] | undefined;
  /** Items are not leased this time whose time is only known so well. */
  readonly exceptTimes?: readonly Certainty[] | undefined;
}

/** Which waiting items are to be read. */
export interface NewestLimits {
  /** Most items. */
  readonly count: number;
  /** Most characters of their bodies together. */
  readonly characters: number;
  /** Only items whose time is only known so well. */
  readonly times: readonly Certainty[];
}

/**
 * Which lane is wanted: a certain one, or the next one that has something due, in the order of their bytes, beginning
 * after `after` and going round once, without those of `except`.
 */
export type LaneChoice =
  | { readonly only: string }
  | { readonly after: string; readonly except: readonly string[] };

/** Bounds of one lease of a single lane. */
export interface LaneLimits extends LeaseLimits {
  readonly lane: LaneChoice;
}

/** How much of one destination is kept. */
export interface Counts {
  /** Waiting items, leased ones included. */
  readonly waiting: number;
  /** Bytes of waiting and refused items together: body, origin and images. */
  readonly bytes: number;
  /** Timestamp of the oldest waiting item, in milliseconds; undefined if none waits. */
  readonly oldest: number | undefined;
  /** Items on the refused list. */
  readonly refused: number;
  /** Items that bounds dropped since the folder was made. */
  readonly dropped: number;
  /** Items that were damaged, and quarantined, since the folder was made. */
  readonly damaged: number;
  /** Whether the destination is paused. */
  readonly isPaused: boolean;
}

/** An item of an export. */
export interface ImportedItem extends NewItem {
  /** What the reading is known by, wherever it is exported to: that of `ListedItem`, or a text of its own. */
  readonly identity: string;
}

/** What became of the items of an import. */
export interface ImportCounts {
  readonly imported: number;
  /** Those that the destination has had by an import before, or has now. */
  readonly known: number;
}

/** How much of one destination may be kept. */
export interface Bounds {
  /**
   * Longest time since acceptance, in milliseconds. Ignored while the clock is not set, and counted without what a clock
   * has jumped ahead until it has kept that time for hours (see the retention clock in the room `clock`).
   */
  readonly ageMs: number;
  /** Largest sum of bytes of waiting and refused items. */
  readonly bytes: number;
  /** Share of the disk to leave free, 0 to 1. Nothing is dropped for it if that could not free enough. */
  readonly freeDisk: number;
}

/** The bounds of a destination without its own: 30 days, 256 MB, 5 % of the disk free. */
export const DEFAULT_BOUNDS: Bounds = { ageMs: 30 * 86_400_000, bytes: 256 * 2 ** 20, freeDisk: 0.05 };

/** An item that a bound dropped. */
export interface DroppedItem {
  readonly id: ItemId;
  readonly destination: string;
  readonly timestamp: number;
  readonly origin: string;
  readonly bound: 'age' | 'bytes' | 'disk';
  /** Whether it was on the refused list. */
  readonly wasRefused: boolean;
}

/** An item of a list. */
export interface ListedItem extends KeptItem {
  /** What it is known by, wherever it is exported to. */
  readonly identity: string;
}

/** An item that the service refused. */
export interface RefusedItem extends ListedItem {
  readonly reason: string;
  /** When it was refused, in milliseconds. */
  readonly refusedAt: number;
}

/** What of an item can be edited, as in `NewItem`. */
export type EditedContent = Pick<NewItem, 'group' | 'body'>;

/** Which part of the refused list to read, oldest first. */
export interface RefusedPage {
  /** Only items after this id; undefined to start with the oldest. */
  readonly after?: ItemId | undefined;
  /** Most items. A page never has more than 1000 items or 4 MB, but at least one item if there is one. */
  readonly count: number;
}

/** The refused items of all destinations, which are kept until the user decides or a bound drops them. */
export interface RefusedList {
  /** A page of one destination's list, oldest first. */
  list(destination: string, page: RefusedPage): Outcome<readonly RefusedItem[]>;
  /** Moves items back to the waiting ones, to their old places. Resolves to how many were moved. */
  retry(ids: readonly ItemId[]): Outcome<number>;
  /** As `retry`, for all of one destination. */
  retryAll(destination: string): Outcome<number>;
  /**
   * Gives an item another content, and moves it back to the waiting ones, synced. It keeps its id, its time and its
   * images. Resolves to 1, or to 0 where it is no longer on the list.
   */
  edit(id: ItemId, content: EditedContent): Outcome<number>;
  /** Deletes items for good. Resolves to how many were deleted. */
  discard(ids: readonly ItemId[]): Outcome<number>;
  /** As `discard`, for all of one destination. */
  discardAll(destination: string): Outcome<number>;
  /**
   * The list of one destination as lines of JSON, one item each, oldest first: id, identity, destination, group, timestamp,
   * correctionMs, certainty, body, origin, reason, refusedAt, and images with their bytes in base64 (or `problem` if
   * they are damaged). Ends early with a line `{"problem": …}` if the rest of the list cannot be read.
   */
  export(destination: string): AsyncIterable<string>;
  /** As `export`, only those with these ids. */
  exportSome(destination: string, ids: readonly ItemId[]): AsyncIterable<string>;
}

/**
 * What the user is told about, besides calls that failed.
 * - `quarantined`: an item differs from what was written; it is moved out of the queue and not delivered.
 * - `file-damaged`: the database or its log was damaged; what could be read was carried over, the damaged file was
 *   kept.
 * - `file-displaced`: the database was deleted, moved away or replaced while it was open; everything was carried over
 *   into a new one, or cannot be yet.
 * - `images-missing`: files of images that wait were deleted or moved away by others.
 * - `images-unnamed`: images whose readings may have been lost with a damaged or replaced file were moved away.
 * - `last-write-torn`: the last write before a power cut is incomplete; normal if none of it was acknowledged.
 * - `disk-full`, `disk-free`: accepting stopped because the disk is full, and works again.
 * - `locked`: another process uses the folder.
 * - `unsafe-folder`: other users of the machine could read or change the folder, or can.
 * - `thread-restarted`: the storage thread ended unexpectedly, and a new one was started.
 * - `clock-ahead`, `clock-confirmed`, `clock-back`: this machine's clock has jumped ahead, and age does not count by it;
 *   it has kept that time for hours, and age counts by it; it has left that time again.
 */
export type NoticeKind =
  | 'quarantined'
  | 'file-damaged'
  | 'file-displaced'
  | 'images-missing'
  | 'images-unnamed'
  | 'last-write-torn'
  | 'disk-full'
  | 'disk-free'
  | 'locked'
  | 'unsafe-folder'
  | 'thread-restarted'
  | ClockNotice['kind'];

/** A report about the outbox, in words for the user. */
export interface OutboxNotice {
  readonly kind: NoticeKind;
  readonly message: string;
  /** The item concerned, if it is known. */
  readonly id?: ItemId | undefined;
  /** How many items can no longer be read, if that is known; 0 if all were carried over. */
  readonly lost?: number | undefined;
}

/** How to open an outbox. */
export interface OutboxOptions {
  /**
   * A folder of its own; made (mode 0700, with its parents) if it is missing. Only one process at a time can use it.
   */
  readonly folder: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the wall clock can be trusted (a Pi boots without knowing the time). Age only counts while it can. */
  readonly isClockSet: () => boolean;
  /** How long this machine has been running; how long this process has where left out. */
  readonly uptime?: Timekeeper['uptime'];
  /** Runs a task later; by a timer where left out. */
  readonly schedule?: Schedule;
  /**
   * Knows which timestamps this machine's clock gave, and when that clock is set: then those readings get the time at
   * which they were really taken. All other timestamps stay as they were given.
   */
  readonly timekeeper?: Pick<Timekeeper, 'stampOf' | 'boot' | 'onChange'> | undefined;
  /** Called once for each report; must not throw. */
  readonly report: (notice: OutboxNotice) => void;
}

/** The part of the outbox that fills and drains queues. */
export interface OutboxQueue {
  /**
   * Accepts an item. When this resolves with an id, the item is on the disk, synced.
   * After a failure it was not accepted (after `stopped` it may have been).
   */
  accept(item: NewItem): Outcome<ItemId>;
  /**
   * Accepts several items, all or none, with one sync. When this resolves with their ids, which are in the order of the
   * items, all of them are on the disk. After a failure, also a kill -9, none was accepted (after `stopped` all may have
   * been).
   */
  acceptAll(items: readonly NewItem[]): Outcome<readonly ItemId[]>;
  /**
   * Leases the oldest due items of a destination, for one sender to deliver. A leased item is not leased again until
   * the lease ends: by `acknowledge`, `release`, `refuse`, or with the process.
   */
  lease(destination: string, limits: LeaseLimits): Outcome<readonly KeptItem[]>;
  /** As `lease`, but only of one lane: items of one group, oldest first. An item without a group is a lane of its own. */
  leaseLane(destination: string, limits: LaneLimits): Outcome<readonly KeptItem[]>;
  /**
   * The items were delivered: deletes them with their images. The deletion is part of the next commit, at most 100 ms
   * later, and the promise resolves then; a sender need not wait for it. After a failure the items stay leased, and
   * have to be acknowledged again.
   */
  acknowledge(ids: readonly ItemId[]): Outcome<void>;
  /** The items were not delivered: ends their leases; they are due again, at their old places. */
  release(ids: readonly ItemId[]): Outcome<void>;
  /**
   * As `release`, for items that the service may have taken though no answer says so: they keep the times with which
   * they were sent, so that what it may have is never there twice with two times. After a failure they stay leased.
   */
  releaseSent(items: readonly SentItem[]): Outcome<void>;
  /** The service will never take the items: moves them to the refused list. After a failure they stay leased. */
  refuse(ids: readonly ItemId[], reason: string): Outcome<void>;
  /**
   * The newest waiting items of a destination, oldest first, leased ones included; none where it is paused. They stay as
   * they are, and damaged ones are left out.
   */
  newest(destination: string, limits: NewestLimits): Outcome<readonly WaitingItem[]>;
  /** How much of a destination is kept; all zero for an unknown one. */
  counts(destination: string): Outcome<Counts>;
  /** How many items wait in each of these lanes, which are groups; leased ones included. */
  countLanes(destination: string, lanes: readonly string[]): Outcome<readonly number[]>;
  /**
   * Drops items beyond the bounds: first those over age; then, for the bound on bytes or for room on the disk, refused
   * items and then waiting ones, oldest first; never a leased one. Resolves to what was dropped, at most 1000 items:
   * call again while that many come back. The same commit counts them for good.
   */
  enforce(destination: string, bounds: Bounds): Outcome<readonly DroppedItem[]>;
  /**
   * Calls `listener` when items leased from now on may have other times than before.
   * @returns a function that ends that
   */
  onTimesChanged(listener: (change: ClockChange) => void): () => void;
}

/** The outbox of one folder. */
export interface Outbox extends OutboxQueue {
  /** The keys of all destinations that ever had an item or were paused. */
  destinations(): Outcome<readonly string[]>;
  readonly refused: RefusedList;
  /**
   * Pauses a destination: until `resume`, also after a restart, nothing of it is leased. Items are still accepted, and
   * bounds are still enforced. Existing leases end as always.
   */
  pause(destination: string): Outcome<void>;
  /** Ends a pause. A sender then has to look for due items itself. */
  resume(destination: string): Outcome<void>;
  /**
   * Moves all waiting and refused items of one destination to another, in one transaction, except leased ones. They
   * keep their ids, and so their order; age counts from now. Resolves to how many were moved.
   */
  reassign(from: string, to: string): Outcome<number>;
  /**
   * The names of a group, such as the signals of a device, that the destination is known to have: those that were added.
   * A name may be forgotten where there are very many, or where the disk altered it.
   */
  knownNames(destination: string, group: string): Outcome<readonly string[]>;
  /** Adds names that the destination has from now on. */
  addKnownNames(destination: string, group: string, names: readonly string[]): Outcome<void>;
  /** Deletes all items of a destination for good, leased ones too. Resolves to how many were deleted. */
  clear(destination: string): Outcome<number>;
  /**
   * As `refused.export`, but all items of a destination: waiting ones, without `reason` and `refusedAt`, then refused
   * ones.
   */
  export(destination: string): AsyncIterable<string>;
  /**
   * Accepts items of an export, all or none, with one sync, but for those that the destination is known to have had:
   * what is imported twice is kept once. Items are read one by one. Their times stay as they are given. Remembered are
   * the last 200,000.
   */
  importAll(destination: string, items: AsyncIterable<ImportedItem>): Outcome<ImportCounts>;
  /** Those of the identities that a destination has had by an import, or has now. */
  knownIdentities(destination: string, identities: readonly string[]): Outcome<readonly string[]>;
  /** By how many days this machine's clock has jumped ahead, so that ages do not count by it yet; 0 mostly. */
  readonly daysAhead: () => number;
  /** Finishes pending calls, writes pending deletions, and releases the folder. Later calls fail as `closed`. */
  close(): Promise<void>;
}
