import { success } from '../result';
import type { Database } from '../storage';
import { imagesOf, type ImageFolder } from './images';
import { refusedItem } from './kept';
import type { OutboxOperations } from './operations';
import type { ItemId, Outcome, RefusedItem, RefusedList, RefusedPage } from './types';

/** Items read at a time for an export; their images are read one by one. */
const EXPORT_PAGE = 20;

/** The refused list over the outbox's database. */
export function createRefusedList(database: Database<OutboxOperations>, folder: ImageFolder): RefusedList {
  async function list(destination: string, page: RefusedPage): Outcome<readonly RefusedItem[]> {
    const found = await database.call('listRefused', { ...page, destination });
    return found.ok ? success(found.value.map((item) => refusedItem(folder, destination, item))) : found;
  }

  async function discard(ids: readonly ItemId[]): Outcome<number> {
    const deleted = await database.call('discard', ids);
    if (!deleted.ok) return deleted;
    await folder.remove(deleted.value.images.flatMap((images) => imagesOf(images)));
    return success(deleted.value.count);
  }

  async function* lines(destination: string): AsyncGenerator<string> {
    for (let after = 0; ;) {
      const page = await list(destination, { after, count: EXPORT_PAGE });
      if (!page.ok) {
        yield JSON.stringify({ problem: page.failure.message });
        return;
      }
      for (const item of page.value) yield await exported(item);
      const last = page.value.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  return { list, retry: (ids) => database.call('retry', ids), discard, export: lines };
}

async function exported(item: RefusedItem): Promise<string> {
  const images = [];
  for (const image of item.images) {
    const { field, size } = image;
    const bytes = await image.read();
    const content = bytes.ok
      ? { base64: Buffer.from(bytes.value).toString('base64') }
      : { problem: bytes.failure.message };
    images.push({ field, size, ...content });
  }
  return JSON.stringify({ ...item, images });
}
