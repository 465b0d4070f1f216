import type { ItemId, KeptItem } from '../outbox';

/** Leased items that go as one request. */
export interface Parcel {
  readonly items: readonly KeptItem[];
  /** How often it failed while the service took others. */
  readonly strikes: number;
}

/** The ids of a parcel. */
export function idsOf({ items }: Pick<Parcel, 'items'>): readonly ItemId[] {
  return items.map((item) => item.id);
}

/** Puts leased items together. */
export interface Packer {
  /** The parcels that items make; where they merge, all of them are of one group. */
  pack(items: readonly KeptItem[]): Parcel[];
  /** Has the items of a parcel go in two halves from now on, also after they were leased anew. */
  halve(parcel: Parcel): void;
  /** Items that no longer wait. */
  forget(ids: readonly ItemId[]): void;
}

/**
 * A packer. Where items do not merge, each is a parcel.
 * @param strikesOf how often an item failed while the service took others: such a one goes alone
 */
export function createPacker(canMerge: boolean, strikesOf: (id: ItemId) => number): Packer {
  // No parcel reaches across the start of one of these. They wait, or they are forgotten: so there are never many.
  const cuts = new Set<ItemId>();

  function pack(items: readonly KeptItem[]): Parcel[] {
    const parcels: { readonly items: KeptItem[]; readonly strikes: number }[] = [];
    for (const item of items) {
      const last = parcels.at(-1);
      const strikes = strikesOf(item.id);
      if (last && canMerge && !cuts.has(item.id) && strikes + last.strikes === 0) last.items.push(item);
      else parcels.push({ items: [item], strikes });
    }
    return parcels;
  }

  function halve({ items }: Parcel): void {
    const middle = items[Math.ceil(items.length / 2)];
    if (middle) cuts.add(middle.id);
  }

  function forget(ids: readonly ItemId[]): void {
    if (cuts.size > 0) for (const id of ids) cuts.delete(id);
  }

  return { pack, halve, forget };
}
