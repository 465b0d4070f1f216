import { endOfOldest, seriesBefore } from './oldest-readings';
import type { SeriesEntry } from './names';
import type { ExpireArgument, Expired } from './operations';
import type { StoreState } from './state';

/** Pictures, or blocks of rows, that one step deletes at most, so that other operations get their turn. */
const STEP = 50;

/** Texts that are deleted together. */
const TEXTS = 50;

/**
 * The part of the room that is made free beyond what is needed, where readings are deleted for room: else each run would
 * take a few readings off the oldest block of each series, and write all of these blocks anew.
 */
const SPARE_PART = 0.001;

/** The oldest readings that are deleted together for room, in bytes: their times are in memory meanwhile. */
const MOST_BYTES = 2 ** 18;

/** The time of the oldest value of all; undefined where there is none. */
export function oldestTime(state: StoreState): number | undefined {
  const [picture] = state.tables.pictures.select('true', 'ORDER BY timestamp LIMIT 1', []);
  const [series] = seriesBefore(state, picture?.timestamp ?? Infinity);
  return series ? state.bounds.of(series).first : picture?.timestamp;
}

/** Deletes one step's worth of what retention does not allow. */
export type Expire = (argument: ExpireArgument) => Expired;

/**
 * What deletes what is too old, or else, where too much is stored, what is oldest: pictures first. Of readings those before
 * a time go, of all series, step by step, until none is left; only then another time is chosen.
 */
export function createExpire(state: StoreState): Expire {
  /** What is older goes for room; undefined while nothing does. */
  let end: number | undefined;

  function expire({ before, bytes }: ExpireArgument): Expired {
    state.flush();
    if (before !== undefined) {
      const files = deletePictures(state, 'timestamp < ?', [before]);
      if (files) return { isMore: true, files };
      if (deleteRows(state, before) > 0) return { isMore: true, files: [] };
    }
    const excess = state.usedBytes() - bytes;
    const files = excess > 0 ? deletePictures(state, 'true', [], excess) : undefined;
    if (files) return { isMore: true, files };
    // A half each time, because pages free more than the readings alone take, or less.
    if (excess > 0) end ??= endOfOldest(state, Math.min(excess / 2 + bytes * SPARE_PART, MOST_BYTES));
    return { isMore: expireRows(), files: [] };
  }

  function expireRows(): boolean {
    if (end === undefined) return false;
    const count = deleteRows(state, end);
    if (count < STEP) end = undefined;
    return count > 0;
  }

  return expire;
}

/** Deletes the oldest pictures until the deleted files amount to `bytes`; undefined where there is none. */
function deletePictures(
  state: StoreState,
  condition: string,
  values: readonly number[],
  bytes = Infinity,
): readonly string[] | undefined {
  const { pictures } = state.tables;
  const rows = pictures.select(condition, 'ORDER BY timestamp LIMIT ?', [...values, STEP]);
  if (rows.length === 0) return undefined;
  const files: string[] = [];
  const touched = new Set<number>();
  let freed = 0;
  for (const row of rows) {
    if (freed >= bytes) break;
    touched.add(row.series);
    const isLast = state.pictures.delete(row);
    state.bounds.invalidate(row.series);
    if (!isLast) continue;
    files.push(row.value.id);
    freed += row.value.bytes;
  }
  for (const id of touched) deleteSeriesIfEmpty(state, id);
  return files;
}

/** Deletes rows before a time, those of the series with the oldest first, until the step is full. @returns how many blocks or groups of texts */
function deleteRows(state: StoreState, before: number): number {
  let count = 0;
  for (const series of seriesBefore(state, before)) {
    while (count < STEP && (state.bounds.of(series).first ?? Infinity) < before) {
      deleteFirst(state, series, before);
      count += 1;
    }
    deleteIfEmpty(state, series);
    if (count === STEP) break;
  }
  if (count > 0) state.firstToGo.invalidate();
  return count;
}

/** Deletes the rows of the first block, or the first texts, that are before a time. */
function deleteFirst(state: StoreState, series: SeriesEntry, before: number): void {
  const { blocks, blockTable, texts } = state.tables;
  const { id, type } = series;
  if (type === 'text') {
    const sql = 'series = ? AND timestamp < ?';
    for (const row of texts.select(sql, `ORDER BY timestamp LIMIT ${TEXTS}`, [id, before])) texts.delete(row);
  } else {
    const first = blockTable.after(id, -Infinity);
    if (first) blocks.trim(first, before);
  }
  state.bounds.trim(series);
}

function deleteSeriesIfEmpty(state: StoreState, id: number): void {
  const series = state.catalogue.sources.flatMap((source) => source.series).find((each) => each.id === id);
  if (series) deleteIfEmpty(state, series);
}

function deleteIfEmpty({ catalogue, fieldMeta, bounds }: StoreState, series: SeriesEntry): void {
  if (bounds.of(series).latest !== undefined) return;
  catalogue.delete(series);
  const others = catalogue.sources.flatMap((source) => (source.id === series.source ? source.series : []));
  if (!others.some(({ field }) => field === series.field)) fieldMeta.delete(series.source, series.field);
}
