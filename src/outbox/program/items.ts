import {
  checkedNumber,
  checkedText,
  checksum,
  DamagedFile,
  DamagedRow,
  numberIn,
  type Connection,
  type SqlValue,
} from '../../storage';
import type { BestTime } from '../../clock';
import type { StoredRefusal } from '../operations';
import { stampOf, type StampRow } from './boots';

/** An item as it was written: with the number of its destination, and with its time as it was given. */
export interface ItemRow extends Omit<StoredRefusal, keyof BestTime> {
  readonly destination: number;
  readonly timestamp: number;
  /** When it was accepted, in milliseconds; 0 where the clock was not set. */
  readonly accepted: number;
  readonly stamp: StampRow | undefined;
}

const INSERT =
  'INSERT INTO items (id, destination, grp, timestamp, accepted, bytes, body, origin, images, refused, reason, sum, ' +
  'boot, uptime, trust) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const UPDATE_DESTINATION = 'UPDATE items SET destination = ?, accepted = ?, sum = ? WHERE id = ?';
const UPDATE_REFUSAL = 'UPDATE items SET refused = ?, reason = ?, sum = ? WHERE id = ?';

/** Where rows are looked for: a condition, in the order of ids. */
const CONDITIONS = {
  waiting: 'INDEXED BY waiting_items WHERE destination = ? AND refused IS NULL AND id > ?',
  refused: 'INDEXED BY refused_items WHERE destination = ? AND refused IS NOT NULL AND id > ?',
  grouped:
    "INDEXED BY grouped_items WHERE destination = ? AND grp = ? AND refused IS NULL AND grp <> '' AND id > ?",
  all: 'NOT INDEXED WHERE id > ?',
} as const;

/** Inserts an item with its sum. */
export function insertItem(connection: Connection, item: ItemRow): void {
  const { boot = null, uptime = null, trust = null } = item.stamp ?? {};
  connection.run(INSERT, ...valuesOf(item), sumOf(item), boot, uptime, trust);
}

/** Puts an item on the refused list, or (with null) back among those that wait. */
export function setRefusal(
  connection: Connection,
  item: ItemRow,
  refusedAt: number | null,
  reason: string | null,
): void {
  const sum = sumOf({ ...item, refusedAt, reason });
  connection.run(UPDATE_REFUSAL, refusedAt, reason, sum, item.id);
}

/** Has an item go to another destination; `accepted` is what its age counts from. */
export function setDestination(
  connection: Connection,
  item: ItemRow,
  destination: number,
  accepted: number,
): void {
  const sum = sumOf({ ...item, destination, accepted });
  connection.run(UPDATE_DESTINATION, destination, accepted, sum, item.id);
}

/** The item with an id; undefined where there is none; throws `DamagedRow` where it is not what was written. */
export function readItem(connection: Connection, id: number): ItemRow | undefined {
  let values: Columns | undefined;
  try {
    [values] = connection.lists('SELECT * FROM items WHERE id = ?', id);
  } catch (error) {
    // A number that is too large for JavaScript was never written.
    if (error instanceof RangeError) throw new DamagedRow('A number is out of range');
    throw error;
  }
  return values && itemOf(values);
}

/** Items, and the ids of those that are not what was written, in the order of ids. */
export type FoundItem = ItemRow | { readonly damaged: number };

/** Bytes of texts that are read at once, at most, after the first item: a backlog may be larger than the memory. */
const MOST_BYTES_AT_ONCE = 4 * 2 ** 20;

