import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeptItem, NewItem, OutboxFailure } from '../outbox';
import { failed, success, type Failure, type Result } from '../result';
import type { Parcel } from './parcel';

/** An item in the form in which the outbox keeps it. */
export type StoredItem = Pick<NewItem, 'group' | 'timestamp' | 'body' | 'images'>;

/** How items of one kind are kept, and sent together. Its functions do not throw. */
export interface Codec<Item extends object> {
  readonly store: (item: Item) => StoredItem;
  /** The item as it was stored, also by an earlier version; where it cannot be read, it is refused with that reason. */
  readonly restore: (stored: StoredItem) => Result<Item, Failure<string>>;
  /** One item that carries all that items of one group do (at least two, oldest first), where there is such a thing. */
  readonly merge?: ((items: readonly Item[]) => Item) | undefined;
}

/** A parcel as the transport takes it. */
export interface Shipment<Item> {
  /** What to deliver; undefined where all items are spoiled. */
  readonly item: Item | undefined;
  /** The items that it carries. */
  readonly kept: readonly KeptItem[];
  readonly spoiled: readonly SpoiledItem[];
}

/** An item that cannot be sent, and why. */
export interface SpoiledItem {
  readonly kept: KeptItem;
  readonly reason: string;
}

/** Items that are restored before others may run: a few milliseconds on a Raspberry Pi. */
const STEP = 100;

/** Reads what a parcel holds; a failure is the outbox's. */
export async function unpack<Item extends object>(
  { items }: Parcel,
  codec: Codec<Item>,
): Promise<Result<Shipment<Item>, OutboxFailure>> {
  const restored: Item[] = [];
  const kept: KeptItem[] = [];
  const spoiled: SpoiledItem[] = [];
  for (const [index, each] of items.entries()) {
    if (index > 0 && index % STEP === 0) await nextTurn();
    const images = await readImages(each);
    if (!images.ok && images.failure.kind !== 'damaged') return images;
    const item = images.ok ? codec.restore({ ...each, images: images.value }) : images;
    if (item.ok) {
      restored.push(item.value);
      kept.push(each);
    } else spoiled.push({ kept: each, reason: item.failure.message });
  }
  const item = restored.length > 1 ? codec.merge?.(restored) : restored[0];
  return success({ item, kept, spoiled });
}

async function readImages({ images }: KeptItem): Promise<Result<StoredItem['images'], OutboxFailure>> {
  const read: { field: string; bytes: Uint8Array }[] = [];
  for (const image of images) {
    const bytes = await image.read();
    if (!bytes.ok) {
      const { kind, message } = bytes.failure;
      return failed({ kind, message: `Image "${image.field}": ${message}` });
    }
    read.push({ field: image.field, bytes: bytes.value });
  }
  return success(read);
}

/** Does `task` for each item, letting others run now and then. */
export async function forEachInSteps<Each>(all: readonly Each[], task: (each: Each) => void): Promise<void> {
  for (const [index, each] of all.entries()) {
    if (index > 0 && index % STEP === 0) await nextTurn();
    task(each);
  }
}
