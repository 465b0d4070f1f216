/**
 * Slots: the stretches of time that blocks of rows cover. A slot is a power of two of milliseconds wide and begins at
 * a multiple of its width. So of two slots either one holds the other or they have nothing in common, and a slot never
 * lies across the border of two buckets that are at least as wide as it is.
 */

export interface Slot {
  readonly start: number;
  readonly width: number;
}

/** The widest slot, in milliseconds: 25 days, so that retention need not look into many blocks. */
const WIDEST = 2 ** 31;

/** The slot of a width that holds a time. */
export function slotAt(time: number, width: number): Slot {
  // Exact: with a power of two only the exponent changes.
  return { start: Math.floor(time / width) * width, width };
}

/** The widest slot that holds `time` and lies between two times, which are ends of slots. */
export function freeSlot(time: number, from: number, to: number): Slot {
  let slot = slotAt(time, WIDEST);
  while (slot.start < from || endOf(slot) > to) slot = slotAt(time, slot.width / 2);
  return slot;
}

/** The time at which a slot ends, which is no longer in it. */
export function endOf({ start, width }: Slot): number {
  return start + width;
}

/** The two halves of a slot. */
export function halvesOf({ start, width }: Slot): readonly [Slot, Slot] {
  const half = width / 2;
  return [
    { start, width: half },
    { start: start + half, width: half },
  ];
}
