import { DamagedFile, type Connection } from '../../storage';
import type { LeasedIds } from '../operations';
import type { LeaseLimits } from '../types';
import { isWaiting, type ItemRow } from './items';
import { walkItems, type Source, type Walk } from './lease-walk';
import type { QueueCounters, CounterTable } from './queue-counters';
import { quarantine } from './quarantine';

/** The leases of all destinations. They are only in memory, because a lease ends with the process. */
export interface Leases {
  /** Leases the oldest due items. */
  lease(queue: QueueCounters, limits: LeaseLimits, now: number): readonly ItemRow[];
  /** Leases the oldest due item and, if it has a group, further due items of the group. */
  leaseGroup(queue: QueueCounters, limits: LeaseLimits, now: number): readonly ItemRow[];
  readonly isLeased: (queue: QueueCounters, id: number) => boolean;
  /** Ends leases of items that still wait: they are due again. */
  release(ids: readonly number[]): void;
  /** Ends leases of items that no longer wait. */
  end(ids: readonly number[]): void;
  /** Has the next lease find an item that became due although later ones were leased before. */
  rewind(queue: QueueCounters, id: number): void;
  /** All leases, for `createLeases` after the file was opened again. */
  readonly state: () => readonly LeasedIds[];
}

/** Creates the leases. @param restored leases that the process had before the file was opened again */
export function createLeases(
  connection: Connection,
  counters: CounterTable,
  restored: readonly LeasedIds[],
): Leases {
  const positions = new Map<number, Position>();

  function lease(queue: QueueCounters, limits: LeaseLimits, now: number): readonly ItemRow[] {
    const position = positionOf(positions, queue.number);
    const source: Source = { where: 'waiting', values: [queue.number], after: position.cursor };
    const walk = walkItems(connection, source, limits, position.leased);
    const items = take(queue, walk, now);
    position.cursor = Math.min(walk.last, walk.firstPassed - 1);
    return items;
  }

  function leaseGroup(queue: QueueCounters, limits: LeaseLimits, now: number): readonly ItemRow[] {
    const [oldest] = lease(queue, { ...limits, count: Math.min(1, limits.count) }, now);
    if (oldest === undefined || oldest.group === '') return oldest ? [oldest] : [];
    const position = positionOf(positions, queue.number);
    const { cursor } = position;
    release([oldest.id]);
    const source: Source = { where: 'grouped', values: [queue.number, oldest.group], after: oldest.id - 1 };
    const walk = walkItems(connection, source, limits, position.leased);
    if (walk.items[0]?.id !== oldest.id) throw new DamagedFile(`Item ${oldest.id} is not among its group`);
    const items = take(queue, walk, now);
    position.cursor = cursor;
    return items;
  }

  function take(queue: QueueCounters, walk: Walk, now: number): readonly ItemRow[] {
    const { leased } = positionOf(positions, queue.number);
    quarantine(connection, counters, { queue, list: 'waiting', ids: walk.damaged }, now);
    for (const item of walk.items) leased.add(item.id);
    if (walk.isAtEnd && walk.items.length === 0) checkComplete(queue, leased.size, walk.passed);
    return walk.items;
  }

  function release(ids: readonly number[]): void {
    for (const position of positions.values()) {
      for (const id of ids)
        if (position.leased.delete(id)) position.cursor = Math.min(position.cursor, id - 1);
    }
  }

  function end(ids: readonly number[]): void {
    for (const { leased } of positions.values()) for (const id of ids) leased.delete(id);
  }

  function rewind({ number }: QueueCounters, id: number): void {
    const position = positionOf(positions, number);
    position.cursor = Math.min(position.cursor, id - 1);
  }

  const state = (): readonly LeasedIds[] =>
    [...positions].map(([number, { leased }]) => ({
      destination: counters.byNumber(number).name,
      ids: [...leased],
    }));

  for (const { destination, ids } of restored) {
    const { number } = counters.ofDestination(destination);
    const { leased } = positionOf(positions, number);
    for (const id of ids) if (isWaiting(connection, number, id)) leased.add(id);
  }
  const isLeased = ({ number }: QueueCounters, id: number) => positionOf(positions, number).leased.has(id);
  return { lease, leaseGroup, isLeased, release, end, rewind, state };
}

interface Position {
  /** All waiting items up to this id are leased, so the search begins after it. */
  cursor: number;
  readonly leased: Set<number>;
}

function positionOf(positions: Map<number, Position>, number: number): Position {
  const known = positions.get(number);
  if (known) return known;
  const made = { cursor: 0, leased: new Set<number>() };
  positions.set(number, made);
  return made;
}

/** If nothing is due, all waiting items must be leased or passed over; otherwise the index lacks some. */
function checkComplete({ waiting }: QueueCounters, leased: number, passed: number): void {
  if (leased + passed < waiting) throw new DamagedFile(`${waiting - leased} items cannot be found`);
}
