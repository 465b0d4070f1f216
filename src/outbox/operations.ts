import type { BestTime, Boot, Stamp } from '../clock';
import type { DroppedItem, ItemId, LeaseLimits, RefusedPage } from './types';

/** What `accept` hands to the storage thread; images are on the disk by then. */
export interface AcceptArgument {
  readonly destination: string;
  readonly group: string;
  readonly timestamp: number;
  readonly body: string;
  readonly origin: string;
  /** JSON text of `StoredImage[]`, '' where there is none. */
  readonly images: string;
  readonly bytes: number;
  readonly isClockSet: boolean;
  /** What is known of the timestamp; undefined where it is not this machine's own. */
  readonly stamp: Stamp | undefined;
}

/** An item as the storage thread hands it out, with its time as well as it is known now. Each is copied: nothing more. */
export interface StoredItem extends BestTime {
  readonly id: ItemId;
  readonly group: string;
  readonly bytes: number;
  readonly body: string;
  readonly origin: string;
  readonly images: string;
}

/** An item of the refused list as the storage thread hands it out. */
export interface StoredRefusal extends StoredItem {
  readonly refusedAt: number | null;
  readonly reason: string | null;
}

/** Which items are to be leased. */
export interface LeaseArgument extends LeaseLimits {
  readonly destination: string;
}

/** Items that were deleted, and the images that they had (JSON texts). */
export interface Deleted {
  readonly count: number;
  readonly images: readonly string[];
}

/** The bounds of one destination as the storage thread sees them. */
export interface EnforceArgument {
  readonly destination: string;
  /** Items accepted before this time are over age; undefined while the clock is not set. */
  readonly acceptedBefore: number | undefined;
  readonly bytes: number;
  /** Bytes missing on the disk for its bound; 0 or less where there is room. */
  readonly missingOnDisk: number;
}

/** Counts as the storage thread keeps them. */
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

/** A move of all that a destination has. */
export interface ReassignArgument {
  readonly from: string;
  readonly to: string;
  readonly isClockSet: boolean;
}

/** Leases that must outlive the storage thread. */
export interface LeasedIds {
  readonly destination: string;
  readonly ids: readonly ItemId[];
}

/** The operations of the outbox's program. */
export interface OutboxOperations {
  accept(argument: AcceptArgument): ItemId;
  /** Learns what is known of this machine's present boot; from then on, items are handed out accordingly. */
  learn(boot: Boot): void;
  lease(argument: LeaseArgument): readonly StoredItem[];
  leaseGroup(argument: LeaseArgument): readonly StoredItem[];
  release(ids: readonly ItemId[]): void;
  acknowledge(ids: readonly ItemId[]): Deleted;
  refuse(argument: { readonly ids: readonly ItemId[]; readonly reason: string }): void;
  counts(destination: string): StoredCounts;
  destinations(argument: null): readonly string[];
  /** Items with their content. */
  list(argument: ListPage): readonly StoredRefusal[];
  /** Ids alone. */
  ids(argument: ListPage): readonly ItemId[];
  retry(ids: readonly ItemId[]): number;
  discard(ids: readonly ItemId[]): Deleted;
  pause(destination: string): void;
  resume(destination: string): void;
  reassign(argument: ReassignArgument): number;
  enforce(argument: EnforceArgument): {
    readonly dropped: readonly DroppedItem[];
    readonly images: readonly string[];
  };
  /** Images of items after an id, in the order of ids, so that files that no item names can be found. */
  pictures(argument: { readonly after: ItemId; readonly count: number }): readonly Pictured[];
}

/** An item that has images. */
export interface Pictured {
  readonly id: ItemId;
  readonly images: string;
}
