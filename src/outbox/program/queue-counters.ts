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

/**
 * The counters of one destination's queue: a row of the table `destinations`, updated in each transaction that changes
 * its items.
 */
export interface QueueCounters {
  /** Made from the name, see `numberOf`. */
  readonly number: number;
  /** The destination's key; '' if the row was damaged, until the destination is used again. */
  name: string;
  waiting: number;
  refused: number;
  /** Bytes of waiting and refused items together. */
  bytes: number;
  dropped: number;
  damaged: number;
  /** The last id that an item of it was given. */
  last: number;
}

/** The counters of all destinations, cached in memory. */
export interface CounterTable {
  /** The counters of a destination; made if there are none. */
  ofDestination(name: string): QueueCounters;
  /** The counters of a destination, if there are any. */
  find(name: string): QueueCounters | undefined;
  /** The counters with a number; made, without a name, if there are none. */
  readonly byNumber: (number: number) => QueueCounters;
  all(): readonly QueueCounters[];
  /** The id for a new item. */
  nextId(queue: QueueCounters): number;
  /** Has counters written with the next `write`. */
  markChanged(queue: QueueCounters): void;
  /** Writes the counters that were changed. */
  readonly write: () => void;
  /** Reads all counters again, dropping changes that were not written. */
  readonly reload: () => void;
}

/** 48 bits: exact in JavaScript, short in SQLite, and enough that no two keys of one user ever collide. */
const NUMBER_BYTES = 6;

const COUNT_ITEMS =
  'SELECT destination, refused IS NOT NULL AS list, count(*) AS items, total(bytes) AS bytes, max(id) AS last ' +
  'FROM items GROUP BY 1, 2';

/** The number of a destination: a hash of its key, so that it can be computed again when its row is damaged. */
export function numberOf(name: string): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, NUMBER_BYTES);
}

/** Reads the counters; if a row is damaged, the items are counted instead. */
export function createCounterTable(connection: Connection): CounterTable {
  const queues = new Map<number, QueueCounters>();
  const byName = new Map<string, QueueCounters>();
  const changed = new Set<QueueCounters>();
  let lastId = 0;

  function reload(): void {
    for (const known of [queues, byName, changed]) known.clear();
    const read = readCounters(connection);
    for (const each of read.sound) add(each);
    if (read.damaged.length > 0) {
      recount(connection, read.damaged, byNumber);
      for (const each of queues.values()) changed.add(each);
    }
    lastId = Math.max(0, ...[...queues.values()].map((each) => each.last));
  }

  function add(added: QueueCounters): QueueCounters {
    queues.set(added.number, added);
    if (added.name !== '') byName.set(added.name, added);
    return added;
  }

  function byNumber(number: number): QueueCounters {
    return queues.get(number) ?? add(emptyCounters(number, ''));
  }

  function ofDestination(name: string): QueueCounters {
    return find(name) ?? add(emptyCounters(numberOf(name), name));
  }

  function find(name: string): QueueCounters | undefined {
    const known = byName.get(name) ?? queues.get(numberOf(name));
    if (known?.name === '') {
      known.name = name;
      byName.set(name, known);
      changed.add(known);
    }
    return known;
  }

  function nextId(of: QueueCounters): number {
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
    ofDestination,
    find,
    byNumber,
    all: () => [...queues.values()],
    nextId,
    markChanged: (each) => void changed.add(each),
    write,
    reload,
  };
}

function recount(
  connection: Connection,
  damaged: readonly SqlValue[],
  byNumber: (number: number) => QueueCounters,
): void {
  for (const number of damaged)
    connection.run('DELETE FROM destinations WHERE number = CAST(? AS INTEGER)', number);
  const message = `What was counted of ${damaged.length} destinations was damaged: the disk may be failing. It was counted anew.`;
  connection.notify({ kind: 'damaged-row', message });
  countItems(connection, byNumber);
}

/** Counts all items, and sets the counters that come from them; the others stay. */
export function countItems(connection: Connection, byNumber: (number: number) => QueueCounters): void {
  const counted = new Set<QueueCounters>();
  for (const row of connection.all(COUNT_ITEMS)) {
    const queue = byNumber(numberIn(row, 'destination'));
    if (!counted.has(queue)) Object.assign(queue, { waiting: 0, refused: 0, bytes: 0 });
    counted.add(queue);
    if (numberIn(row, 'list') === 0) queue.waiting = numberIn(row, 'items');
    else queue.refused = numberIn(row, 'items');
    queue.bytes += numberIn(row, 'bytes');
    queue.last = Math.max(queue.last, numberIn(row, 'last'));
  }
}

/** Reads all rows of counters. */
export function readCounters(connection: Connection): {
  readonly sound: readonly QueueCounters[];
  /** The numbers of damaged rows, as text, because they may be too large for JavaScript. */
  readonly damaged: readonly SqlValue[];
} {
  const sound: QueueCounters[] = [];
  const damaged: SqlValue[] = [];
  for (const { number } of connection.all('SELECT CAST(number AS TEXT) AS number FROM destinations')) {
    try {
      const row = connection.get(
        'SELECT * FROM destinations WHERE number = CAST(? AS INTEGER)',
        number ?? null,
      );
      sound.push(countersOf(row ?? {}));
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

function countersOf(row: Row): QueueCounters {
  const queue: QueueCounters = {
    number: numberIn(row, 'number'),
    name: textIn(row, 'name'),
    waiting: numberIn(row, 'waiting'),
    refused: numberIn(row, 'refused'),
    bytes: numberIn(row, 'bytes'),
    dropped: numberIn(row, 'dropped'),
    damaged: numberIn(row, 'damaged'),
    last: numberIn(row, 'last'),
  };
  if (numberIn(row, 'sum') !== checksum(valuesOf(queue))) throw new DamagedRow('The sum does not match');
  return queue;
}

function emptyCounters(number: number, name: string): QueueCounters {
  return { number, name, waiting: 0, refused: 0, bytes: 0, dropped: 0, damaged: 0, last: 0 };
}

function valuesOf(queue: QueueCounters) {
  const { number, name, waiting, refused, bytes, dropped, damaged, last } = queue;
  return [number, name, waiting, refused, bytes, dropped, damaged, last];
}
