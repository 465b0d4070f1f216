import { createHash } from 'node:crypto';
import {
  checksum,
  DamagedRow,
  numberIn,
  textIn,
  type Connection,
  type Row,
  type SqlValue,
} from '../../storage';

/** What is known of a destination without looking at its items: it is kept in step with them by each transaction. */
export interface Account {
  readonly number: number;
  /** '' where the row that knew it was damaged, until the destination is used again. */
  name: string;
  waiting: number;
  refused: number;
  /** Of waiting and refused items. */
  bytes: number;
  dropped: number;
  damaged: number;
  /** The last id that was given. */
  last: number;
}

/** The accounts of all destinations. */
export interface Ledger {
  /** The account of a destination; made where there is none. */
  account(name: string): Account;
  /** The account of a destination that is known already. */
  find(name: string): Account | undefined;
  /** The account with a number; made, without a name, where there is none. */
  readonly byNumber: (number: number) => Account;
  accounts(): readonly Account[];
  /** A new id. */
  nextId(account: Account): number;
  /** Remembers that an account has changed. */
  touch(account: Account): void;
  /** Writes what has changed. */
  readonly write: () => void;
  /** Reads everything anew. */
  readonly reload: () => void;
}

/** 48 bits: exact in JavaScript, short in SQLite, and no two keys of one user will ever share them. */
const NUMBER_BYTES = 6;

const COUNT_ITEMS =
  'SELECT destination, refused IS NOT NULL AS list, count(*) AS items, total(bytes) AS bytes, max(id) AS last ' +
  'FROM items GROUP BY 1, 2';

/** The number of a destination: made from its key, so that it can be made again. */
export function numberOf(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, NUMBER_BYTES);
}

/** Reads the ledger; where a row of it is damaged, the items are counted anew. */
export function openLedger(connection: Connection): Ledger {
  const accounts = new Map<number, Account>();
  const byName = new Map<string, Account>();
  const changed = new Set<Account>();
  let lastId = 0;

  function reload(): void {
    for (const known of [accounts, byName, changed]) known.clear();
    const read = readAccounts(connection);
    for (const each of read.sound) add(each);
    if (read.damaged.length > 0) {
      countAnew(connection, read.damaged, byNumber);
      for (const each of accounts.values()) changed.add(each);
    }
    lastId = Math.max(0, ...[...accounts.values()].map((each) => each.last));
  }

  function add(added: Account): Account {
    accounts.set(added.number, added);
    if (added.name !== '') byName.set(added.name, added);
    return added;
  }

  function byNumber(number: number): Account {
    return accounts.get(number) ?? add(emptyAccount(number, ''));
  }

  function account(name: string): Account {
    return find(name) ?? add(emptyAccount(numberOf(name), name));
  }

  function find(name: string): Account | undefined {
    const known = byName.get(name) ?? accounts.get(numberOf(name));
    if (known?.name === '') {
      known.name = name;
      byName.set(name, known);
      changed.add(known);
    }
    return known;
  }

  function nextId(of: Account): number {
    lastId += 1;
    of.last = lastId;
    return lastId;
  }

  function write(): void {
    for (const each of changed) connection.run(REPLACE, ...valuesOf(each), checksum(valuesOf(each)));
    changed.clear();
  }

  reload();
  return {
    account,
    find,
    byNumber,
    accounts: () => [...accounts.values()],
    nextId,
    touch: (each) => void changed.add(each),
    write,
    reload,
  };
}

function countAnew(
  connection: Connection,
  damaged: readonly SqlValue[],
  byNumber: (number: number) => Account,
): void {
  for (const number of damaged)
    connection.run('DELETE FROM destinations WHERE number = CAST(? AS INTEGER)', number);
  const message = `What was counted of ${damaged.length} destinations was damaged: the disk may be failing. It was counted anew.`;
  connection.notify({ kind: 'damaged-row', message });
  countItems(connection, byNumber);
}

/** Adds what the items come to, to accounts of which nothing else is known. */
export function countItems(connection: Connection, byNumber: (number: number) => Account): void {
  const emptied = new Set<Account>();
  for (const row of connection.all(COUNT_ITEMS)) {
    const account = byNumber(numberIn(row, 'destination'));
    if (!emptied.has(account)) Object.assign(account, { waiting: 0, refused: 0, bytes: 0 });
    emptied.add(account);
    if (numberIn(row, 'list') === 0) account.waiting = numberIn(row, 'items');
    else account.refused = numberIn(row, 'items');
    account.bytes += numberIn(row, 'bytes');
    account.last = Math.max(account.last, numberIn(row, 'last'));
  }
}

/** All accounts that are what was written, and which are not. */
export function readAccounts(connection: Connection): {
  readonly sound: readonly Account[];
  /** Their numbers, as text: they may be too large for JavaScript. */
  readonly damaged: readonly SqlValue[];
} {
  const sound: Account[] = [];
  const damaged: SqlValue[] = [];
  for (const { number } of connection.all('SELECT CAST(number AS TEXT) AS number FROM destinations')) {
    try {
      const row = connection.get(
        'SELECT * FROM destinations WHERE number = CAST(? AS INTEGER)',
        number ?? null,
      );
      sound.push(accountOf(row ?? {}));
    } catch (error) {
      if (!(error instanceof DamagedRow || error instanceof RangeError)) throw error;
      damaged.push(number ?? null);
    }
  }
  return { sound, damaged };
}

const REPLACE =
  'INSERT OR REPLACE INTO destinations (number, name, waiting, refused, bytes, dropped, damaged, last, sum) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';

function accountOf(row: Row): Account {
  const account: Account = {
    number: numberIn(row, 'number'),
    name: textIn(row, 'name'),
    waiting: numberIn(row, 'waiting'),
    refused: numberIn(row, 'refused'),
    bytes: numberIn(row, 'bytes'),
    dropped: numberIn(row, 'dropped'),
    damaged: numberIn(row, 'damaged'),
    last: numberIn(row, 'last'),
  };
  if (numberIn(row, 'sum') !== checksum(valuesOf(account))) throw new DamagedRow('The sum does not match');
  return account;
}

function emptyAccount(number: number, name: string): Account {
  return { number, name, waiting: 0, refused: 0, bytes: 0, dropped: 0, damaged: 0, last: 0 };
}

function valuesOf(account: Account) {
  const { number, name, waiting, refused, bytes, dropped, damaged, last } = account;
  return [number, name, waiting, refused, bytes, dropped, damaged, last];
}
