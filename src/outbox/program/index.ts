/**
 * The outbox's program: its code in the storage thread. `../outbox.ts` loads it by its path and calls its operations.
 */
import {
  numberIn,
  textIn,
  type Connection,
  type OperationsOf,
  type Program,
  type Running,
} from '../../storage';
import type { AcceptedItem, LeasedIds, OutboxOperations } from '../operations';
import { createBoots } from './boots';
import type { OutboxContext } from './context';
import { deleteItems } from './delete-items';
import { enforce } from './enforce';
import { addKnownNames, readKnownNames } from './known-names';
import { importItems, knownIdentities } from './imports';
import { createLeases } from './leases';
import { readIds, readPage } from './lists';
import { pauseDestination, resumeDestination } from './pauses';
import { createCounterTable } from './queue-counters';
import {
  accept,
  acknowledge,
  countLanes,
  countsOf,
  edit,
  lease,
  leaseLane,
  listed,
  newest,
  refuse,
  releaseSent,
  retry,
} from './queue-operations';
import { reassign } from './reassign';
import { newestAcceptance, readRetentionTime, writeRetentionTime } from './retention-time';
import { salvage } from './salvage';
import { MIGRATIONS } from './schema';

/** Roughly what deleting one of many items writes: its share of the pages of the table and its indexes. */
const BYTES_PER_DELETION = 256;

export const program: Program<OutboxOperations, readonly LeasedIds[]> = {
  migrations: MIGRATIONS,
  open,
  salvage,
};

function open(
  connection: Connection,
  restored: readonly LeasedIds[],
): Running<OutboxOperations, readonly LeasedIds[]> {
  const counters = createCounterTable(connection);
  const leases = createLeases(connection, counters, restored);
  const boots = createBoots(connection);
  const context: OutboxContext = { connection, counters, leases, boots };
  return {
    operations: {
      ...queueOperations(context),
      ...listOperations(context),
      ...timeOperations(context),
      ...nameOperations(context),
      ...importOperations(context),
    },
    beforeCommit: () => {
      counters.write();
      boots.write();
    },
    afterRollback: counters.reload,
    state: leases.state,
  };
}

/** Roughly what inserting items writes. */
function weightOf(items: readonly AcceptedItem[]): number {
  return items.reduce((sum, { body, origin }) => sum + body.length + origin.length, 0);
}

type QueueNames =
  | 'accept'
  | 'lease'
  | 'leaseLane'
  | 'release'
  | 'releaseSent'
  | 'acknowledge'
  | 'refuse'
  | 'enforce';

function queueOperations(context: OutboxContext): Pick<OperationsOf<OutboxOperations>, QueueNames> {
  const { leases } = context;
  return {
    accept: {
      kind: 'append',
      weight: weightOf,
      run: (items) => accept(context, items),
    },
    lease: { kind: 'read', run: (argument, now) => lease(context, argument, now) },
    leaseLane: { kind: 'read', run: (argument, now) => leaseLane(context, argument, now) },
    release: { kind: 'read', run: (ids) => leases.release(ids) },
    // A read, as `learn`: mostly there is nothing to write, and what is leased later must find them.
    releaseSent: { kind: 'read', run: (items) => releaseSent(context, items) },
    acknowledge: {
      kind: 'free',
      weight: (ids) => ids.length * BYTES_PER_DELETION,
      run: (ids) => acknowledge(context, ids),
    },
    refuse: { kind: 'free', run: ({ ids, reason }, now) => refuse(context, ids, reason, now) },
    enforce: { kind: 'free', run: (argument) => enforce(context, argument) },
  };
}

type TimeNames = 'learn' | 'readRetentionTime' | 'writeRetentionTime';

function timeOperations({
  connection,
  boots,
}: OutboxContext): Pick<OperationsOf<OutboxOperations>, TimeNames> {
  return {
    // A read, so that it runs before leases that are asked for later.
    learn: { kind: 'read', run: boots.learn },
    readRetentionTime: {
      kind: 'read',
      run: () => ({ time: readRetentionTime(connection), newest: newestAcceptance(connection) }),
    },
    // It is small, and rides along with the next commit.
    writeRetentionTime: { kind: 'free', run: (time) => writeRetentionTime(connection, time) },
  };
}

type KnownNames = 'knownNames' | 'addKnownNames';

function nameOperations({ connection }: OutboxContext): Pick<OperationsOf<OutboxOperations>, KnownNames> {
  return {
    knownNames: { kind: 'read', run: (argument) => readKnownNames(connection, argument) },
    addKnownNames: { kind: 'append', run: (argument) => addKnownNames(connection, argument) },
  };
}

type ImportNames = 'import' | 'knownIdentities';

function importOperations(context: OutboxContext): Pick<OperationsOf<OutboxOperations>, ImportNames> {
  return {
    import: {
      kind: 'append',
      weight: ({ items }) => weightOf(items),
      run: (argument) => importItems(context, argument),
    },
    knownIdentities: { kind: 'read', run: (argument) => knownIdentities(context.connection, argument) },
  };
}

function listOperations(
  context: OutboxContext,
): Omit<OperationsOf<OutboxOperations>, QueueNames | TimeNames | KnownNames | ImportNames> {
  const { connection, counters, boots } = context;
  return {
    newest: { kind: 'read', run: (argument) => newest(context, argument) },
    counts: { kind: 'read', run: (destination) => countsOf(context, destination) },
    countLanes: { kind: 'read', run: (argument) => countLanes(context, argument) },
    destinations: {
      kind: 'read',
      run: () => counters.all().flatMap(({ name }) => (name === '' ? [] : [name])),
    },
    list: {
      kind: 'read',
      run: (page, now) => readPage(connection, counters, page, now).map((item) => listed(boots, item)),
    },
    ids: { kind: 'read', run: (page) => readIds(connection, counters, page) },
    retry: { kind: 'free', run: (ids) => retry(context, ids) },
    edit: { kind: 'append', weight: ({ body }) => body.length, run: (argument) => edit(context, argument) },
    discard: { kind: 'free', run: (ids) => deleteItems(connection, counters, 'refused', ids) },
    pause: { kind: 'free', run: (destination) => pauseDestination(context, destination) },
    resume: { kind: 'free', run: (destination) => resumeDestination(context, destination) },
    reassign: { kind: 'append', run: (argument, now) => reassign(context, argument, now) },
    itemsWithImages: {
      kind: 'read',
      run: ({ after, count }) =>
        connection
          .all("SELECT id, images FROM items WHERE images <> '' AND id > ? ORDER BY id LIMIT ?", after, count)
          .map((row) => ({ id: numberIn(row, 'id'), images: textIn(row, 'images') })),
    },
  };
}
