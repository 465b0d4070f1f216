import type { LatestValue } from '../../contract';
import type { SeriesEntry } from './names';
import type { ValueTables } from './value-tables';

/** The time of the oldest value of a series, and its newest value. */
export interface SeriesBounds {
  readonly first: number | undefined;
  readonly latest: LatestValue | undefined;
}

/** The bounds of all series: each is looked up once, then kept up to date in memory. */
export interface BoundsCache {
  of(series: SeriesEntry): SeriesBounds;
  /** Takes account of a value that was appended. */
  extend(series: SeriesEntry, added: LatestValue): void;
  /** Takes account of values of a series that were deleted, the oldest ones. */
  trim(series: SeriesEntry): void;
  /** Forgets the bounds of one series, or of all, so that they are looked up anew. */
  invalidate(series?: number): void;
}

export function createBoundsCache(tables: ValueTables): BoundsCache {
  const cached = new Map<number, SeriesBounds>();

  function of(series: SeriesEntry): SeriesBounds {
    const bounds = cached.get(series.id) ?? {
      first: tables.first(series),
      latest: tables.latest(series, Infinity),
    };
    cached.set(series.id, bounds);
    return bounds;
  }

  function extend({ id }: SeriesEntry, added: LatestValue): void {
    const bounds = cached.get(id);
    if (!bounds) return;
    const { first = Infinity, latest } = bounds;
    cached.set(id, {
      first: Math.min(first, added.timestamp),
      latest: latest && latest.timestamp > added.timestamp ? latest : added,
    });
  }

  function trim(series: SeriesEntry): void {
    const bounds = cached.get(series.id);
    if (!bounds) return;
    const first = tables.first(series);
    cached.set(series.id, { first, latest: first === undefined ? undefined : bounds.latest });
  }

  function invalidate(series?: number): void {
    if (series === undefined) cached.clear();
    else cached.delete(series);
  }

  return { of, extend, trim, invalidate };
}
