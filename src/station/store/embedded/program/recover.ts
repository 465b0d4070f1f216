import type { SourceId } from '../../contract';
import type { IdPage, RecoveredPicture, UnnamedPicture } from './operations';
import type { StoreState } from './state';

/** Which sensor shows the pictures whose rows were lost, and as which field. */
const SOURCE: SourceId = { kind: 'sensor', name: 'recovered' };
const FIELD = 'picture';

/**
 * Gives rows to pictures that have none. The bounds on sources and fields do not count here: what was accepted is shown.
 * @param pictures in the order of their times; where a time is taken, the next free millisecond is used
 * @returns how many had none
 */
export function recover(state: StoreState, pictures: readonly RecoveredPicture[], now: number): number {
  const lost = pictures.filter(({ id }) => !state.pictures.has(id));
  if (lost.length === 0) return 0;
  const { catalogue, tables, bounds } = state;
  const series = catalogue.series(catalogue.source(SOURCE, now), FIELD, 'image');
  let last = -Infinity;
  for (const { timestamp, ...picture } of lost) {
    let time = timestamp > last ? timestamp : last + 1;
    while (tables.pictures.at(series.id, time) !== undefined) time += 1;
    last = time;
    state.pictures.add(series.id, time, picture);
    bounds.extend(series, { timestamp: time, value: picture.id });
  }
  state.usedEstimate.invalidate();
  return lost.length;
}

/** Rows of one picture that are read to find an undamaged one. */
const MOST_READ = 10;

/** Those of some pictures that no undamaged row names. Rows that turn out to be damaged are quarantined. */
export function unnamedPictures(state: StoreState, ids: readonly string[]): readonly UnnamedPicture[] {
  const { pictures } = state.tables;
  const { connection } = state.verified;
  return ids
    .filter(
      (id) => pictures.select('file = ?', `LIMIT ${MOST_READ}`, [id]).length === 0 && !state.pictures.has(id),
    )
    .map((id) => ({
      id,
      isRemoved: connection.get('SELECT 1 FROM removed_pictures WHERE file = ?', id) !== undefined,
    }));
}

/** Pictures after an id, in the order of their ids, whose last row was deleted. */
export function removedPictures(
  { verified: { connection } }: StoreState,
  { after, count }: IdPage,
): readonly string[] {
  const sql = 'SELECT file FROM removed_pictures WHERE file > ? ORDER BY file LIMIT ?';
  return connection.all(sql, after, count).flatMap(({ file }) => (typeof file === 'string' ? [file] : []));
}

/** Forgets removed pictures whose files are deleted. */
export function forgetRemoved({ verified: { connection } }: StoreState, ids: readonly string[]): void {
  for (const id of ids) connection.run('DELETE FROM removed_pictures WHERE file = ?', id);
}
