import type { NewItem } from '../outbox';
import type { Failure, Result } from '../result';

/** An item in the form in which the outbox keeps it. */
export type StoredItem = Pick<NewItem, 'group' | 'timestamp' | 'body' | 'images'>;

/**
 * How items of one kind are kept, and sent together. Where it has `laneOf`, each group is a lane: the service may refuse
 * it on its own, it is sent in its order, and no item is without a group. Only items with lanes merge. Its functions do
 * not throw.
 */
export interface Codec<Item extends object> {
  readonly store: (item: Item) => StoredItem;
  /** The item as it was stored, also by an earlier version; where it cannot be read, it is refused with that reason. */
  readonly restore: (stored: StoredItem) => Result<Item, Failure<string>>;
  /** One item that carries all that items of one group do (at least two, oldest first), where there is such a thing. */
  readonly merge?: ((items: readonly Item[]) => Item) | undefined;
  /** The lane of an item, which is the group it is kept with; left out where items have no lanes. */
  readonly laneOf?: ((item: Item) => string) | undefined;
  /** What people call the lane of a group, such as its device; the group itself where this is left out. */
  readonly nameOfLane?: ((group: string) => string) | undefined;
}
