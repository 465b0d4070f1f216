import type { LatestValue } from '../operations';
import type { SeriesEntry } from './names';
import type { Shelves } from './shelves';

/** The oldest and the newest value of a series. */
export interface Edges {
  readonly first: number | undefined;
  readonly latest: LatestValue | undefined;
}

/** The edges of all series: looked up once each, then kept in step. */
export interface EdgesTable {
  of(series: SeriesEntry): Edges;
  /** A value was added. */
  note(series: SeriesEntry, added: LatestValue): void;
  /** Has the edges of one series or of all looked up anew. */
  forget(series?: number): void;
}

export function createEdges(shelves: Shelves): EdgesTable {
  const known = new Map<number, Edges>();

  function of(series: SeriesEntry): Edges {
    const edges = known.get(series.id) ?? { first: shelves.first(series), latest: shelves.latest(series) };
    known.set(series.id, edges);
    return edges;
  }

  function note({ id }: SeriesEntry, added: LatestValue): void {
    const edges = known.get(id);
    if (!edges) return;
    const { first = Infinity, latest } = edges;
    known.set(id, {
      first: Math.min(first, added.timestamp),
      latest: latest && latest.timestamp > added.timestamp ? latest : added,
    });
  }

  function forget(series?: number): void {
    if (series === undefined) known.clear();
    else known.delete(series);
  }

  return { of, note, forget };
}
