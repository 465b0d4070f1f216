import type { ItemId, KeptItem } from '../outbox';

/** Leased items that go as one request, all of one lane. */
export interface Batch {
  readonly lane: string;
  readonly items: readonly KeptItem[];
}

/** The ids of a batch. */
export function idsOf({ items }: Pick<Batch, 'items'>): readonly ItemId[] {
  return items.map((item) => item.id);
}
