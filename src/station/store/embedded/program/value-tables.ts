import { numberIn } from '../../../../storage';
import { positionOf, type FieldKind, type Scalar } from '../../../vocabulary';
import type { LatestValue, ListedValue, PictureFile, TimeRange } from '../../contract';
import { createBlockTable, type BlockTable } from './block-table';
import { Blocks } from './blocks';
import type { SeriesEntry } from './names';
import { createRowTable, type RowTable } from './row-table';
import { PICTURES, TEXTS } from './rows';
import type { VerifiedConnection } from './verified-connection';

/** The tables of values, one for each kind of series. Booleans are read as booleans, pictures as their ids. */
export interface ValueTables {
  readonly blocks: Blocks;
  readonly blockTable: BlockTable;
  readonly texts: RowTable<string>;
  readonly pictures: RowTable<PictureFile>;
  valueAt(series: SeriesEntry, time: number): Scalar | undefined;
  /** The time of the oldest value. */
  first(series: SeriesEntry): number | undefined;
  /** The newest value at or before a time. */
  latest(series: SeriesEntry, until: number): LatestValue | undefined;
  /** How many values there are after a time. */
  countAfter(series: SeriesEntry, time: number): number;
  /** About `count` values of a range, oldest first; with `isAfterFrom`, without those at its beginning. */
  list(series: SeriesEntry, range: TimeRange, isAfterFrom: boolean, count: number): readonly ListedValue[];
}

export function createValueTables(verified: VerifiedConnection): ValueTables {
  const blockTable = createBlockTable(verified);
  const blocks = new Blocks(blockTable);
  const texts = createRowTable(verified, TEXTS);
  const pictures = createRowTable(verified, PICTURES);

  function valueAt({ id, type }: SeriesEntry, time: number): Scalar | undefined {
    if (type === 'text') return texts.at(id, time);
    if (type === 'image') return pictures.at(id, time)?.id;
    const value = blocks.valueAt(id, time);
    return value === undefined ? undefined : scalarOf(type, value);
  }

  function first({ id, type }: SeriesEntry): number | undefined {
    if (type === 'text') return texts.first(id)?.timestamp;
    if (type === 'image') return pictures.first(id)?.timestamp;
    return blockTable.after(id, -Infinity)?.first;
  }

  function latest({ id, type }: SeriesEntry, until: number): LatestValue | undefined {
    if (type !== 'text' && type !== 'image') return latestNumber(blockTable, id, type, until);
    const last = (type === 'text' ? texts : pictures).last(id, until);
    return last && listedValueOf(last);
  }

  function countAfter({ id, type }: SeriesEntry, time: number): number {
    if (type !== 'text' && type !== 'image') return countNumbersAfter(blockTable, id, time);
    return (type === 'text' ? texts : pictures).countAfter(id, time);
  }

  function list(
    { id, type }: SeriesEntry,
    { from, to }: TimeRange,
    isAfterFrom: boolean,
    count: number,
  ): readonly ListedValue[] {
    if (type !== 'text' && type !== 'image')
      return listNumbers(blockTable, id, type, { from, to }, isAfterFrom, count);
    const condition = `series = ? AND timestamp ${isAfterFrom ? '>' : '>='} ? AND timestamp <= ?`;
    const table = type === 'text' ? texts : pictures;
    return table.select(condition, 'ORDER BY timestamp LIMIT ?', [id, from, to, count]).map(listedValueOf);
  }

  return { blocks, blockTable, texts, pictures, valueAt, first, latest, countAfter, list };
}

/** A row as lists show it. */
export function listedValueOf({
  timestamp,
  value,
}: {
  readonly timestamp: number;
  readonly value: string | PictureFile;
}): ListedValue {
  return { timestamp, value: typeof value === 'string' ? value : value.id };
}

/** A stored number as the number or boolean that it stands for. */
function scalarOf(type: FieldKind, value: number): number | boolean {
  return type === 'boolean' ? value === 1 : value;
}

function latestNumber(
  table: BlockTable,
  series: number,
  type: FieldKind,
  until: number,
): LatestValue | undefined {
  let summary = table.before(series, until);
  while (summary) {
    const { times, values } = table.rows(summary);
    const index = positionAfter(times, until) - 1;
    const [timestamp, value] = [times[index], values[index]];
    if (timestamp !== undefined && value !== undefined) return { timestamp, value: scalarOf(type, value) };
    // All rows of this one are later, or they are damaged.
    summary = table.previous(summary);
  }
  return undefined;
}

function countNumbersAfter(table: BlockTable, series: number, time: number): number {
  let found = 0;
  for (const summary of table.summaries(series, time, Infinity)) {
    if (summary.first > time) found += summary.count;
    else if (summary.last > time) found += summary.count - positionAfter(table.rows(summary).times, time);
  }
  return found;
}

/** The index of the first of sorted times that is after `time`. */
function positionAfter(times: Float64Array, time: number): number {
  const position = positionOf(times, time);
  return times[position] === time ? position + 1 : position;
}

function listNumbers(
  table: BlockTable,
  series: number,
  type: FieldKind,
  { from, to }: TimeRange,
  isAfterFrom: boolean,
  count: number,
): readonly ListedValue[] {
  const found: ListedValue[] = [];
  for (const summary of table.summaries(series, from, to)) {
    if (found.length >= count) break;
    const { times, values } = table.rows(summary);
    for (const [index, timestamp] of times.entries()) {
      const isWanted = (isAfterFrom ? timestamp > from : timestamp >= from) && timestamp <= to;
      if (isWanted) found.push({ timestamp, value: scalarOf(type, values[index] ?? 0) });
    }
  }
  return found;
}

/** What the files of all pictures take on the disk, in bytes. */
export function pictureBytes({ connection }: VerifiedConnection): number {
  const sql = 'SELECT total(bytes) AS bytes FROM (SELECT DISTINCT file, bytes FROM pictures)';
  return numberIn(connection.get(sql) ?? {}, 'bytes');
}
