import { success } from '../result';
import type { Database } from '../storage';
import { sizesOf } from './check';
import type { ImageFolder, StoredImage } from './images';
import type { AcceptedItem, OutboxOperations } from './operations';
import type { ItemId, NewItem, Outbox, OutboxOptions, Outcome } from './types';

/** The part of the outbox that takes in new items. */
export function createAcceptance(
  database: Database<OutboxOperations>,
  folder: ImageFolder,
  acceptanceTime: () => number,
  timekeeper: OutboxOptions['timekeeper'],
): Pick<Outbox, 'accept' | 'acceptAll'> {
  async function acceptAll(items: readonly NewItem[]): Outcome<readonly ItemId[]> {
    if (items.length === 0) return success([]);
    const sizes = sizesOf(items);
    if (!sizes.ok) return sizes;
    const stored = await folder.store(items.flatMap(({ images }) => images));
    if (!stored.ok) return stored;
    let imageCount = 0;
    const accepted = await database.call(
      'accept',
      items.map((item, index) => {
        const images = stored.value.slice(imageCount, (imageCount += item.images.length));
        return rowOf(item, images, sizes.value[index] ?? 0);
      }),
    );
    // If the thread stopped, the rows may have been written; if they were not, the next start sweeps the files.
    if (!accepted.ok && accepted.failure.kind !== 'stopped') await folder.remove(stored.value);
    return accepted;
  }

  function rowOf(item: NewItem, images: readonly StoredImage[], bytes: number): AcceptedItem {
    const { destination, group, timestamp, body, origin } = item;
    return {
      destination,
      group,
      timestamp,
      body,
      origin,
      images: images.length > 0 ? JSON.stringify(images) : '',
      bytes,
      accepted: acceptanceTime(),
      stamp: timekeeper?.stampOf(timestamp),
    };
  }

  async function accept(item: NewItem): Outcome<ItemId> {
    const accepted = await acceptAll([item]);
    // There is an id for each item.
    return accepted.ok ? success(accepted.value[0] ?? 0) : accepted;
  }

  return { accept, acceptAll };
}
