import { DamagedFile, numberIn, type Connection, type Salvage } from '../../storage';
import { copyBoots } from './boots';
import { insertItem, itemsAfter, readItem, type ItemRow } from './items';
import { countItems, openLedger, readAccounts, type Account } from './ledger';
import { pause, pausedNumbers } from './pauses';

/** Items copied in one step. */
const STEP = 256;

/**
 * Copies the items that are what was written, and what is known of destinations, pauses included. Items are found by their ids alone,
 * step by step, so that a page that cannot be read costs only the items on it.
 */
export function salvage(damaged: Connection, fresh: Connection): Salvage {
  const known = attempt(() => readAccounts(damaged));
  const accounts = known?.sound ?? [];
  const last = Math.max(attempt(() => lastId(damaged)) ?? 0, ...accounts.map((account) => account.last));
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
  const expected = accounts.reduce((sum, account) => sum + account.waiting + account.refused, 0);
  writeLedger(fresh, accounts, last);
  attempt(() => copyBoots(damaged, fresh));
  const paused = attempt(() => pausedNumbers(damaged)) ?? [];
  fresh.transaction(() => {
    for (const number of paused) pause(fresh, number);
  });
  return { rows, lost: known?.damaged.length === 0 ? Math.max(0, expected - rows) : undefined };
}

interface Step {
  readonly items: readonly ItemRow[];
  /** The last id that was dealt with. */
  readonly last: number;
}

/** What is salvaged from. */
interface Wreck {
  readonly damaged: Connection;
  /** The last id that was given. */
  readonly last: number;
  /** All ids that the indexes name, in order; undefined where an index cannot be read. */
  readonly indexed: readonly number[] | undefined;
}

function readStep(wreck: Wreck, after: number): Step {
  const { damaged, last } = wreck;
  const found = attempt(() => itemsAfter(damaged, 'all', [after], STEP));
  const ids = found?.map((each) => ('damaged' in each ? each.damaged : each.id));
  const isInOrder = ids?.every((id, index) => id > (ids[index - 1] ?? after));
  if (!found || !ids || !isInOrder) return readOneByOne(wreck, after);
  const items = found.flatMap((each) => ('damaged' in each ? [] : [each]));
  return { items, last: ids.at(-1) ?? last };
}

/** Reads the next items by their ids: those that an index names, as there are millions of others after some years. */
function readOneByOne({ damaged, last, indexed }: Wreck, after: number): Step {
  const next = indexed
    ? indexed.slice(firstAfter(indexed, after)).slice(0, STEP)
    : Array.from({ length: STEP }, (_, index) => after + 1 + index);
  const items = next.flatMap((id) => attempt(() => readItem(damaged, id)) ?? []);
  return { items, last: next.at(-1) ?? last };
}

/** Where the first id after another one is in an ordered list. */
function firstAfter(ids: readonly number[], after: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? Infinity) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ids read from an index in one step. */
const INDEX_STEP = 10_000;

const INDEXED = [
  'INDEXED BY waiting_items WHERE refused IS NULL',
  'INDEXED BY refused_items WHERE refused IS NOT NULL',
] as const;

/** The ids of all items, as the indexes have them: pages of their own, which may be sound where the items' are not. */
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
      // In an index that is out of order this might never end.
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

function writeLedger(fresh: Connection, accounts: readonly Account[], last: number): void {
  const ledger = openLedger(fresh);
  for (const { name, waiting, refused, dropped, damaged } of accounts) {
    const expected = waiting + refused;
    Object.assign(ledger.account(name), { dropped, damaged: damaged + expected, last });
  }
  fresh.transaction(() => {
    countItems(fresh, ledger.byNumber);
    for (const account of ledger.accounts()) {
      account.damaged = Math.max(0, account.damaged - account.waiting - account.refused);
      ledger.touch(account);
    }
    ledger.write();
  });
}

/** In a damaged file anything can fail, and a failure means no more than that this cannot be read. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
