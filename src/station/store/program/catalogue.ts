import { numberIn } from '../../../storage';
import type { FieldKind } from '../../views-api';
import type { SourceId } from '../operations';
import type { Desk } from './desk';
import {
  decodeSeries,
  decodeSource,
  insertSeries,
  insertSource,
  SELECT_SERIES,
  SELECT_SOURCES,
  seriesIdOf,
  sourceIdOf,
  type SeriesEntry,
  type SourceEntry,
} from './names';

/** After a restart, it may be so much longer than it really is since a source was seen, in milliseconds. */
const RENEW_MS = 60_000;

/** Which sources and series there are: read once, and written in step with each transaction. */
export class Catalogue {
  readonly #desk: Desk;
  /** Sources whose row is not written yet. */
  readonly #changed = new Set<SourceEntry>();
  #loaded: Map<string, SourceEntry> | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get #entries(): Map<string, SourceEntry> {
    this.#loaded ??= load(this.#desk);
    return this.#loaded;
  }

  get sources(): readonly SourceEntry[] {
    return [...this.#entries.values()];
  }

  find(wanted: SourceId): SourceEntry | undefined {
    return this.#entries.get(keyOf(wanted));
  }

  /** A source that has just been heard of; made where there is none. */
  source({ kind, name }: SourceId, now: number): SourceEntry {
    const entry = this.find({ kind, name }) ?? newSource({ kind, name });
    this.#entries.set(keyOf(entry), entry);
    entry.seen = now;
    if (Math.abs(now - entry.written) >= RENEW_MS) this.#changed.add(entry);
    return entry;
  }

  /** A series of a source; made where there is none. */
  series(owner: SourceEntry, field: string, type: FieldKind): SeriesEntry {
    const known = owner.series.find((each) => each.field === field && each.type === type);
    if (known) return known;
    const positions = this.sources.flatMap(({ series }) => series.map(({ position }) => position));
    const id = seriesIdOf(owner.id, field, type);
    const made = { id, position: Math.max(0, ...positions) + 1, source: owner.id, field, type };
    owner.series.push(made);
    insertSeries(this.#desk.connection, made);
    return made;
  }

  /** Forgets a series that has no rows any more, and its source where it was the last. */
  delete(entry: SeriesEntry): void {
    const { connection } = this.#desk;
    connection.run('DELETE FROM series WHERE id = ?', entry.id);
    const owner = this.sources.find(({ id }) => id === entry.source);
    if (!owner) return;
    owner.series.splice(owner.series.indexOf(entry), 1);
    if (owner.series.length > 0) return;
    this.#entries.delete(keyOf(owner));
    this.#changed.delete(owner);
    connection.run('DELETE FROM sources WHERE id = ?', owner.id);
  }

  /** Writes when sources were last seen. */
  write(): void {
    for (const each of this.#changed) {
      insertSource(this.#desk.connection, each);
      each.written = each.seen;
    }
    this.#changed.clear();
  }

  /** Has everything read anew when it is needed. */
  forget(): void {
    this.#loaded = undefined;
    this.#changed.clear();
  }
}

function load(desk: Desk): Map<string, SourceEntry> {
  const { connection } = desk;
  const entries = new Map<number, SourceEntry>();
  for (const row of connection.all(SELECT_SOURCES)) {
    const entry = desk.sound('sources', numberIn(row, 'id'), undefined, () => decodeSource(row));
    if (entry) entries.set(entry.id, entry);
  }
  for (const row of connection.all(`${SELECT_SERIES} ORDER BY position`)) {
    const entry = desk.sound('series', numberIn(row, 'id'), undefined, () => decodeSeries(row));
    // Without its source it has no name; it is found again when its source sends something.
    if (entry) entries.get(entry.source)?.series.push(entry);
  }
  return new Map([...entries.values()].map((entry) => [keyOf(entry), entry]));
}

function newSource({ kind, name }: SourceId): SourceEntry {
  return { id: sourceIdOf({ kind, name }), kind, name, seen: 0, written: -Infinity, series: [] };
}

function keyOf({ kind, name }: SourceId): string {
  return `${kind}/${name}`;
}
