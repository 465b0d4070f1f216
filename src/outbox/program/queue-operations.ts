import type { Connection } from '../../storage';
import type {
  AcceptedItem,
  Deleted,
  EditArgument,
  LanesArgument,
  LeaseArgument,
  LeaseLaneArgument,
  NewestArgument,
  StoredCounts,
  StoredItem,
  StoredListed,
} from '../operations';
import { identityOf } from '../identity';
import type { SentItem, WaitingItem } from '../types';
import type { Boots } from './boots';
import type { OutboxContext } from './context';
import { deleteItems } from './delete-items';
import {
  fixTime,
  insertItem,
  itemsAfter,
  newestOfBoots,
  setContent,
  setRefusal,
  type ItemRow,
} from './items';
import { countLane } from './lanes';
import { isPaused } from './pauses';
import type { QueueCounters } from './queue-counters';

/** Inserts new items. @returns their ids */
export function accept(context: OutboxContext, items: readonly AcceptedItem[]): readonly number[] {
  return items.map((item) => acceptOne(context, item));
}

/** Inserts a new item. @returns its id */
export function acceptOne({ connection, counters, boots }: OutboxContext, item: AcceptedItem): number {
  const { destination, stamp, ...content } = item;
  const queue = counters.ofDestination(destination);
  const id = counters.nextId(queue);
  insertItem(connection, {
    ...content,
    id,
    destination: queue.number,
    refusedAt: null,
    reason: null,
    stamp: stamp && boots.stamp(item.timestamp, stamp),
  });
  queue.waiting += 1;
  queue.bytes += item.bytes;
  counters.markChanged(queue);
  return id;
}

/** Leases the next items of a destination, unless it is paused. */
export function lease(
  context: OutboxContext,
  { destination, ...limits }: LeaseArgument,
  now: number,
): readonly StoredItem[] {
  const exceptBoots = context.boots.boots(limits.exceptTimes ?? []);
  return leaseFrom(context, destination, (queue) =>
    context.leases.lease(queue, { ...limits, exceptBoots }, now),
  );
}

/** Leases the next items of one lane of a destination, unless it is paused. */
export function leaseLane(
  context: OutboxContext,
  { destination, ...limits }: LeaseLaneArgument,
  now: number,
): readonly StoredItem[] {
  const exceptBoots = context.boots.boots(limits.exceptTimes ?? []);
  return leaseFrom(context, destination, (queue) =>
    context.leases.leaseLane(queue, { ...limits, exceptBoots }, now),
  );
}

function leaseFrom(
  { connection, counters, boots }: OutboxContext,
  destination: string,
  leaseItems: (queue: QueueCounters) => readonly ItemRow[],
): readonly StoredItem[] {
  const queue = counters.find(destination);
  if (!queue || isPaused(connection, queue.number)) return [];
  return leaseItems(queue).map((item) => dated(boots, item));
}

/** The newest waiting items of a destination whose time is only known so well, unless it is paused. */
export function newest(
  { connection, counters, boots }: OutboxContext,
  { destination, times, ...limits }: NewestArgument,
): readonly WaitingItem[] {
  const queue = counters.find(destination);
  if (!queue || isPaused(connection, queue.number)) return [];
  const items = newestOfBoots(connection, queue.number, boots.boots(times), limits);
  return items.map((item) => ({ id: item.id, group: item.group, body: item.body, ...boots.timeOf(item) }));
}

/** How many items wait in each of these lanes. */
export function countLanes(
  { connection, counters }: OutboxContext,
  { destination, lanes }: LanesArgument,
): readonly number[] {
  const queue = counters.find(destination);
  return lanes.map((lane) => (queue ? countLane(connection, queue.number, lane) : 0));
}

/** An item with its time as it is known now. */
function dated(boots: Boots, item: ItemRow): StoredItem {
  const { id, group, bytes, body, origin, images } = item;
  return { id, group, bytes, body, origin, images, ...boots.timeOf(item) };
}

/** An item as a page of a list shows it. */
export function listed(boots: Boots, item: ItemRow): StoredListed {
  const { refusedAt, reason } = item;
  return { ...dated(boots, item), refusedAt, reason, identity: identityOf(item) };
}

