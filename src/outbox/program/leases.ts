import { DamagedFile, type Connection, type SqlValue } from '../../storage';
import type { LeasedIds } from '../operations';
import type { LeaseLimits } from '../types';
import { idsAfter, isWaiting, itemsAfter, itemsById, type FoundItem, type ItemRow } from './items';
import type { Account, Ledger } from './ledger';
import { quarantine } from './quarantine';

/** Rows looked at in one step, at most. */
const LARGEST_STEP = 256;

/** Who has what: kept in memory, because a lease ends with the process. */
export interface Leases {
  /** Leases the oldest due items. */
  lease(account: Account, limits: LeaseLimits, now: number): readonly ItemRow[];
  /** Leases the oldest due item and, where it has a group, further ones of the group. */
  leaseGroup(account: Account, limits: LeaseLimits, now: number): readonly ItemRow[];
  readonly isLeased: (account: Account, id: number) => boolean;
  /** Ends leases; the items are due again. */
  release(ids: readonly number[]): void;
  /** Ends leases of items that no longer wait. */
  end(ids: readonly number[]): void;
  /** An item waits again though it is older than others that were leased before. */
  rewind(account: Account, id: number): void;
  readonly state: () => readonly LeasedIds[];
}

/** Leases over the waiting items; `restored` are those that the process had before. */
export function createLeases(connection: Connection, ledger: Ledger, restored: readonly LeasedIds[]): Leases {
  const positions = new Map<number, Position>();

  function lease(account: Account, limits: LeaseLimits, now: number): readonly ItemRow[] {
    const position = positionOf(positions, account.number);
    const source: Source = { where: 'waiting', values: [account.number], after: position.cursor };
    const walk = walkItems(connection, source, limits, position.leased);
    const items = take(account, walk, now);
    position.cursor = Math.min(walk.last, walk.firstPassed - 1);
    return items;
  }

  function leaseGroup(account: Account, limits: LeaseLimits, now: number): readonly ItemRow[] {
    const [oldest] = lease(account, { ...limits, count: Math.min(1, limits.count) }, now);
    if (oldest === undefined || oldest.group === '') return oldest ? [oldest] : [];
    const position = positionOf(positions, account.number);
    const { cursor } = position;
    release([oldest.id]);
    const values = [account.number, oldest.group];
    const source: Source = { where: 'grouped', values, after: oldest.id - 1 };
    const walk = walkItems(connection, source, limits, position.leased);
    if (walk.items[0]?.id !== oldest.id) throw new DamagedFile(`Item ${oldest.id} is not among its group`);
    const items = take(account, walk, now);
    position.cursor = cursor;
    return items;
  }

  function take(account: Account, walk: Walk, now: number): readonly ItemRow[] {
    const { leased } = positionOf(positions, account.number);
    quarantine(connection, ledger, { account, list: 'waiting', ids: walk.damaged }, now);
    for (const item of walk.items) leased.add(item.id);
    // Nothing is due, so all that waits is leased; otherwise there are items that the index does not show.
    if (walk.isAtEnd && walk.items.length === 0 && leased.size + walk.passed < account.waiting)
      throw new DamagedFile(`${account.waiting - leased.size} items cannot be found`);
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

  function rewind({ number }: Account, id: number): void {
    const position = positionOf(positions, number);
    position.cursor = Math.min(position.cursor, id - 1);
  }

  function state(): readonly LeasedIds[] {
    return [...positions].map(([number, { leased }]) => ({
      destination: ledger.byNumber(number).name,
      ids: [...leased],
    }));
  }

  for (const { destination, ids } of restored) {
    const { number } = ledger.account(destination);
    const { leased } = positionOf(positions, number);
    for (const id of ids) if (isWaiting(connection, number, id)) leased.add(id);
  }
  const isLeased = ({ number }: Account, id: number) => positionOf(positions, number).leased.has(id);
  return { lease, leaseGroup, isLeased, release, end, rewind, state };
}

interface Position {
  /** All waiting items up to this id are leased. */
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

interface Source {
  readonly where: 'waiting' | 'grouped';
  readonly values: readonly SqlValue[];
  readonly after: number;
}

interface Walk {
  readonly items: readonly ItemRow[];
  readonly damaged: readonly number[];
  /** The last id that was dealt with: up to here, all are leased, taken now, passed over, or damaged. */
  readonly last: number;
  /** How many were due and passed over as wished, and the first of them; Infinity where there is none. */
  readonly passed: number;
  readonly firstPassed: number;
  /** Whether there is nothing after it. */
  readonly isAtEnd: boolean;
}

/** Which items a walk passes by. */
interface Passing {
  readonly leased: ReadonlySet<number>;
  readonly except: ReadonlySet<number>;
}

/** Reads the next items that are not to be passed by, up to the limits. */
function walkItems(
  connection: Connection,
  { where, values, after }: Source,
  limits: LeaseLimits,
  leased: ReadonlySet<number>,
): Walk {
  const by: Passing = { leased, except: new Set(limits.except) };
  const items: ItemRow[] = [];
  const damaged: number[] = [];
  const passed: number[] = [];
  let bytes = 0;
  let last = after;
  const walk = (isAtEnd: boolean): Walk => {
    const firstPassed = passed[0] ?? Infinity;
    return { items, damaged, last, passed: passed.length, firstPassed, isAtEnd };
  };
  while (items.length < limits.count) {
    const wanted = limits.count - items.length;
    const found = readStep(connection, { where, values, after: last }, wanted, by);
    if (found.looked === undefined) return walk(true);
    for (const id of found.passed) passed.push(id);
    for (const each of found.due) {
      if ('damaged' in each) damaged.push(each.damaged);
      else if (items.length > 0 && bytes + each.bytes > limits.bytes) return walk(false);
      else {
        items.push(each);
        bytes += each.bytes;
      }
      last = 'damaged' in each ? each.damaged : each.id;
    }
    last = found.looked;
  }
  return walk(false);
}

interface Found {
  readonly due: readonly FoundItem[];
  /** Those that were due and passed over as wished. */
  readonly passed: readonly number[];
  /** The last id that was looked at; undefined where there is none. */
  readonly looked: number | undefined;
}

/** Reads items, at most `wanted`. Where some to be passed by are among the next, only ids are read of those. */
function readStep(
  connection: Connection,
  { where, values, after }: Source,
  wanted: number,
  { leased, except }: Passing,
): Found {
  const isPassed = (id: number) => leased.has(id) || except.has(id);
  const position = [...values, after];
  const items = itemsAfter(connection, where, position, Math.min(wanted, LARGEST_STEP));
  if (!items.some((each) => 'id' in each && isPassed(each.id)))
    return { due: items, passed: [], looked: lastOf(items) };
  const ids = idsAfter(connection, where, position, LARGEST_STEP);
  const dueIds = ids.filter((id) => !isPassed(id)).slice(0, wanted);
  const looked = dueIds.length < wanted ? ids.at(-1) : dueIds.at(-1);
  const passed = ids.filter((id) => id <= (looked ?? 0) && except.has(id) && !leased.has(id));
  return { due: itemsById(connection, dueIds), passed, looked };
}

function lastOf(items: readonly FoundItem[]): number | undefined {
  const last = items.at(-1);
  return last && ('damaged' in last ? last.damaged : last.id);
}
