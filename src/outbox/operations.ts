import type { BestTime, Boot, RetentionTime, Stamp, StoredRetentionTime } from '../clock';
import type {
  DroppedItem,
  EditedContent,
  ItemId,
  LaneLimits,
  LeaseLimits,
  NewestLimits,
  RefusedPage,
  SentItem,
  WaitingItem,
} from './types';

/** An item of the argument of `accept`. The images are on the disk before it is called. */
export interface AcceptedItem {
  readonly destination: string;
  readonly group: string;
  readonly timestamp: number;
  readonly body: string;
  readonly origin: string;
  /** JSON text of `StoredImage[]`; '' if there is none. */
  readonly images: string;
  readonly bytes: number;
  /** When it is accepted, in milliseconds: age counts from then; 0 while the clock is not set. */
  readonly accepted: number;
  /** How this machine's clock gave the timestamp; undefined if the timestamp is the user's own. */
  readonly stamp: Stamp | undefined;
}

/**
 * An item from the storage thread, with its time as it is known now. It is copied between threads, so it has no more
 * than is needed.
 */
export interface StoredItem extends BestTime {
  readonly id: ItemId;
  readonly group: string;
  readonly bytes: number;
  readonly body: string;
  readonly origin: string;
  readonly images: string;
}

/** An item of an import. */
export interface ImportedRow extends AcceptedItem {
  readonly identity: string;
}

/** The argument of `import`. */
export interface ImportArgument {
  readonly destination: string;
  readonly items: readonly ImportedRow[];
}

/** The argument of `edit`. */
export interface EditArgument extends EditedContent {
  readonly id: ItemId;
}

/** Identities that a destination may know. */
export interface IdentitiesArgument {
  readonly destination: string;
  readonly identities: readonly string[];
}

/** An item of a list from the storage thread. */
export interface StoredListed extends StoredRefusal {
  readonly identity: string;
}

/** An item from the storage thread with what is known of its refusal; null where it waits. */
export interface StoredRefusal extends StoredItem {
  readonly refusedAt: number | null;
  readonly reason: string | null;
}

/** Which items are to be leased. */
export interface LeaseArgument extends LeaseLimits {
  readonly destination: string;
}

/** Which items of one lane are to be leased. */
export interface LeaseLaneArgument extends LaneLimits {
  readonly destination: string;
}

/** Which waiting items are to be read. */
export interface NewestArgument extends NewestLimits {
  readonly destination: string;
}

/** Lanes of a destination. */
export interface LanesArgument {
  readonly destination: string;
  readonly lanes: readonly string[];
}

/** Items that were deleted, and the images that they had (JSON texts). */
export interface Deleted {
  readonly count: number;
  readonly images: readonly string[];
}

/** The group of a destination whose names are asked for. */
export interface KnownNamesArgument {
  readonly destination: string;
  readonly group: string;
}

/** Names that a destination knows from now on. */
export interface NewKnownNamesArgument extends KnownNamesArgument {
  readonly names: readonly string[];
}

/** The argument of `enforce`. */
export interface EnforceArgument {
  readonly destination: string;
  /** Items accepted before this time are over age; undefined while ages do not count. */
  readonly acceptedBefore: number | undefined;
  readonly bytes: number;
  /** How many more bytes should be free on the disk; 0 or less if enough are. */
  readonly missingOnDisk: number;
}

/** What `enforce` dropped, and the images of those items (JSON texts). */
export interface Enforced {
  readonly dropped: readonly DroppedItem[];
  readonly images: readonly string[];
}

/** The counts of one destination in the storage thread. */
export interface StoredCounts {
  readonly waiting: number;
  readonly bytes: number;
  readonly refused: number;
  readonly dropped: number;
  readonly damaged: number;
  readonly oldest: number | undefined;
  readonly isPaused: boolean;
}

/** The two lists of a destination. */
export type ListName = 'waiting' | 'refused';

/** A part of a list, in the order of ids. */
export interface ListPage extends RefusedPage {
  readonly destination: string;
  readonly list: ListName;
}

/** The argument of `reassign`, which moves all items of a destination. */
export interface ReassignArgument {
  readonly from: string;
  readonly to: string;
  /** The new time of acceptance, from which age counts; undefined to keep the old one while the clock is not set. */
  readonly accepted: number | undefined;
}

/** Leases that must outlive the storage thread. */
export interface LeasedIds {
  readonly destination: string;
  readonly ids: readonly ItemId[];
}

/** The operations of the outbox's program. */
export interface OutboxOperations {
  /** Inserts items, all or none. @returns their ids, in their order */
  accept(items: readonly AcceptedItem[]): readonly ItemId[];
  /** Inserts those items that the destination has not had, all or none. @returns whether each was inserted */
  import(argument: ImportArgument): readonly boolean[];
  knownIdentities(argument: IdentitiesArgument): readonly string[];
  /** Stores what is known of this machine's current boot; items get their times accordingly from then on. */
  learn(boot: Boot): void;
  /** What is known of the time by which ages count. */
  readRetentionTime(argument: null): StoredRetentionTime;
  writeRetentionTime(time: RetentionTime): void;
  lease(argument: LeaseArgument): readonly StoredItem[];
  leaseLane(argument: LeaseLaneArgument): readonly StoredItem[];
  release(ids: readonly ItemId[]): void;
  releaseSent(items: readonly SentItem[]): void;
  acknowledge(ids: readonly ItemId[]): Deleted;
  refuse(argument: { readonly ids: readonly ItemId[]; readonly reason: string }): void;
  newest(argument: NewestArgument): readonly WaitingItem[];
  counts(destination: string): StoredCounts;
  countLanes(argument: LanesArgument): readonly number[];
  destinations(argument: null): readonly string[];
  /** Items with their content. */
  list(argument: ListPage): readonly StoredListed[];
  /** Ids alone. */
  ids(argument: ListPage): readonly ItemId[];
  retry(ids: readonly ItemId[]): number;
  edit(argument: EditArgument): number;
  discard(ids: readonly ItemId[]): Deleted;
  pause(destination: string): void;
  resume(destination: string): void;
  reassign(argument: ReassignArgument): number;
  knownNames(argument: KnownNamesArgument): readonly string[];
  addKnownNames(argument: NewKnownNamesArgument): void;
  enforce(argument: EnforceArgument): Enforced;
  /** The images of the items after an id, in the order of ids, so that files that no item names can be found. */
  itemsWithImages(argument: { readonly after: ItemId; readonly count: number }): readonly ItemImages[];
}

/** The images of one item, as JSON text of `StoredImage[]`. */
export interface ItemImages {
  readonly id: ItemId;
  readonly images: string;
}
