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
  const newest = isAhead ? tables.latest(series, until) : last;
  const isLater = newest !== undefined && newest.timestamp > present;
  const count = isLater ? tables.countAfter(series, present) - (ahead?.count ?? 0) : 0;
  const later = isLater ? { count, until: newest.timestamp } : undefined;
  // One that is dated later by mistake hides none that is not.
  const latest = (isLater ? tables.latest(series, present) : undefined) ?? newest;
  return { field, type, first, latest, ahead, later, meta: fieldMeta.of(series.source, field) };
}
