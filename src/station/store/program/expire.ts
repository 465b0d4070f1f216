import type { ExpireArgument, Expired } from '../operations';
import type { SeriesEntry } from './names';
import type { Ledger } from './ledger';

/** Pictures, or blocks of rows, that one step deletes at most: others may want the disk. */
const STEP = 50;

/** Texts that are deleted together. */
const TEXTS = 50;

/** Deletes a step's worth of what is too old, or, where too much is kept, of what is oldest: pictures first. */
export function expire(ledger: Ledger, { before, bytes }: ExpireArgument): Expired {
  ledger.write();
  if (before !== undefined) {
    const files = deletePictures(ledger, 'timestamp < ?', [before]);
    if (files) return { isMore: true, files };
    if (deleteRows(ledger, before, () => false)) return { isMore: true, files: [] };
  }
  const excess = ledger.usedBytes() - bytes;
  if (excess <= 0) return { isMore: false, files: [] };
  const files = deletePictures(ledger, 'true', [], excess);
  if (files) return { isMore: true, files };
  return { isMore: deleteRows(ledger, Infinity, () => ledger.usedBytes() <= bytes), files: [] };
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

/** Deletes the oldest rows before a time, until it is enough; false where there is none. */
function deleteRows(ledger: Ledger, before: number, isEnough: () => boolean): boolean {
  let count = 0;
  while (count < STEP && !isEnough()) {
    const series = oldestSeries(ledger, before);
    if (!series) break;
    deleteFirst(ledger, series, before);
    count += 1;
  }
  return count > 0;
}

/** Deletes the rows of the first block, or the first texts, that are before a time. */
function deleteFirst(ledger: Ledger, { id, type }: SeriesEntry, before: number): void {
  const { blocks, blockTable, texts } = ledger.shelves;
  if (type === 'text') {
    const sql = 'series = ? AND timestamp < ?';
    for (const row of texts.select(sql, `ORDER BY timestamp LIMIT ${TEXTS}`, [id, before])) texts.delete(row);
  } else {
    const first = blockTable.after(id, -Infinity);
    if (first) blocks.trim(first, before);
  }
  ledger.edges.forget(id);
  forgetIfEmpty(ledger, id);
}

function forgetIfEmpty({ catalogue, edges }: Ledger, id: number): void {
  const series = catalogue.sources.flatMap((source) => source.series).find((each) => each.id === id);
  if (series && edges.of(series).latest === undefined) catalogue.delete(series);
}
