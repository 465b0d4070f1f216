import {
  MAX_FIELDS,
  MAX_FIELDS_PER_SOURCE,
  MAX_SOURCES,
  type ColumnProblem,
  type NewColumn,
  type PictureFile,
  type Repeat,
} from '../../contract';
import { findNoRoom } from './admission';
import type { SeriesEntry, SourceEntry } from './names';
import type { AppendArgument, AppendOutcome } from './operations';
import type { StoreState } from './state';

/** Appends columns, all or nothing. A value that is there already stays as it is. */
export function append(state: StoreState, { columns, bytes }: AppendArgument, now: number): AppendOutcome {
  const problem = findProblem(state, columns) ?? findNoRoom(state, columns, bytes);
  if (problem) return { isAppended: false, problem, unused: unusedPictures(state, columns) };
  const repeats: Repeat[] = [];
  let hasNewSeries = false;
  let hasNewMeta = false;
  for (const [index, column] of columns.entries()) {
    const { catalogue } = state;
    const source = catalogue.source(column, now);
    const count = source.series.length;
    const siblings = source.series.filter(
      ({ field, type }) => field === column.field && type !== column.type,
    );
    const series = catalogue.series(source, column.field, column.type);
    if (source.series.length > count) hasNewSeries = true;
    if (column.meta && state.fieldMeta.update(source.id, column.field, column.meta)) hasNewMeta = true;
    for (const row of rowsByTime(column)) {
      const time = column.times[row] ?? 0;
      const value = existingValue(state, [series, ...siblings], time);
      if (value === undefined) insertRow(state, series, column, row);
      else repeats.push({ column: index, row, value });
    }
  }
  return { isAppended: true, repeats, hasNewSeries, hasNewMeta, unused: unusedPictures(state, columns) };
}

/** The pictures of columns that no row names. */
function unusedPictures(state: StoreState, columns: readonly NewColumn[]): readonly string[] {
  return columns
    .flatMap((column) => (column.type === 'image' ? idsOf(column.values) : []))
    .filter((id) => !state.pictures.has(id));
}

/** In the order of time, so that each block is read and written once. */
function rowsByTime({ times }: NewColumn): readonly number[] {
  const rows = times.map((_, row) => row);
  return rows.toSorted((one, other) => (times[one] ?? 0) - (times[other] ?? 0));
}

function existingValue({ tables }: StoreState, candidates: readonly SeriesEntry[], time: number) {
  for (const series of candidates) {
    const value = tables.valueAt(series, time);
    if (value !== undefined) return value;
  }
  return undefined;
}

function insertRow(state: StoreState, series: SeriesEntry, column: NewColumn, row: number): void {
  const { tables, bounds } = state;
  const timestamp = column.times[row] ?? 0;
  state.firstToGo.noteAppended(timestamp);
  if (column.type === 'text') {
    const value = column.values[row] ?? '';
    tables.texts.insert(series.id, timestamp, value);
    bounds.extend(series, { timestamp, value });
  } else if (column.type === 'image') {
    const picture = column.values[row];
    if (!picture) return;
    state.pictures.add(series.id, timestamp, picture);
    bounds.extend(series, { timestamp, value: picture.id });
  } else {
    const value = column.values[row] ?? 0;
    tables.blocks.insert(series.id, timestamp, value);
    bounds.extend(series, { timestamp, value: column.type === 'boolean' ? value === 1 : value });
  }
}

function idsOf(pictures: readonly PictureFile[]): readonly string[] {
  return pictures.map(({ id }) => id);
}

/** Why columns cannot be appended; undefined where they can. */
function findProblem({ catalogue }: StoreState, columns: readonly NewColumn[]): ColumnProblem | undefined {
  const newSources = new Set<string>();
  const newFields = new Map<string, Set<string>>();
  for (const [column, { kind, name, field, type }] of columns.entries()) {
    const source = catalogue.find({ kind, name });
    const known = source?.series.filter((each) => each.field === field) ?? [];
    if (known.some((each) => (each.type === 'image') !== (type === 'image')))
      return { reason: 'mixed', column };
    if (known.length > 0) continue;
    const key = `${kind}/${name}`;
    if (!source) newSources.add(key);
    const fields = newFields.get(key) ?? new Set(source && fieldsOf(source));
    newFields.set(key, fields.add(field));
    if (fields.size > MAX_FIELDS_PER_SOURCE) return { reason: 'fields', column };
  }
  if (newFields.size === 0) return undefined;
  return findTotalProblem(catalogue.sources, newSources.size, newFields);
}

/** @param fields by source, all fields that each source with a new one would have */
function findTotalProblem(
  sources: readonly SourceEntry[],
  newSources: number,
  fields: ReadonlyMap<string, ReadonlySet<string>>,
): ColumnProblem | undefined {
  if (sources.length + newSources > MAX_SOURCES) return { reason: 'sources', column: 0 };
  const unchanged = sources.filter(({ kind, name }) => !fields.has(`${kind}/${name}`));
  const counts = [
    ...unchanged.map((source) => fieldsOf(source).size),
    ...[...fields.values()].map(({ size }) => size),
  ];
  return counts.reduce((sum, count) => sum + count, 0) > MAX_FIELDS
    ? { reason: 'fields', column: 0 }
    : undefined;
}

function fieldsOf({ series }: SourceEntry): Set<string> {
  return new Set(series.map(({ field }) => field));
}
