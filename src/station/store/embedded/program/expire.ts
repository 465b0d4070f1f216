import type { SeriesEntry } from './names';
import type { ExpireArgument, Expired } from './operations';
import type { StoreState } from './state';

/** Pictures, or blocks of rows, that one step deletes at most, so that other operations get their turn. */
const STEP = 50;

/** Texts that are deleted together. */
const TEXTS = 50;

/** The time of the oldest value of all; undefined where there is none. */
export function oldestTime(state: StoreState): number | undefined {
  const [picture] = state.tables.pictures.select('true', 'ORDER BY timestamp LIMIT 1', []);
  const series = oldestSeries(state, picture?.timestamp ?? Infinity);
  return series ? state.bounds.of(series).first : picture?.timestamp;
}

/** Deletes one step's worth of what is too old, or else, where too much is stored, of what is oldest: pictures first. */
export function expire(state: StoreState, { before, bytes }: ExpireArgument): Expired {
  state.flush();
  if (before !== undefined) {
    const files = deletePictures(state, 'timestamp < ?', [before]);
    if (files) return { isMore: true, files };
    if (deleteRows(state, before, () => false)) return { isMore: true, files: [] };
  }
  const excess = state.usedBytes() - bytes;
  if (excess <= 0) return { isMore: false, files: [] };
  const files = deletePictures(state, 'true', [], excess);
  if (files) return { isMore: true, files };
  return { isMore: deleteRows(state, Infinity, () => state.usedBytes() <= bytes), files: [] };
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
  for (const series of touched) deleteIfEmpty(state, series);
  return files;
}

/** The series with the oldest value before a time; pictures are left out. */
function oldestSeries({ catalogue, bounds }: StoreState, before: number): SeriesEntry | undefined {
  let oldest: SeriesEntry | undefined;
  let time = before;
  for (const { series } of catalogue.sources) {
    for (const each of series) {
      if (each.type === 'image') continue;
      const { first } = bounds.of(each);
      if (first === undefined || first >= time) continue;
      oldest = each;
      time = first;
    }
  }
  return oldest;
}

/** Deletes the oldest rows before a time until it is enough, or the step is full. @returns whether there were any */
function deleteRows(state: StoreState, before: number, isEnough: () => boolean): boolean {
  let count = 0;
  while (count < STEP && !isEnough()) {
    const series = oldestSeries(state, before);
    if (!series) break;
    deleteFirst(state, series, before);
    count += 1;
  }
  return count > 0;
}

/** Values of one series, from a time on and before another one, in milliseconds. */
export interface NextForRoom {
  readonly series: number;
  readonly from: number;
  readonly until: number;
}

/** The numbers or texts that are deleted first for room, where no picture is; undefined where there are none. */
export function nextForRoom(state: StoreState): NextForRoom | undefined {
  state.flush();
  const series = oldestSeries(state, Infinity);
  const from = series && state.bounds.of(series).first;
  if (!series || from === undefined) return undefined;
  const { texts, blockTable } = state.tables;
  if (series.type === 'text') {
    const last = texts.select('series = ?', `ORDER BY timestamp LIMIT ${TEXTS}`, [series.id]).at(-1);
    return { series: series.id, from, until: last?.timestamp ?? from };
  }
  const block = blockTable.after(series.id, -Infinity);
  // Not until its bucket ends, which may be weeks ahead: a slow sensor's new readings would all be refused.
  return { series: series.id, from, until: block?.last ?? from };
}

/** Deletes the rows of the first block, or the first texts, that are before a time. */
function deleteFirst(state: StoreState, { id, type }: SeriesEntry, before: number): void {
  const { blocks, blockTable, texts } = state.tables;
  if (type === 'text') {
    const sql = 'series = ? AND timestamp < ?';
    for (const row of texts.select(sql, `ORDER BY timestamp LIMIT ${TEXTS}`, [id, before])) texts.delete(row);
  } else {
    const first = blockTable.after(id, -Infinity);
    if (first) blocks.trim(first, before);
  }
  state.bounds.invalidate(id);
  deleteIfEmpty(state, id);
}

function deleteIfEmpty({ catalogue, fieldMeta, bounds }: StoreState, id: number): void {
  const series = catalogue.sources.flatMap((source) => source.series).find((each) => each.id === id);
  if (!series || bounds.of(series).latest !== undefined) return;
  catalogue.delete(series);
  const others = catalogue.sources.flatMap((source) => (source.id === series.source ? source.series : []));
  if (!others.some(({ field }) => field === series.field)) fieldMeta.delete(series.source, series.field);
}
