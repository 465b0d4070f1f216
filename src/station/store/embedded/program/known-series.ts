import type { KnownSeries } from '../../contract';
import type { SeriesEntry } from './names';
import type { StoreState } from './state';

/** A series with its oldest and its newest value; the values after `until` are ahead. */
export function knownSeries(
  { bounds, tables }: Pick<StoreState, 'bounds' | 'tables'>,
  series: SeriesEntry,
  until: number,
): KnownSeries {
  const { field, type } = series;
  const { first, latest } = bounds.of(series);
  if (!latest || latest.timestamp <= until) return { field, type, first, latest, ahead: undefined };
  const ahead = { count: tables.countAfter(series, until), until: latest.timestamp };
  return { field, type, first, latest: tables.latest(series, until), ahead };
}
