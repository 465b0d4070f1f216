/**
 * The outbox's program: what runs in the storage thread. `../outbox.ts` loads it by its path and calls its operations.
 */
import {
  numberIn,
  textIn,
  type Connection,
  type OperationsOf,
  type Program,
  type Running,
} from '../../storage';
import type {
  AcceptArgument,
  EnforceArgument,
  LeaseArgument,
  LeasedIds,
  OutboxOperations,
  StoredItem,
  StoredRefusal,
} from '../operations';
import type { DroppedItem } from '../types';
import { openBoots, type Boots } from './boots';
import { findSurplus } from './bounds';
import { deleteItems } from './deleting';
import { insertItem, itemsAfter, itemsById, setRefusal, type ItemRow } from './items';
import { openLedger, type Account, type Ledger } from './ledger';
import { createLeases, type Leases } from './leases';
import { readIds, readPage } from './lists';
import { isPaused, pause, resume } from './pauses';
import { reassign } from './reassign';
import { salvage } from './salvage';
import { MIGRATIONS } from './schema';

/** What deleting one of many items writes, roughly: its share of the pages of the table and its indexes. */
const BYTES_PER_DELETION = 256;

/** What the operations work on. */
interface Desk {
  readonly connection: Connection;
  readonly ledger: Ledger;
  readonly leases: Leases;
  readonly boots: Boots;
}

export const program: Program<OutboxOperations, readonly LeasedIds[]> = {
  migrations: MIGRATIONS,
  open,
  salvage,
};

function open(
  connection: Connection,
  restored: readonly LeasedIds[],
): Running<OutboxOperations, readonly LeasedIds[]> {
  const ledger = openLedger(connection);
  const leases = createLeases(connection, ledger, restored);
  const boots = openBoots(connection);
  const desk: Desk = { connection, ledger, leases, boots };
  return {
    operations: { ...queueOperations(desk), ...listOperations(desk) },
    beforeCommit: () => {
      ledger.write();
      boots.write();
    },
    afterRollback: ledger.reload,
    state: leases.state,
  };
}

type QueueNames =
  | 'accept'
  | 'learn'
  | 'lease'
  | 'leaseGroup'
  | 'release'
  | 'acknowledge'
  | 'refuse'
  | 'enforce';

function queueOperations(desk: Desk): Pick<OperationsOf<OutboxOperations>, QueueNames> {
  const { leases, boots } = desk;
  return {
    accept: {
      kind: 'append',
      weight: ({ body, origin }) => body.length + origin.length,
      run: (item, now) => accept(desk, item, now),
    },
    // A read, so that it comes before leases that are asked for later.
    learn: { kind: 'read', run: boots.learn },
    lease: { kind: 'read', run: (argument, now) => lease(desk, 'lease', argument, now) },
    leaseGroup: { kind: 'read', run: (argument, now) => lease(desk, 'leaseGroup', argument, now) },
    release: { kind: 'read', run: (ids) => leases.release(ids) },
    acknowledge: {
      kind: 'free',
      weight: (ids) => ids.length * BYTES_PER_DELETION,
      run: (ids) => acknowledge(desk, ids),
    },
    refuse: { kind: 'free', run: ({ ids, reason }, now) => refuse(desk, ids, reason, now) },
    enforce: { kind: 'free', run: (argument) => enforce(desk, argument) },
  };
}

function listOperations(desk: Desk): Omit<OperationsOf<OutboxOperations>, QueueNames> {
  const { connection, ledger, boots } = desk;
  return {
    counts: { kind: 'read', run: (destination) => counts(desk, destination) },
    destinations: {
      kind: 'read',
      run: () => ledger.accounts().flatMap(({ name }) => (name === '' ? [] : [name])),
    },
    list: {
      kind: 'read',
      run: (page, now) => readPage(connection, ledger, page, now).map((item) => listed(boots, item)),
    },
    ids: { kind: 'read', run: (page) => readIds(connection, ledger, page) },
    retry: { kind: 'free', run: (ids) => retry(desk, ids) },
    discard: { kind: 'free', run: (ids) => deleteItems(connection, ledger, 'refused', ids) },
    pause: {
      kind: 'free',
      run: (destination) => {
        const account = ledger.account(destination);
        ledger.touch(account);
        pause(connection, account.number);
      },
    },
    resume: { kind: 'free', run: (destination) => resume(connection, ledger.account(destination).number) },
    reassign: { kind: 'append', run: (argument, now) => reassign(desk, argument, now) },
    pictures: {
      kind: 'read',
      run: ({ after, count }) =>
        connection
          .all("SELECT id, images FROM items WHERE images <> '' AND id > ? ORDER BY id LIMIT ?", after, count)
          .map((row) => ({ id: numberIn(row, 'id'), images: textIn(row, 'images') })),
    },
  };
}

