import type { KnownSeries, Present } from '../../contract';
import type { SeriesEntry } from './names';
import type { StoreState } from './state';

/** A series with its oldest and its newest value, and what lies after the present. */
export function knownSeries(
  { bounds, fieldMeta, tables }: Pick<StoreState, 'bounds' | 'fieldMeta' | 'tables'>,
  series: SeriesEntry,
  { present, until }: Present,
): KnownSeries {
  const { field, type } = series;
  const { first, latest: last } = bounds.of(series);
  const isAhead = last !== undefined && last.timestamp > until;
  const ahead = isAhead ? { count: tables.countAfter(series, until), until: last.timestamp } : undefined;
  const latest = isAhead ? tables.latest(series, until) : last;
  const isLater = latest !== undefined && latest.timestamp > present;
  const count = isLater ? tables.countAfter(series, present) - (ahead?.count ?? 0) : 0;
  const later = isLater ? { count, until: latest.timestamp } : undefined;
  return { field, type, first, latest, ahead, later, meta: fieldMeta.of(series.source, field) };
}
