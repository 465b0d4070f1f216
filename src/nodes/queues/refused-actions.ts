import { decodeJson } from '../../json';
import { isPlainObject } from '../../fields';
import type { ItemId, NewImage, Outbox, Outcome, RefusedItem } from '../../outbox';
import { success } from '../../result';
import type { ChangedView, ReadingView, RefusedPageView, RefusedView } from '../contract';
import type { Runtime } from '../runtime';
import { checked, countOf, outboxFailed, problem, queuesOf, withOutbox, type Answer } from './answers';
import { nameOfGroup, storedReading } from './content';
import { contentOf, userLines } from './reading';

/** Which refused readings are wanted. What is left out does not matter. */
export interface RefusedFilter {
  /** A part of the reason, of the device's name, or of the content; capitals do not matter. */
  readonly text?: string | undefined;
  /** A part of the device's name. */
  readonly device?: string | undefined;
  /** When the reading was taken, in milliseconds since 1970: not before, and not after. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** A page of the refused list. */
export interface RefusedQuery {
  /** Where the page before ended, or 0. */
  readonly after: ItemId;
  /** Most readings of the page. */
  readonly count: number;
  readonly filter: RefusedFilter;
}

/** What a user does with what was refused. */
export interface RefusedActions {
  /** A page of the refused list, oldest first. It may have less than was asked for although it is not the last. */
  readonly refused: (destination: string, query: RefusedQuery) => Answer<RefusedPageView>;
  /** The content of a refused reading. */
  readonly reading: (destination: string, id: ItemId) => Answer<ReadingView>;
  readonly retry: (destination: string, ids: readonly ItemId[]) => Answer<ChangedView>;
  readonly retryAll: (destination: string) => Answer<ChangedView>;
  readonly discard: (destination: string, ids: readonly ItemId[]) => Answer<ChangedView>;
  readonly discardAll: (destination: string) => Answer<ChangedView>;
  /**
   * Gives a refused reading another content, JSON text as `reading` shows it, and has it tried again. The service's
   * rules decide whether that can be sent. It keeps its time and its pictures.
   */
  readonly edit: (destination: string, id: ItemId, text: string) => Answer<ChangedView>;
  /** Those of a list that are still on it, as lines of JSON, see `userLine`. */
  readonly exportChosen: (destination: string, ids: readonly ItemId[]) => Answer<AsyncIterable<string>>;
}

/** So many readings are looked through for one page: a filter may match few. */
const MOST_LOOKED_THROUGH = 2000;
const STEP = 200;

/** The longest text of a reading in the sidebar, in characters. The export has all of it. */
const LONGEST_TEXT = 20_000;

export function createRefusedActions(runtime: Runtime): RefusedActions {
  function change(
    destination: string,
    act: (list: Outbox['refused']) => Outcome<number>,
  ): Answer<ChangedView> {
    return withOutbox(runtime, async (outbox) => {
      const changed = checked(await act(outbox.refused));
      for (const queue of queuesOf(runtime, destination)) queue.retryNow();
      return countOf(changed);
    });
  }

  async function edit(destination: string, id: ItemId, text: string): Answer<ChangedView> {
    return withOutbox(runtime, async (outbox) => {
      const item = await findRefused(outbox, destination, id);
      if (!item.ok) return item;
      const stored = await edited(destination, item.value, text);
      if (!stored.ok) return stored;
      const { group, body } = stored.value;
      return change(destination, (list) => list.edit(id, { group, body }));
    });
  }

  return {
    refused: (destination, query) => withOutbox(runtime, (outbox) => pageOf(outbox, destination, query)),
    reading: (destination, id) => withOutbox(runtime, (outbox) => viewOf(outbox, destination, id)),
    retry: (destination, ids) => change(destination, (list) => list.retry(ids)),
    retryAll: (destination) => change(destination, (list) => list.retryAll(destination)),
    discard: (destination, ids) => change(destination, (list) => list.discard(ids)),
    discardAll: (destination) => change(destination, (list) => list.discardAll(destination)),
    edit,
    exportChosen: (destination, ids) =>
      withOutbox(runtime, async (outbox) => success(userLines(outbox.refused.exportSome(destination, ids)))),
  };
}

async function pageOf(
  { refused: list }: Outbox,
  destination: string,
  { after, count, filter }: RefusedQuery,
): Answer<RefusedPageView> {
  const readings: RefusedView[] = [];
  let next = after;
  for (let looked = 0; looked < MOST_LOOKED_THROUGH && readings.length < count; looked += STEP) {
    const page = await list.list(destination, { after: next, count: STEP });
    if (!page.ok) return outboxFailed(page.failure);
    for (const item of page.value) {
      if (readings.length === count) break;
      next = item.id;
      if (isMatch(item, filter)) readings.push(refusedView(item));
    }
    if (page.value.length === 0) return success({ readings, next, isLast: true });
  }
  const following = await list.list(destination, { after: next, count: 1 });
  if (!following.ok) return outboxFailed(following.failure);
  return success({ readings, next, isLast: following.value.length === 0 });
}

function refusedView(item: RefusedItem): RefusedView {
  const { id, timestamp, refusedAt, reason } = item;
  return { id, timestamp, refusedAt, reason, device: nameOfGroup(item.destination, item.group) };
}

function isMatch(
  item: RefusedItem,
  { text = '', device = '', from = -Infinity, to = Infinity }: RefusedFilter,
) {
  const { timestamp, reason, body } = item;
  const name = nameOfGroup(item.destination, item.group);
  const isThen = timestamp >= from && timestamp <= to;
  return isThen && isPart(device, name) && [reason, name, body].some((whole) => isPart(text, whole));
}

/** Whether a text is a part of another; capitals do not matter. */
function isPart(text: string, whole: string): boolean {
  return whole.toLowerCase().includes(text.toLowerCase());
}

async function findRefused(outbox: Outbox, destination: string, id: ItemId): Answer<RefusedItem> {
  const page = await outbox.refused.list(destination, { after: id - 1, count: 1 });
  if (!page.ok) return outboxFailed(page.failure);
  const [item] = page.value;
  return item?.id === id
    ? success(item)
    : problem('unknown', 'This reading is no longer on the refused list');
}

async function viewOf(outbox: Outbox, destination: string, id: ItemId): Answer<ReadingView> {
  const found = await findRefused(outbox, destination, id);
  if (!found.ok) return found;
  const text = JSON.stringify(contentOf(destination, found.value), undefined, 2);
  const pictures = found.value.images.map(({ field, size }) => ({ field, size }));
  return success({ text: text.slice(0, LONGEST_TEXT), isCut: text.length > LONGEST_TEXT, pictures });
}

/** A refused reading with another content, as it is kept. */
async function edited(destination: string, item: RefusedItem, text: string) {
  const content = decodeJson(text)?.value;
  if (!isPlainObject(content)) return problem('rules', 'This is no JSON object with a payload');
  const pictures: NewImage[] = [];
  for (const image of item.images) {
    const bytes = await image.read();
    if (!bytes.ok) return problem('outbox', bytes.failure.message);
    pictures.push({ field: image.field, bytes: bytes.value });
  }
  const { timestamp } = item;
  const stored = storedReading(destination, {
    timestamp,
    payload: content['payload'] ?? {},
    target: content,
    pictures,
  });
  return stored.ok ? stored : problem('rules', stored.failure.message);
}