/** Deletes delivered items and ends their leases. */
export function acknowledge(
  { connection, counters, leases }: OutboxContext,
  ids: readonly number[],
): Deleted {
  const deleted = deleteItems(connection, counters, 'waiting', ids);
  connection.afterCommit(() => leases.end(ids));
  return deleted;
}

/** Ends leases of items that the service may have taken: they keep the times with which they were sent. */
export function releaseSent({ connection, leases }: OutboxContext, items: readonly SentItem[]): void {
  const changing = items.flatMap(({ id, timestamp }) => {
    const item = readUndamaged(connection, id);
    // Without a stamp, or with one of a clock that was set, the time never changes.
    const mayChange = item?.stamp && item.stamp.trust !== 'set' && item.refusedAt === null;
    return mayChange ? [{ item, timestamp }] : [];
  });
  if (changing.length > 0)
    connection.transaction(() => {
      for (const { item, timestamp } of changing) fixTime(connection, item, timestamp);
    });
  leases.release(items.map(({ id }) => id));
}

/** Moves waiting items to the refused list. */
export function refuse(
  { connection, counters, leases }: OutboxContext,
  ids: readonly number[],
  reason: string,
  now: number,
): void {
  for (const id of ids) {
    const item = readUndamaged(connection, id);
    if (!item || item.refusedAt !== null) continue;
    setRefusal(connection, item, Math.floor(now), reason);
    const queue = counters.byNumber(item.destination);
    queue.waiting -= 1;
    queue.refused += 1;
    counters.markChanged(queue);
  }
  // This also ends the lease of a damaged item, so that the next lease finds the damage.
  connection.afterCommit(() => leases.release(ids));
}

/** The item with an id; undefined if there is none or it is damaged. */
function readUndamaged(connection: Connection, id: number): ItemRow | undefined {
  const [found] = itemsAfter(connection, 'all', [id - 1], 1);
  return found && 'id' in found && found.id === id ? found : undefined;
}

/** Moves refused items back to the waiting ones. @returns how many */
export function retry({ connection, counters, leases }: OutboxContext, ids: readonly number[]): number {
  let count = 0;
  for (const id of ids) {
    const item = readUndamaged(connection, id);
    if (!item || item.refusedAt === null) continue;
    setRefusal(connection, item, null, null);
    const queue = counters.byNumber(item.destination);
    queue.waiting += 1;
    queue.refused -= 1;
    counters.markChanged(queue);
    connection.afterCommit(() => leases.rewind(queue, id));
    count += 1;
  }
  return count;
}

/** Gives a refused item another content, and moves it back to the waiting ones. @returns how many */
export function edit(
  { connection, counters, leases }: OutboxContext,
  { id, group, body }: EditArgument,
): number {
  const item = readUndamaged(connection, id);
  if (!item || item.refusedAt === null) return 0;
  const growth = Buffer.byteLength(body) - Buffer.byteLength(item.body);
  setContent(connection, { ...item, group, body, bytes: item.bytes + growth, refusedAt: null, reason: null });
  const queue = counters.byNumber(item.destination);
  queue.waiting += 1;
  queue.refused -= 1;
  queue.bytes += growth;
  counters.markChanged(queue);
  connection.afterCommit(() => leases.rewind(queue, id));
  return 1;
}

const NO_COUNTS: StoredCounts = {
  waiting: 0,
  bytes: 0,
  refused: 0,
  dropped: 0,
  damaged: 0,
  oldest: undefined,
  isPaused: false,
};

/** How much of a destination is kept. */
export function countsOf({ connection, counters, boots }: OutboxContext, destination: string): StoredCounts {
  const queue = counters.find(destination);
  if (!queue) return NO_COUNTS;
  const { number, waiting, bytes, refused, dropped, damaged } = queue;
  const [oldest] = itemsAfter(connection, 'waiting', [number, 0], 1);
  const timestamp = oldest && 'timestamp' in oldest ? boots.timeOf(oldest).timestamp : undefined;
  return {
    waiting,
    bytes,
    refused,
    dropped,
    damaged,
    oldest: timestamp,
    isPaused: isPaused(connection, number),
  };
}