/** The next items (with their content) after an id: no more than `count` or 4 MB, but at least one where there is one. */
export function itemsAfter(
  connection: Connection,
  where: keyof typeof CONDITIONS,
  values: readonly SqlValue[],
  count: number,
): readonly FoundItem[] {
  const condition = CONDITIONS[where];
  const fitting = count > 1 ? countFitting(connection, where, values, count) : count;
  try {
    const rows = connection.lists(`SELECT * FROM items ${condition} ORDER BY id LIMIT ?`, ...values, fitting);
    return rows.map((columns) => itemOrDamaged(columns));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return itemsById(connection, idsAfter(connection, where, values, fitting));
}

/** The items with these ids, which an index has named. */
export function itemsById(connection: Connection, ids: readonly number[]): readonly FoundItem[] {
  return ids.map((id) => itemOrDamagedById(connection, id));
}

/** Whether an item is there and waits. */
export function isWaiting(connection: Connection, destination: number, id: number): boolean {
  const sql = 'SELECT 1 FROM items WHERE id = ? AND destination = ? AND refused IS NULL';
  return connection.get(sql, id, destination) !== undefined;
}

/** The next ids after an id. */
export function idsAfter(
  connection: Connection,
  where: keyof typeof CONDITIONS,
  values: readonly SqlValue[],
  count: number,
): readonly number[] {
  const rows = connection.all(
    `SELECT id FROM items ${CONDITIONS[where]} ORDER BY id LIMIT ?`,
    ...values,
    count,
  );
  return rows.map((row) => numberIn(row, 'id'));
}

/** How many of the next items can be read at once; at least one, where there is one. */
function countFitting(
  connection: Connection,
  where: keyof typeof CONDITIONS,
  values: readonly SqlValue[],
  count: number,
): number {
  const sizes = `SELECT octet_length(body) + octet_length(origin) AS size FROM items ${CONDITIONS[where]} ORDER BY id LIMIT ?`;
  // Mostly all fit, and one row tells.
  const all = connection.get(
    `SELECT count(*) AS items, total(size) AS size FROM (${sizes})`,
    ...values,
    count,
  );
  if (all && numberIn(all, 'size') <= MOST_BYTES_AT_ONCE) return numberIn(all, 'items');
  let sum = 0;
  const rows = connection.all(sizes, ...values, count);
  const surplus = rows.findIndex((row, index) => {
    sum += numberIn(row, 'size');
    return index > 0 && sum > MOST_BYTES_AT_ONCE;
  });
  return surplus === -1 ? rows.length : surplus;
}

function itemOrDamaged(columns: Columns): FoundItem {
  try {
    return itemOf(columns);
  } catch (error) {
    if (error instanceof DamagedRow) return { damaged: checkedNumber(columns[0], 'id') };
    throw error;
  }
}

function itemOrDamagedById(connection: Connection, id: number): FoundItem {
  try {
    const item = readItem(connection, id);
    if (item) return item;
  } catch (error) {
    if (error instanceof DamagedRow) return { damaged: id };
    throw error;
  }
  throw new DamagedFile(`The index names item ${id}, which is not there`);
}

/** The values of an item's columns, in the order in which the schema has them. */
type Columns = readonly SqlValue[];

function itemOf(columns: Columns): ItemRow {
  const [
    id,
    destination,
    grp,
    timestamp,
    accepted,
    bytes,
    body,
    origin,
    images,
    refused,
    reason,
    sum,
    boot,
    uptime,
    trust,
  ] = columns;
  const item: ItemRow = {
    id: checkedNumber(id, 'id'),
    destination: checkedNumber(destination, 'destination'),
    group: checkedText(grp, 'grp'),
    timestamp: checkedNumber(timestamp, 'timestamp'),
    accepted: checkedNumber(accepted, 'accepted'),
    bytes: checkedNumber(bytes, 'bytes'),
    body: checkedText(body, 'body'),
    origin: checkedText(origin, 'origin'),
    images: checkedText(images, 'images'),
    refusedAt: refused === null ? null : checkedNumber(refused, 'refused'),
    reason: reason === null ? null : checkedText(reason, 'reason'),
    stamp: stampOf({ boot, uptime, trust }),
  };
  if (checkedNumber(sum, 'sum') !== sumOf(item)) throw new DamagedRow('The sum does not match');
  return item;
}

function sumOf(item: ItemRow): number {
  const { stamp } = item;
  // Without a stamp, the sum is that of version 1.
  return checksum(stamp ? [...valuesOf(item), stamp.boot, stamp.uptime, stamp.trust] : valuesOf(item));
}

function valuesOf(item: ItemRow): readonly SqlValue[] {
  const { id, destination, group, timestamp, accepted, bytes, body, origin, images, refusedAt, reason } =
    item;
  return [id, destination, group, timestamp, accepted, bytes, body, origin, images, refusedAt, reason];
}
