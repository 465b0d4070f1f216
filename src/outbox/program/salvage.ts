import { numberIn, type Connection, type Salvage } from '../../storage';
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
  let rows = 0;
  for (let after = 0; after < last;) {
    const step = readStep(damaged, after, last);
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

function readStep(damaged: Connection, after: number, last: number): Step {
  const found = attempt(() => itemsAfter(damaged, 'all', [after], STEP));
  const ids = found?.map((each) => ('damaged' in each ? each.damaged : each.id));
  const isInOrder = ids?.every((id, index) => id > (ids[index - 1] ?? after));
  if (!found || !ids || !isInOrder) return readOneByOne(damaged, after);
  const items = found.flatMap((each) => ('damaged' in each ? [] : [each]));
  return { items, last: ids.at(-1) ?? last };
}

function readOneByOne(damaged: Connection, after: number): Step {
  const items: ItemRow[] = [];
  for (let id = after + 1; id <= after + STEP; id += 1) {
    const item = attempt(() => readItem(damaged, id));
    if (item) items.push(item);
  }
  return { items, last: after + STEP };
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
