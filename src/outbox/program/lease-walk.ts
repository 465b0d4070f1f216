import type { Connection, SqlValue } from '../../storage';
import type { LeaseLimits } from '../types';
import { firstItemsById, idsAfter, itemsAfter, type FoundItem, type ItemRow } from './items';

/** Most rows that are read in one step. */
const LARGEST_STEP = 256;

/** Where a walk looks for items. */
export interface Source {
  readonly where: 'waiting' | 'grouped' | 'waitingOfOtherBoots' | 'groupedOfOtherBoots';
  readonly values: readonly SqlValue[];
  readonly after: number;
}

/** What a walk found. */
export interface Walk {
  readonly items: readonly ItemRow[];
  readonly damaged: readonly number[];
  /** The last id that was looked at: all items up to it are leased, in `items`, passed over, or damaged. */
  readonly last: number;
  /** How many due items were passed over because of `except`, and the first of them (Infinity if there is none). */
  readonly passed: number;
  readonly firstPassed: number;
  /** Whether there are no items after `last`. */
  readonly isAtEnd: boolean;
}

/** The items that a walk skips. */
interface Skipped {
  readonly leased: ReadonlySet<number>;
  readonly except: ReadonlySet<number>;
}

/** Reads the next items that are neither leased nor excepted, up to the limits. */
export function walkItems(
  connection: Connection,
  { where, values, after }: Source,
  limits: LeaseLimits,
  leased: ReadonlySet<number>,
): Walk {
  const skipped: Skipped = { leased, except: new Set(limits.except) };
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
    const found = readStep(connection, { where, values, after: last }, wanted, skipped);
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
  /** The ids of due items that were passed over because of `except`. */
  readonly passed: readonly number[];
  /** The last id that was looked at; undefined if there are no more items. */
  readonly looked: number | undefined;
}

/** Reads at most `wanted` items. Of skipped items only the ids are read, not the content. */
function readStep(
  connection: Connection,
  { where, values, after }: Source,
  wanted: number,
  { leased, except }: Skipped,
): Found {
  const isSkipped = (id: number) => leased.has(id) || except.has(id);
  const position = [...values, after];
  const items = itemsAfter(connection, where, position, Math.min(wanted, LARGEST_STEP));
  if (!items.some((each) => 'id' in each && isSkipped(each.id)))
    return { due: items, passed: [], looked: lastOf(items) };
  const ids = idsAfter(connection, where, position, LARGEST_STEP);
  const dueIds = ids.filter((id) => !isSkipped(id)).slice(0, wanted);
  const due = firstItemsById(connection, dueIds);
  const lastRead = dueIds.length < wanted ? ids.at(-1) : dueIds.at(-1);
  const looked = due.length < dueIds.length ? lastOf(due) : lastRead;
  const passed = ids.filter((id) => id <= (looked ?? 0) && except.has(id) && !leased.has(id));
  return { due, passed, looked };
}

function lastOf(items: readonly FoundItem[]): number | undefined {
  const last = items.at(-1);
  return last && ('damaged' in last ? last.damaged : last.id);
}
