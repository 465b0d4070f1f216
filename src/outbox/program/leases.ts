import { DamagedFile, type Connection } from '../../storage';
import type { LeasedIds } from '../operations';
import type { LaneLimits, LeaseLimits } from '../types';
import { isWaiting, type ItemRow } from './items';
import { lanesFrom } from './lanes';
import { walkItems, type Source, type Walk } from './lease-walk';
import type { QueueCounters, CounterTable } from './queue-counters';
import { quarantine } from './quarantine';

/** The limits of a lease; nothing is leased of some boots. */
export type WithoutBoots<Given extends LeaseLimits> = Given & { readonly exceptBoots: readonly number[] };

/** The leases of all destinations. They are only in memory, because a lease ends with the process. */
export interface Leases {
  /** Leases the oldest due items. */
  lease(queue: QueueCounters, limits: WithoutBoots<LeaseLimits>, now: number): readonly ItemRow[];
  /** Leases the oldest due items of a lane. */
  leaseLane(queue: QueueCounters, limits: WithoutBoots<LaneLimits>, now: number): readonly ItemRow[];
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
  const positions = createPositions(connection, counters, restored);

  function lease(queue: QueueCounters, limits: Limits, now: number): readonly ItemRow[] {
    const { leased, cursorsFor } = positions.of(queue.number);
    const cursors = cursorsFor(limits.exceptBoots);
    const source: Source = { where: 'waiting', values: [queue.number], after: cursors.all };
    const walk = walkItems(connection, withoutBoots(source, limits.exceptBoots), limits, leased);
    const items = take(queue, walk, now);
    const isNothing = walk.isAtEnd && items.length === 0;
    if (isNothing && limits.exceptBoots.length === 0) checkComplete(queue, leased.size, walk.passed);
    cursors.all = afterWalk(walk, queue, limits);
    return items;
  }

  function leaseLane(
    queue: QueueCounters,
    { lane, ...limits }: WithoutBoots<LaneLimits>,
    now: number,
  ): readonly ItemRow[] {
    if ('only' in lane) return leaseOf(queue, lane.only, limits, now);
    const except = new Set(lane.except);
    for (const next of lanesFrom(connection, queue.number, lane.after)) {
      const items = except.has(next) ? [] : leaseOf(queue, next, limits, now);
      if (items.length > 0) return items;
    }
    // Without lanes to pass over, whatever waits is due: an item without a group, or one that the index does not show.
    return except.size > 0 ? [] : lease(queue, { ...limits, count: Math.min(1, limits.count) }, now);
  }

  function leaseOf(queue: QueueCounters, lane: string, limits: Limits, now: number): readonly ItemRow[] {
    const { leased, cursorsFor } = positions.of(queue.number);
    const { lanes } = cursorsFor(limits.exceptBoots);
    const source: Source = { where: 'grouped', values: [queue.number, lane], after: lanes.get(lane) ?? 0 };
    const walk = walkItems(connection, withoutBoots(source, limits.exceptBoots), limits, leased);
    const foreign = walk.items.find(({ group }) => group !== lane);
    if (foreign) throw new DamagedFile(`Item ${foreign.id} is not of the lane that the index names`);
    const items = take(queue, walk, now);
    lanes.set(lane, afterWalk(walk, queue, limits));
    return items;
  }

  function take(queue: QueueCounters, walk: Walk, now: number): readonly ItemRow[] {
    const { leased } = positions.of(queue.number);
    quarantine(connection, counters, { queue, list: 'waiting', ids: walk.damaged }, now);
    for (const item of walk.items) leased.add(item.id);
    return walk.items;
  }

  const { release, end, rewind, state } = positions;
  const isLeased = ({ number }: QueueCounters, id: number) => positions.of(number).leased.has(id);
  return { lease, leaseLane, isLeased, release, end, rewind, state };
}

type Limits = WithoutBoots<LeaseLimits>;

/** The same source without the items of some boots. */
function withoutBoots(source: Source, boots: readonly number[]): Source {
  if (boots.length === 0) return source;
  const where = source.where === 'grouped' ? 'groupedOfOtherBoots' : 'waitingOfOtherBoots';
  return { ...source, where, values: [...source.values, JSON.stringify(boots)] };
}

