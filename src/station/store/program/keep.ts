import { MAX_FIELDS, MAX_FIELDS_PER_SOURCE, MAX_SOURCES } from '../../limits';
import type { KeepAnswer, KeepArgument, KeepRefusal, NewColumn, PictureFile, Repeat } from '../operations';
import type { SeriesEntry, SourceEntry } from './names';
import type { Ledger } from './ledger';

/** Keeps columns, or nothing of them. What is there already stays as it is. */
export function keep(ledger: Ledger, columns: KeepArgument, now: number): KeepAnswer {
  const unused = () =>
    columns
      .flatMap((column) => (column.type === 'image' ? idsOf(column.values) : []))
      .filter((id) => !ledger.hasPicture(id));
  const problem = check(ledger, columns);
  if (problem) return { isKept: false, ...problem, unused: unused() };
  const repeats: Repeat[] = [];
  let isNews = false;
  for (const [index, column] of columns.entries()) {
    const { catalogue } = ledger;
    const source = catalogue.source(column, now);
    const count = source.series.length;
    const siblings = source.series.filter(
      ({ field, type }) => field === column.field && type !== column.type,
    );
    const series = catalogue.series(source, column.field, column.type);
    if (source.series.length > count) isNews = true;
    for (const row of rowsByTime(column)) {
      const time = column.times[row] ?? 0;
      const value = valueThere(ledger, [series, ...siblings], time);
      if (value === undefined) add(ledger, series, column, row);
      else repeats.push({ column: index, row, value });
    }
  }
  return { isKept: true, repeats, unused: unused(), isNews };
}

/** In the order of time, so that each block is read and written once. */
function rowsByTime({ times }: NewColumn): readonly number[] {
  const rows = times.map((_, row) => row);
  return rows.toSorted((one, other) => (times[one] ?? 0) - (times[other] ?? 0));
}

function valueThere({ shelves }: Ledger, candidates: readonly SeriesEntry[], time: number) {
  for (const series of candidates) {
    const value = shelves.valueAt(series, time);
    if (value !== undefined) return value;
  }
  return undefined;
}

function add(ledger: Ledger, series: SeriesEntry, column: NewColumn, row: number): void {
  const { shelves, edges } = ledger;
  const timestamp = column.times[row] ?? 0;
  if (column.type === 'text') {
    const value = column.values[row] ?? '';
    shelves.texts.insert(series.id, timestamp, value);
    edges.note(series, { timestamp, value });
  } else if (column.type === 'image') {
    const picture = column.values[row];
    if (!picture) return;
    ledger.addPicture(series.id, timestamp, picture);
    edges.note(series, { timestamp, value: picture.id });
  } else {
    const value = column.values[row] ?? 0;
    shelves.blocks.insert(series.id, timestamp, value);
    edges.note(series, { timestamp, value: column.type === 'boolean' ? value === 1 : value });
  }
}

function idsOf(pictures: readonly PictureFile[]): readonly string[] {
  return pictures.map(({ id }) => id);
}

type Problem = Pick<KeepRefusal, 'reason' | 'column'>;

function check({ catalogue }: Ledger, columns: KeepArgument): Problem | undefined {
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
  return checkTotal(catalogue.sources, newSources.size, newFields);
}

/** @param fields those that the sources with a new one would have */
function checkTotal(
  sources: readonly SourceEntry[],
  newSources: number,
  fields: ReadonlyMap<string, ReadonlySet<string>>,
): Problem | undefined {
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