/** The account of a destination from which items may be leased. */
function openAccount({ connection, ledger }: Desk, destination: string): Account | undefined {
  const account = ledger.find(destination);
  return account && !isPaused(connection, account.number) ? account : undefined;
}

function accept({ connection, ledger, boots }: Desk, item: AcceptArgument, now: number): number {
  const { destination, isClockSet, stamp, ...kept } = item;
  const account = ledger.account(destination);
  const id = ledger.nextId(account);
  const accepted = isClockSet ? Math.floor(now) : 0;
  insertItem(connection, {
    ...kept,
    id,
    accepted,
    destination: account.number,
    refusedAt: null,
    reason: null,
    stamp: stamp && boots.stamp(item.timestamp, stamp),
  });
  account.waiting += 1;
  account.bytes += item.bytes;
  ledger.touch(account);
  return id;
}

function lease(
  desk: Desk,
  way: 'lease' | 'leaseGroup',
  { destination, ...limits }: LeaseArgument,
  now: number,
): readonly StoredItem[] {
  const { leases, boots } = desk;
  const account = openAccount(desk, destination);
  const items = account ? leases[way](account, limits, now) : [];
  return items.map((item) => dated(boots, item));
}

function dated(boots: Boots, item: ItemRow): StoredItem {
  const { id, group, bytes, body, origin, images } = item;
  return { id, group, bytes, body, origin, images, ...boots.timeOf(item) };
}

function listed(boots: Boots, item: ItemRow): StoredRefusal {
  return { ...dated(boots, item), refusedAt: item.refusedAt, reason: item.reason };
}

function acknowledge({ connection, ledger, leases }: Desk, ids: readonly number[]) {
  const deleted = deleteItems(connection, ledger, 'waiting', ids);
  connection.afterCommit(() => leases.end(ids));
  return deleted;
}

function refuse(
  { connection, ledger, leases }: Desk,
  ids: readonly number[],
  reason: string,
  now: number,
): void {
  for (const id of ids) {
    const item = readUndamaged(connection, id);
    if (!item || item.refusedAt !== null) continue;
    setRefusal(connection, item, Math.floor(now), reason);
    const account = ledger.byNumber(item.destination);
    account.waiting -= 1;
    account.refused += 1;
    ledger.touch(account);
  }
  // A damaged item is due again, and the next lease finds it.
  connection.afterCommit(() => leases.release(ids));
}

/** An item; undefined where there is none or it is damaged. */
function readUndamaged(connection: Connection, id: number): ItemRow | undefined {
  const [found] = itemsAfter(connection, 'all', [id - 1], 1);
  return found && 'id' in found && found.id === id ? found : undefined;
}

function retry({ connection, ledger, leases }: Desk, ids: readonly number[]): number {
  let count = 0;
  for (const id of ids) {
    const item = readUndamaged(connection, id);
    if (!item || item.refusedAt === null) continue;
    setRefusal(connection, item, null, null);
    const account = ledger.byNumber(item.destination);
    account.waiting += 1;
    account.refused -= 1;
    ledger.touch(account);
    connection.afterCommit(() => leases.rewind(account, id));
    count += 1;
  }
  return count;
}

function counts({ connection, ledger, boots }: Desk, destination: string) {
  const account = ledger.find(destination);
  const none = {
    waiting: 0,
    bytes: 0,
    refused: 0,
    dropped: 0,
    damaged: 0,
    oldest: undefined,
    isPaused: false,
  };
  if (!account) return none;
  const { number, waiting, bytes, refused, dropped, damaged } = account;
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

function enforce(desk: Desk, argument: EnforceArgument) {
  const { connection, ledger, boots } = desk;
  const account = ledger.find(argument.destination);
  if (!account) return { dropped: [], images: [] };
  const surplus = findSurplus(desk, account, argument);
  const bounds = new Map(surplus.map(({ id, bound }) => [id, bound]));
  // Damaged items are left for a lease to find.
  const items = itemsById(connection, [...bounds.keys()]).flatMap((each) =>
    'damaged' in each ? [] : [each],
  );
  const dropped = items.map((item): DroppedItem => {
    const { id, origin } = item;
    const { timestamp } = boots.timeOf(item);
    const wasRefused = item.refusedAt !== null;
    const bound = bounds.get(id) ?? 'bytes';
    return { id, destination: argument.destination, timestamp, origin, bound, wasRefused };
  });
  const images: string[] = [];
  for (const list of ['waiting', 'refused'] as const) {
    const ids = dropped.filter(({ wasRefused }) => wasRefused === (list === 'refused')).map(({ id }) => id);
    images.push(...deleteItems(connection, ledger, list, ids).images);
  }
  account.dropped += dropped.length;
  ledger.touch(account);
  return { dropped, images };
}
