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

/** An item as it was written, with the number of its destination and its original time. */
export interface ItemRow extends Omit<StoredRefusal, keyof BestTime> {
  readonly destination: number;
  readonly timestamp: number;
  /** When it was accepted, in milliseconds; 0 if the clock was not set. */
  readonly accepted: number;
  readonly stamp: StampRow | undefined;
}

const INSERT =
  'INSERT INTO items (id, destination, grp, timestamp, accepted, bytes, body, origin, images, refused, reason, sum, ' +
  'boot, uptime, trust) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const UPDATE_DESTINATION = 'UPDATE items SET destination = ?, accepted = ?, sum = ? WHERE id = ?';
const UPDATE_TIME =
  'UPDATE items SET timestamp = ?, accepted = 0, boot = NULL, uptime = NULL, trust = NULL, sum = ? WHERE id = ?';
const UPDATE_CONTENT =
  'UPDATE items SET grp = ?, body = ?, bytes = ?, refused = NULL, reason = NULL, sum = ? WHERE id = ?';
const UPDATE_REFUSAL = 'UPDATE items SET refused = ?, reason = ?, sum = ? WHERE id = ?';

/** Of boots that are not among those of a JSON array, or with a time that does not depend on the boot: see `bestTime`. */
const OF_OTHER_BOOTS = "(boot IS NULL OR trust = 'set' OR boot NOT IN (SELECT value FROM json_each(?)))";

/** Conditions by which items are read, in the order of their ids. */
const CONDITIONS = {
  waiting: 'INDEXED BY waiting_items WHERE destination = ? AND refused IS NULL AND id > ?',
  refused: 'INDEXED BY refused_items WHERE destination = ? AND refused IS NOT NULL AND id > ?',
  grouped:
    "INDEXED BY grouped_items WHERE destination = ? AND grp = ? AND refused IS NULL AND grp <> '' AND id > ?",
  waitingOfOtherBoots: `INDEXED BY waiting_items WHERE destination = ? AND refused IS NULL AND ${OF_OTHER_BOOTS} AND id > ?`,
  groupedOfOtherBoots: `INDEXED BY grouped_items WHERE destination = ? AND grp = ? AND refused IS NULL AND grp <> '' AND ${OF_OTHER_BOOTS} AND id > ?`,
  all: 'NOT INDEXED WHERE id > ?',
} as const;

/** Inserts an item with its checksum. */
export function insertItem(connection: Connection, item: ItemRow): void {
  const { boot = null, uptime = null, trust = null } = item.stamp ?? {};
  connection.run(INSERT, ...valuesOf(item), sumOf(item), boot, uptime, trust);
}

/** Moves an item to the refused list, or (with null) back to the waiting ones. */
export function setRefusal(
  connection: Connection,
  item: ItemRow,
  refusedAt: number | null,
  reason: string | null,
): void {
  const sum = sumOf({ ...item, refusedAt, reason });
  connection.run(UPDATE_REFUSAL, refusedAt, reason, sum, item.id);
}

/** Writes another content of an item, and that it waits. */
export function setContent(connection: Connection, item: ItemRow): void {
  connection.run(UPDATE_CONTENT, item.group, item.body, item.bytes, sumOf(item), item.id);
}

/** Has an item keep a time as if it were the user's own. Its age counts as where the clock was not set. */
export function fixTime(connection: Connection, item: ItemRow, timestamp: number): void {
  const sum = sumOf({ ...item, timestamp, accepted: 0, stamp: undefined });
  connection.run(UPDATE_TIME, timestamp, sum, item.id);
}

/** Moves an item to another destination. @param accepted the time from which its age counts */
export function setDestination(
  connection: Connection,
  item: ItemRow,
  destination: number,
  accepted: number,
): void {
  const sum = sumOf({ ...item, destination, accepted });
  connection.run(UPDATE_DESTINATION, destination, accepted, sum, item.id);
}

/** The item with an id; undefined if there is none. Throws `DamagedRow` if it differs from what was written. */
export function readItem(connection: Connection, id: number): ItemRow | undefined {
  let values: Columns | undefined;
  try {
    [values] = connection.lists('SELECT * FROM items WHERE id = ?', id);
  } catch (error) {
    // No number that is too large for JavaScript was ever written.
    if (error instanceof RangeError) throw new DamagedRow('A number is out of range');
    throw error;
  }
  return values && itemOf(values);
}

/** An item, or the id of one that differs from what was written. */
export type FoundItem = ItemRow | { readonly damaged: number };

/** Most bytes of text that are read at once, unless the first item alone is larger: a backlog may exceed the memory. */
const MOST_BYTES_AT_ONCE = 4 * 2 ** 20;

/** The next items after an id, with their content: at most `count` or 4 MB, but at least one if there is one. */
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

/** The items with ids that an index has. */
export function itemsById(connection: Connection, ids: readonly number[]): readonly FoundItem[] {
  return ids.map((id) => itemOrDamagedById(connection, id));
}

/** The first of the items with these ids: at most 4 MB, but at least one. */
export function firstItemsById(connection: Connection, ids: readonly number[]): readonly FoundItem[] {
  const items: FoundItem[] = [];
  let size = 0;
  for (const id of ids) {
    const item = itemOrDamagedById(connection, id);
    if ('body' in item) size += item.body.length + item.origin.length;
    if (items.length > 0 && size > MOST_BYTES_AT_ONCE) break;
    items.push(item);
  }
  return items;
}

const NEWEST_OF_BOOTS =
  'SELECT id FROM items INDEXED BY waiting_items WHERE destination = ? AND refused IS NULL ' +
  "AND boot IN (SELECT value FROM json_each(?)) AND trust <> 'set' ORDER BY id DESC LIMIT ?";

/**
 * The newest waiting items of a destination whose time depends on one of these boots (see `bestTime`), oldest first;
 * damaged ones are left out.
 */
export function newestOfBoots(
  connection: Connection,
  destination: number,
  boots: readonly number[],
  { count, characters }: { readonly count: number; readonly characters: number },
): readonly ItemRow[] {
  const items: ItemRow[] = [];
  let size = 0;
  for (const row of connection.all(NEWEST_OF_BOOTS, destination, JSON.stringify(boots), count)) {
    const item = itemOrDamagedById(connection, numberIn(row, 'id'));
    if ('damaged' in item) continue;
    size += item.body.length;
    if (size > characters) break;
    items.push(item);
  }
  return items.toReversed();
}

/** Whether an item exists and is waiting. */
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

/** How many of the next items can be read at once; at least one if there is one. */
function countFitting(
  connection: Connection,
  where: keyof typeof CONDITIONS,
  values: readonly SqlValue[],
  count: number,
): number {
  const sizes = `SELECT octet_length(body) + octet_length(origin) AS size FROM items ${CONDITIONS[where]} ORDER BY id LIMIT ?`;
  // Usually all fit, which one row says.
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

/** The values of an item's columns, in the order of the schema. */
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
  // Without a stamp, the checksum is the same as in version 1.
  return checksum(stamp ? [...valuesOf(item), stamp.boot, stamp.uptime, stamp.trust] : valuesOf(item));
}

function valuesOf(item: ItemRow): readonly SqlValue[] {
  const { id, destination, group, timestamp, accepted, bytes, body, origin, images, refusedAt, reason } =
    item;
  return [id, destination, group, timestamp, accepted, bytes, body, origin, images, refusedAt, reason];
}