/** Where the next search begins: all waiting items up to there are leased, or of boots that both pass over. */
function afterWalk(
  { last, isAtEnd, firstPassed }: Walk,
  queue: QueueCounters,
  { exceptBoots }: Limits,
): number {
  // It does not see the items that it passes over, and knows that there are no others.
  const end = isAtEnd && exceptBoots.length > 0 ? Math.max(last, queue.last) : last;
  return Math.min(end, firstPassed - 1);
}

/** Where searches begin. */
interface Cursors {
  all: number;
  /** Those of single lanes; a lane without one is searched from its beginning. */
  readonly lanes: LaneCursors;
}

interface Position {
  readonly leased: Set<number>;
  /** The cursors of leases that pass over items of these boots; only those of one such list are remembered. */
  readonly cursorsFor: (exceptBoots: readonly number[]) => Cursors;
  /** Has searches find an item. */
  readonly rewind: (id: number) => void;
}

function createPosition(): Position {
  const all = createCursors();
  let passing = { boots: '', cursors: createCursors() };

  function cursorsFor(exceptBoots: readonly number[]): Cursors {
    if (exceptBoots.length === 0) return all;
    const boots = exceptBoots.join();
    if (boots !== passing.boots) passing = { boots, cursors: createCursors() };
    return passing.cursors;
  }

  function rewind(id: number): void {
    for (const cursors of [all, passing.cursors]) {
      cursors.all = Math.min(cursors.all, id - 1);
      cursors.lanes.rewind(id);
    }
  }

  return { leased: new Set(), cursorsFor, rewind };
}

function createCursors(): Cursors {
  return { all: 0, lanes: createLaneCursors() };
}

/** Where the search of each destination begins, and what is leased of it. */
interface Positions extends Pick<Leases, 'release' | 'end' | 'rewind' | 'state'> {
  of(destination: number): Position;
}

function createPositions(
  connection: Connection,
  counters: CounterTable,
  restored: readonly LeasedIds[],
): Positions {
  const positions = new Map<number, Position>();

  function positionOf(destination: number): Position {
    const known = positions.get(destination);
    if (known) return known;
    const made = createPosition();
    positions.set(destination, made);
    return made;
  }

  function release(ids: readonly number[]): void {
    for (const position of positions.values()) {
      const oldest = ids.reduce(
        (least, id) => (position.leased.delete(id) ? Math.min(least, id) : least),
        Infinity,
      );
      position.rewind(oldest);
    }
  }

  function end(ids: readonly number[]): void {
    for (const { leased } of positions.values()) for (const id of ids) leased.delete(id);
  }

  function rewind({ number }: QueueCounters, id: number): void {
    positionOf(number).rewind(id);
  }

  const state = (): readonly LeasedIds[] =>
    [...positions].map(([number, { leased }]) => ({
      destination: counters.byNumber(number).name,
      ids: [...leased],
    }));

  for (const { destination, ids } of restored) {
    const { number } = counters.ofDestination(destination);
    const { leased } = positionOf(number);
    for (const id of ids) if (isWaiting(connection, number, id)) leased.add(id);
  }
  return { of: positionOf, release, end, rewind, state };
}

/** Most lanes of a destination whose cursor is remembered. */
const MOST_LANE_CURSORS = 64;

interface LaneCursors {
  get(lane: string): number | undefined;
  set(lane: string, cursor: number): void;
  rewind(id: number): void;
}

function createLaneCursors(): LaneCursors {
  const cursors = new Map<string, number>();

  function set(lane: string, cursor: number): void {
    // Moves it to the end, because the cursor that was set longest ago is forgotten first.
    cursors.delete(lane);
    cursors.set(lane, cursor);
    const [oldest] = cursors.keys();
    if (cursors.size > MOST_LANE_CURSORS && oldest !== undefined) cursors.delete(oldest);
  }

  function rewind(id: number): void {
    for (const [lane, cursor] of cursors) if (cursor >= id) cursors.set(lane, id - 1);
  }

  return { get: (lane) => cursors.get(lane), set, rewind };
}

/** If nothing is due, all waiting items must be leased or passed over; otherwise the index lacks some. */
function checkComplete({ waiting }: QueueCounters, leased: number, passed: number): void {
  if (leased + passed < waiting) throw new DamagedFile(`${waiting - leased} items cannot be found`);
}
