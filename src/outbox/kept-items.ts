import { imagesOf, type ImageFolder } from './images';
import type { StoredItem, StoredListed } from './operations';
import type { KeptItem, ListedItem, RefusedItem } from './types';

/** The item that callers get for a stored one. Its images stay on the disk until they are read. */
export function keptItem(folder: ImageFolder, destination: string, item: StoredItem): KeptItem {
  const { id, group, timestamp, correctionMs, certainty, body, origin, bytes } = item;
  const images = imagesOf(item.images).map((image) => ({
    field: image.field,
    size: image.size,
    read: () => folder.read(image),
  }));
  return { id, destination, group, timestamp, correctionMs, certainty, body, images, origin, bytes };
}

/** The item that callers get for a stored one of a list. */
export function listedItem(folder: ImageFolder, destination: string, item: StoredListed): ListedItem {
  return { ...keptItem(folder, destination, item), identity: item.identity };
}

/** The item that callers get for a stored one of the refused list. */
export function refusedItem(folder: ImageFolder, destination: string, item: StoredListed): RefusedItem {
  const { refusedAt, reason } = item;
  return { ...listedItem(folder, destination, item), refusedAt: refusedAt ?? 0, reason: reason ?? '' };
}
