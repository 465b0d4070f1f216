import { success } from '../result';
import type { Database } from '../storage';
import { imagesOf, type ImageFolder } from './images';
import { listedItem, refusedItem } from './kept-items';
import type { ListName, OutboxOperations } from './operations';
import type { ItemId, ListedItem, Outbox, Outcome, RefusedItem, RefusedList, RefusedPage } from './types';

/** Items that are read at a time for an export; their images are read one by one. */
const EXPORT_PAGE = 20;

/** Items that are changed in one transaction when a whole list is changed; other calls run between transactions. */
const CHANGE_PAGE = 1000;

/** The operations of users on the lists of an outbox. */
export function createLists(
  database: Database<OutboxOperations>,
  folder: ImageFolder,
  acknowledge: Outbox['acknowledge'],
): Pick<Outbox, 'refused' | 'clear' | 'export'> {
  async function listRefused(destination: string, page: RefusedPage): Outcome<readonly RefusedItem[]> {
    const found = await database.call('list', { ...page, destination, list: 'refused' });
    return found.ok ? success(found.value.map((item) => refusedItem(folder, destination, item))) : found;
  }

  async function listWaiting(destination: string, page: RefusedPage): Outcome<readonly ListedItem[]> {
    const found = await database.call('list', { ...page, destination, list: 'waiting' });
    return found.ok ? success(found.value.map((item) => listedItem(folder, destination, item))) : found;
  }

  async function discard(ids: readonly ItemId[]): Outcome<number> {
    const deleted = await database.call('discard', ids);
    if (!deleted.ok) return deleted;
    await folder.remove(deleted.value.images.flatMap((images) => imagesOf(images)));
    return success(deleted.value.count);
  }

  const retry = (ids: readonly ItemId[]): Outcome<number> => database.call('retry', ids);

  async function acknowledgeAndCount(ids: readonly ItemId[]): Outcome<number> {
    const acknowledged = await acknowledge(ids);
    return acknowledged.ok ? success(ids.length) : acknowledged;
  }

  async function clear(destination: string): Outcome<number> {
    const waiting = await changeAll(database, destination, 'waiting', acknowledgeAndCount);
    if (!waiting.ok) return waiting;
    const refused = await changeAll(database, destination, 'refused', discard);
    return refused.ok ? success(waiting.value + refused.value) : refused;
  }

  async function* exportSome(destination: string, ids: readonly ItemId[]): AsyncGenerator<string> {
    for (const id of ids) {
      const page = await listRefused(destination, { after: id - 1, count: 1 });
      if (!page.ok) {
        yield JSON.stringify({ problem: page.failure.message });
        return;
      }
      const [item] = page.value;
      if (item?.id === id) yield await lineOf(item);
    }
  }

  const refused: RefusedList = {
    list: listRefused,
    retry,
    retryAll: (destination) => changeAll(database, destination, 'refused', retry),
    edit: (id, { group, body }) => database.call('edit', { id, group, body }),
    discard,
    discardAll: (destination) => changeAll(database, destination, 'refused', discard),
    export: (destination) => linesOf((page) => listRefused(destination, page)),
    exportSome,
  };

  async function* exportAll(destination: string): AsyncGenerator<string> {
    yield* linesOf((page) => listWaiting(destination, page));
    yield* refused.export(destination);
  }

  return { refused, clear, export: exportAll };
}

/** Changes all items of a list. @returns how many were changed */
async function changeAll(
  database: Database<OutboxOperations>,
  destination: string,
  list: ListName,
  change: (ids: readonly ItemId[]) => Outcome<number>,
): Outcome<number> {
  let count = 0;
  for (let after = 0; ;) {
    const ids = await database.call('ids', { destination, list, after, count: CHANGE_PAGE });
    if (!ids.ok) return ids;
    const last = ids.value.at(-1);
    if (last === undefined) return success(count);
    const changed = await change(ids.value);
    if (!changed.ok) return changed;
    count += changed.value;
    after = last;
  }
}

/** Lines of JSON, one item at a time. */
async function* linesOf(list: (page: RefusedPage) => Outcome<readonly ListedItem[]>): AsyncGenerator<string> {
  for (let after = 0; ;) {
    const page = await list({ after, count: EXPORT_PAGE });
    if (!page.ok) {
      yield JSON.stringify({ problem: page.failure.message });
      return;
    }
    for (const item of page.value) yield await lineOf(item);
    const last = page.value.at(-1);
    if (!last) return;
    after = last.id;
  }
}

async function lineOf(item: ListedItem): Promise<string> {
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
