import { numberIn } from '../../../storage';
import type { FieldKind } from '../../views-api';
import type { LatestValue, ListedValue, PictureFile, TimeRange } from '../operations';
import { createBlockTable, type BlockTable } from './block-table';
import { Blocks } from './blocks';
import type { SeriesEntry } from './names';
import type { Desk } from './desk';
import { createRowTable, type RowTable } from './row-table';
import { PICTURES, TEXTS } from './rows';

/** Where the values of a series are, whatever kind they are of: booleans are shown as such, pictures as their ids. */
export interface Shelves {
  readonly blocks: Blocks;
  readonly blockTable: BlockTable;
  readonly texts: RowTable<string>;
  readonly pictures: RowTable<PictureFile>;
  valueAt(series: SeriesEntry, time: number): LatestValue['value'] | undefined;
  /** When its oldest value is from. */
  first(series: SeriesEntry): number | undefined;
  latest(series: SeriesEntry): LatestValue | undefined;
  /** Values from a time on (or, with `isAfterFrom`, after it), oldest first, about `count` of them. */
  list(series: SeriesEntry, range: TimeRange, isAfterFrom: boolean, count: number): readonly ListedValue[];
}

export function createShelves(desk: Desk): Shelves {
  const blockTable = createBlockTable(desk);
  const blocks = new Blocks(blockTable);
  const texts = createRowTable(desk, TEXTS);
  const pictures = createRowTable(desk, PICTURES);

  function valueAt({ id, type }: SeriesEntry, time: number): LatestValue['value'] | undefined {
    if (type === 'text') return texts.at(id, time);
    if (type === 'image') return pictures.at(id, time)?.id;
    const value = blocks.valueAt(id, time);
    return value === undefined ? undefined : shown(type, value);
  }

  function first({ id, type }: SeriesEntry): number | undefined {
    if (type === 'text') return texts.first(id)?.timestamp;
    if (type === 'image') return pictures.first(id)?.timestamp;
    return blockTable.after(id, -Infinity)?.first;
  }

  function latest({ id, type }: SeriesEntry): LatestValue | undefined {
    if (type !== 'text' && type !== 'image') return latestNumber(blockTable, id, type);
    const last = (type === 'text' ? texts : pictures).last(id);
    return last && listed(last);
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
    return table.select(condition, 'ORDER BY timestamp LIMIT ?', [id, from, to, count]).map(listed);
  }

  return { blocks, blockTable, texts, pictures, valueAt, first, latest, list };
}

/** A row as lists show it. */
export function listed({
  timestamp,
  value,
}: {
  readonly timestamp: number;
  readonly value: string | PictureFile;
}): ListedValue {
  return { timestamp, value: typeof value === 'string' ? value : value.id };
}

/** A stored number as what it was. */
function shown(type: FieldKind, value: number): number | boolean {
  return type === 'boolean' ? value === 1 : value;
}

function latestNumber(table: BlockTable, series: number, type: FieldKind): LatestValue | undefined {
  for (;;) {
    const summary = table.before(series, Infinity);
    if (!summary) return undefined;
    const value = table.rows(summary).values.at(-1);
    // Damaged rows are gone now, so the block before them is next.
    if (value !== undefined) return { timestamp: summary.last, value: shown(type, value) };
  }
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
      if (isWanted) found.push({ timestamp, value: shown(type, values[index] ?? 0) });
    }
  }
  return found;
}

/** What the pictures take on the disk, in bytes: each file once. */
export function pictureBytes({ connection }: Desk): number {
  const sql = 'SELECT total(bytes) AS bytes FROM (SELECT DISTINCT file, bytes FROM pictures)';
  return numberIn(connection.get(sql) ?? {}, 'bytes');
}
