import type { Parcel } from './parcel';

/** Parcels of one item that failed, kept leased so that others pass them. */
export interface Aside {
  /** Whether there was room; where not, the item has to go back to the queue. */
  add(parcel: Parcel, dueAt: number): boolean;
  /** Of those that are due, the one that was tried longest ago. */
  takeDue(now: number): Parcel | undefined;
  takeAll(): readonly Parcel[];
  /** When the next one is due; undefined where there is none. */
  nextDueAt(): number | undefined;
  /** All are due at once. */
  hurry(): void;
}

/** Few: each keeps its place in memory and is out of reach of the bounds. Bytes count images, which stay on the disk. */
const MOST_ASIDE = 16;
const MOST_BYTES = 16 * 2 ** 20;

export function createAside(): Aside {
  let entries: { readonly parcel: Parcel; readonly dueAt: number }[] = [];

  function add(parcel: Parcel, dueAt: number): boolean {
    const held = entries.reduce((sum, entry) => sum + bytesOf(entry.parcel), 0);
    const isFull =
      entries.length >= MOST_ASIDE || (entries.length > 0 && held + bytesOf(parcel) > MOST_BYTES);
    if (!isFull) entries.push({ parcel, dueAt });
    return !isFull;
  }

  function takeDue(now: number): Parcel | undefined {
    const found = entries.find((entry) => entry.dueAt <= now);
    if (found) entries = entries.filter((entry) => entry !== found);
    return found?.parcel;
  }

  function takeAll(): readonly Parcel[] {
    const parcels = entries.map((entry) => entry.parcel);
    entries = [];
    return parcels;
  }

  function hurry(): void {
    entries = entries.map(({ parcel }) => ({ parcel, dueAt: -Infinity }));
  }

  const nextDueAt = () =>
    entries.length === 0 ? undefined : Math.min(...entries.map((entry) => entry.dueAt));
  return { add, takeDue, takeAll, nextDueAt, hurry };
}

function bytesOf({ items }: Parcel): number {
  return items.reduce((sum, item) => sum + item.bytes, 0);
}
