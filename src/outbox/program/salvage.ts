import { DamagedFile, numberIn, type Connection, type Salvage } from '../../storage';
import { copyBoots } from './boots';
import { insertItem, itemsAfter, readItem, type ItemRow } from './items';
import { copyImports } from './imports';
import { countItems, createCounterTable, readCounters, type QueueCounters } from './queue-counters';
import { copyKnownNames } from './known-names';
import { insertPause, pausedNumbers } from './pauses';
import { readRetentionTime, writeRetentionTime } from './retention-time';

/** Items copied in one step. */
const STEP = 256;

/**
 * Copies the items, counters, boots, known names, imports, pauses and the retention time that are sound. Items are read in small steps by their ids, so that a
 * page that cannot be read costs only the items on it.
 */
export function salvage(damaged: Connection, fresh: Connection): Salvage {
  const known = attempt(() => readCounters(damaged));
  const queues = known?.sound ?? [];
  const last = Math.max(attempt(() => lastId(damaged)) ?? 0, ...queues.map((queue) => queue.last));
  const indexed = attempt(() => indexedIds(damaged));
  let rows = 0;
  for (let after = 0; after < last;) {
    const step = readStep({ damaged, last, indexed }, after);
    fresh.transaction(() => {
      for (const item of step.items) insertItem(fresh, item);
    });
    rows += step.items.length;
    after = step.last;
  }
  const expected = queues.reduce((sum, queue) => sum + queue.waiting + queue.refused, 0);
  writeCounters(fresh, queues, last);
  attempt(() => copyBoots(damaged, fresh));
  attempt(() => copyKnownNames(damaged, fresh));
  attempt(() => copyImports(damaged, fresh));
  const time = attempt(() => readRetentionTime(damaged));
  const paused = attempt(() => pausedNumbers(damaged)) ?? [];
  fresh.transaction(() => {
    for (const number of paused) insertPause(fresh, number);
    if (time) writeRetentionTime(fresh, time);
  });
  return { rows, lost: known?.damaged.length === 0 ? Math.max(0, expected - rows) : undefined };
}

interface Step {
  readonly items: readonly ItemRow[];
  /** The last id that was looked at. */
  readonly last: number;
}

/** What items are salvaged from. */
interface Source {
  readonly damaged: Connection;
  /** The last id that any item was given. */
  readonly last: number;
  /** All ids in the indexes, in order; undefined if an index cannot be read. */
  readonly indexed: readonly number[] | undefined;
}

function readStep(source: Source, after: number): Step {
  const { damaged, last } = source;
  const found = attempt(() => itemsAfter(damaged, 'all', [after], STEP));
  const ids = found?.map((each) => ('damaged' in each ? each.damaged : each.id));
  const isInOrder = ids?.every((id, index) => id > (ids[index - 1] ?? after));
  if (!found || !ids || !isInOrder) return readOneByOne(source, after);
  const items = found.flatMap((each) => ('damaged' in each ? [] : [each]));
  return { items, last: ids.at(-1) ?? last };
}

/**
 * Reads the next items one by one: by the ids in the indexes, because after some years most ids are of deleted items.
 */
function readOneByOne({ damaged, last, indexed }: Source, after: number): Step {
  const next = indexed
    ? indexed.slice(firstAfter(indexed, after)).slice(0, STEP)
    : Array.from({ length: STEP }, (_, index) => after + 1 + index);
  const items = next.flatMap((id) => attempt(() => readItem(damaged, id)) ?? []);
  return { items, last: next.at(-1) ?? last };
}

/** The position of the first id greater than `after` in an ordered list. */
function firstAfter(ids: readonly number[], after: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? Infinity) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ids that are read from an index in one step. */
const INDEX_STEP = 10_000;

const INDEXED = [
  'INDEXED BY waiting_items WHERE refused IS NULL',
  'INDEXED BY refused_items WHERE refused IS NOT NULL',
] as const;

/** The ids of all items from the indexes, whose pages may be sound when those of the items are not. */
function indexedIds(damaged: Connection): readonly number[] {
  const ids = new Set<number>();
  for (const index of INDEXED) for (const id of idsOf(damaged, index)) ids.add(id);
  return [...ids].toSorted((one, other) => one - other);
}

function* idsOf(damaged: Connection, index: (typeof INDEXED)[number]): Generator<number> {
  const sql = `SELECT destination, id FROM items ${index} AND (destination, id) > (?, ?) ORDER BY 1, 2 LIMIT ?`;
  let [destination, id] = [-1, 0];
  for (;;) {
    const rows = damaged.all(sql, destination, id, INDEX_STEP);
    for (const row of rows) {
      const next = [numberIn(row, 'destination'), numberIn(row, 'id')] as const;
      // In an index that is out of order this loop might never end.
      if (next[0] < destination || (next[0] === destination && next[1] <= id))
        throw new DamagedFile('The index is out of order');
      [destination, id] = next;
      yield id;
    }
    if (rows.length === 0) return;
  }
}

function lastId(connection: Connection): number {
  const row = connection.get('SELECT id FROM items NOT INDEXED ORDER BY id DESC LIMIT 1');
  return row ? numberIn(row, 'id') : 0;
}

function writeCounters(fresh: Connection, queues: readonly QueueCounters[], last: number): void {
  const counters = createCounterTable(fresh);
  for (const { name, waiting, refused, dropped, damaged } of queues) {
    const expected = waiting + refused;
    Object.assign(counters.ofDestination(name), { dropped, damaged: damaged + expected, last });
  }
  fresh.transaction(() => {
    countItems(fresh, counters.byNumber);
    for (const queue of counters.all()) {
      queue.damaged = Math.max(0, queue.damaged - queue.waiting - queue.refused);
      counters.markChanged(queue);
    }
    counters.write();
  });
}

/** Returns undefined if something cannot be read: in a damaged file anything can fail. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
