import { numberIn } from '../../../../storage';
import { withArrival, type FieldKind } from '../../../vocabulary';
import type { SourceId } from '../../contract';
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
import { deleteSilences, readSilences, writeSilences } from './silence-table';
import type { VerifiedConnection } from './verified-connection';

/**
 * How old the stored time of a source's last values may become before it is written anew, in milliseconds: after a
 * restart, a source may seem to be unseen for so much longer than it is.
 */
const RENEW_MS = 60_000;

/** Which sources and series there are: read once, then written with each transaction that changes them. */
export class Catalogue {
  readonly #verified: VerifiedConnection;
  /** Sources whose row is not written yet. */
  readonly #changed = new Set<SourceEntry>();
  #loaded: Map<string, SourceEntry> | undefined;

  constructor(verified: VerifiedConnection) {
    this.#verified = verified;
  }

  get #entries(): Map<string, SourceEntry> {
    this.#loaded ??= load(this.#verified);
    return this.#loaded;
  }

  get sources(): readonly SourceEntry[] {
    return [...this.#entries.values()];
  }

  find(wanted: SourceId): SourceEntry | undefined {
    return this.#entries.get(keyOf(wanted));
  }

  /** The source that values have just been received from; made where there is none. */
  source({ kind, name }: SourceId, now: number): SourceEntry {
    const entry = this.find({ kind, name }) ?? newSource({ kind, name });
    this.#entries.set(keyOf(entry), entry);
    entry.silences = withArrival(entry.silences, entry.seen || undefined, now);
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
    insertSeries(this.#verified.connection, made);
    return made;
  }

  /** Deletes a series that has no rows any more, and its source where it was its last series. */
  delete(entry: SeriesEntry): void {
    const { connection } = this.#verified;
    connection.run('DELETE FROM series WHERE id = ?', entry.id);
    const owner = this.sources.find(({ id }) => id === entry.source);
    if (!owner) return;
    owner.series.splice(owner.series.indexOf(entry), 1);
    if (owner.series.length > 0) return;
    this.#entries.delete(keyOf(owner));
    this.#changed.delete(owner);
    connection.run('DELETE FROM sources WHERE id = ?', owner.id);
    deleteSilences(connection, owner.id);
  }

  /** Writes when sources were last seen. */
  flush(): void {
    for (const each of this.#changed) {
      insertSource(this.#verified.connection, each);
      if (each.silences) writeSilences(this.#verified.connection, each.id, each.silences);
      each.written = each.seen;
    }
    this.#changed.clear();
  }

  /** Drops what is in memory; it is read anew when it is needed. */
  invalidate(): void {
    this.#loaded = undefined;
    this.#changed.clear();
  }
}

function load(verified: VerifiedConnection): Map<string, SourceEntry> {
  const { connection } = verified;
  const entries = new Map<number, SourceEntry>();
  for (const row of connection.all(SELECT_SOURCES)) {
    const entry = verified.decode('sources', numberIn(row, 'id'), undefined, () => decodeSource(row));
    if (entry) entries.set(entry.id, entry);
  }
  for (const [source, silences] of readSilences(connection)) {
    const entry = entries.get(source);
    if (entry) entry.silences = silences;
  }
  for (const row of connection.all(`${SELECT_SERIES} ORDER BY position`)) {
    const entry = verified.decode('series', numberIn(row, 'id'), undefined, () => decodeSeries(row));
    // The name of a source stood in its row. Where that was lost, the series is found again by its id when its source
    // sends something.
    if (entry) entries.get(entry.source)?.series.push(entry);
  }
  return new Map([...entries.values()].map((entry) => [keyOf(entry), entry]));
}

function newSource({ kind, name }: SourceId): SourceEntry {
  const id = sourceIdOf({ kind, name });
  return { id, kind, name, seen: 0, written: -Infinity, silences: undefined, series: [] };
}

function keyOf({ kind, name }: SourceId): string {
  return `${kind}/${name}`;
}
