import type { ExpireArgument, Expired } from '../operations';
import type { SeriesEntry } from './names';
import type { Ledger } from './ledger';
import type { RowTable, TimedRow } from './row-table';

/** Rows, or blocks of them, that one step deletes at most: others may want the disk. */
const STEP = 50;

/** Deletes a step's worth of what is too old, or, where too much is kept, of what is oldest: pictures first. */
export function expire(ledger: Ledger, { before, bytes }: ExpireArgument): Expired {
  ledger.write();
  if (before !== undefined) {
    const files = deletePictures(ledger, 'timestamp < ?', [before]);
    if (files) return { isMore: true, files };
    const old = oldestSeries(ledger, before);
    if (old) return deleteRows(ledger, old, before);
  }
  const excess = ledger.usedBytes() - bytes;
  if (excess <= 0) return { isMore: false, files: [] };
  const files = deletePictures(ledger, 'true', [], excess);
  if (files) return { isMore: true, files };
  const oldest = oldestSeries(ledger, Infinity);
  return oldest ? deleteRows(ledger, oldest, endOfStep(ledger, oldest)) : { isMore: false, files: [] };
}

/** Deletes the oldest pictures until their files come to `bytes`; undefined where there is none. */
function deletePictures(
  ledger: Ledger,
  condition: string,
  values: readonly number[],
  bytes = Infinity,
): readonly string[] | undefined {
  const { pictures } = ledger.shelves;
  const rows = pictures.select(condition, 'ORDER BY timestamp LIMIT ?', [...values, STEP]);
  if (rows.length === 0) return undefined;
  const files: string[] = [];
  const touched = new Set<number>();
  let freed = 0;
  for (const row of rows) {
    if (freed >= bytes) break;
    touched.add(row.series);
    if (!ledger.deletePicture(row)) continue;
    files.push(row.value.id);
    freed += row.value.bytes;
  }
  for (const series of touched) forgetIfEmpty(ledger, series);
  return files;
}

/** The series with the oldest value before a time, pictures aside. */
function oldestSeries({ catalogue, edges }: Ledger, before: number): SeriesEntry | undefined {
  let oldest: SeriesEntry | undefined;
  let time = before;
  for (const { series } of catalogue.sources) {
    for (const each of series) {
      if (each.type === 'image') continue;
      const { first } = edges.of(each);
      if (first === undefined || first >= time) continue;
      oldest = each;
      time = first;
    }
  }
  return oldest;
}

/** Up to where a step deletes that makes room: to the end of the first block, or of some texts. */
function endOfStep({ shelves }: Ledger, { id, type }: SeriesEntry): number {
  if (type !== 'text') return justAfter(shelves.blockTable.after(id, -Infinity)?.last);
  return justAfter(
    shelves.texts.select('series = ?', 'ORDER BY timestamp LIMIT ?', [id, STEP]).at(-1)?.timestamp,
  );
}

/** A time that is certainly later, and earlier than the next reading or not by much. */
function justAfter(time = 0): number {
  return time + 1;
}

function deleteRows({ shelves, edges, ...ledger }: Ledger, series: SeriesEntry, before: number): Expired {
  if (series.type === 'text') deleteTexts(shelves.texts, series.id, before);
  else {
    let count = 0;
    for (const summary of shelves.blockTable.summaries(series.id, -Infinity, before)) {
      if (summary.first >= before || count >= STEP) break;
      shelves.blocks.trim(summary, before);
      count += 1;
    }
  }
  edges.forget(series.id);
  forgetIfEmpty({ shelves, edges, ...ledger }, series.id);
  return { isMore: true, files: [] };
}

function deleteTexts(texts: RowTable<string>, series: number, before: number): void {
  const rows: readonly TimedRow<string>[] = texts.select(
    'series = ? AND timestamp < ?',
    'ORDER BY timestamp LIMIT ?',
    [series, before, STEP],
  );
  for (const row of rows) texts.delete(row);
}

function forgetIfEmpty({ catalogue, edges }: Ledger, id: number): void {
  const series = catalogue.sources.flatMap((source) => source.series).find((each) => each.id === id);
  if (series && edges.of(series).latest === undefined) catalogue.delete(series);
}
