/** The page's model of the station: its sources and their newest values, updated by live events. */
import type {
  FieldAnswer,
  LiveMeasurement,
  RetentionAnswer,
  ShownValue,
  SourceAnswer,
  SourcesAnswer,
} from '../station/views/api';
import { SOON_MS } from '../station/views/api';
import { readSources } from './api';
import { Emitter } from './emitter';
import { firstOf, newestOf } from './fields';
import type { TimeRange } from './range';
import type { SourceId } from './route';
import { byName } from './sources';

/** From one reading of the sources to the next because of values that are ahead, in milliseconds. */
const RECOUNT_MS = 30_000;

export class StationModel {
  /** All sources were read anew; any of them may have changed. */
  readonly loaded = new Emitter<void>();
  /** The connection is back, and events may have been missed meanwhile. */
  readonly resumed = new Emitter<void>();
  /** A measurement arrived; the sources contain it already. */
  readonly measured = new Emitter<LiveMeasurement>();
  /** Reading the sources failed. */
  readonly failed = new Emitter<void>();
  #sources: SourceAnswer[] = [];
  #retention: RetentionAnswer | undefined;
  #aheadMs = 0;
  /** When the sources were read last, by the station's clock. */
  #loadedAt = 0;
  #runningSince = Infinity;
  /** Up to when it is known what was received, by the station's clock. */
  #knownUntil = 0;
  #isSignedIn = false;
  #isExposed = false;
  #failure: unknown;
  #loading: AbortController | undefined;
  #hasMissed = false;
  /** When something of each source was received, as the station said last. */
  #received = '';
  /** What had been received when catching up began; undefined while nobody does. */
  #caughtUp: string | undefined;

  /** The station's clock, in milliseconds since 1970: this device's may differ. */
  get now(): number {
    return Date.now() + this.#aheadMs;
  }

  get sources(): readonly SourceAnswer[] {
    return this.#sources;
  }

  /**
   * Whether a source has sent nothing for longer than usual, as far as is known: while the station tells nothing, as when
   * the connection is lost, or it serves too many pages, nobody knows what it receives.
   */
  isSilent({ lastSeen, usualSilenceMs }: SourceAnswer): boolean {
    if (lastSeen === undefined || usualSilenceMs === undefined) return false;
    return this.#knownUntil - Math.max(lastSeen, this.#runningSince) > usualSilenceMs;
  }

  /** The station has told all that it received up to now, except what was missed and is still being read. */
  hear(): void {
    if (this.#loading || this.#hasMissed || this.#caughtUp !== undefined) return;
    this.#knownUntil = this.now;
  }

  /** Undefined until the sources were read. */
  get retention(): RetentionAnswer | undefined {
    return this.#retention;
  }

  /** Whether this browser gave the station's password. */
  get isSignedIn(): boolean {
    return this.#isSignedIn;
  }

  /** Whether others in the network see the page, and nobody has said that they may. */
  get isExposed(): boolean {
    return this.#isExposed;
  }

  /** Why the last reading of the sources failed; undefined where none did. */
  get failure(): unknown {
    return this.#failure;
  }

  find({ kind, name }: SourceId): SourceAnswer | undefined {
    return this.#sources.find((source) => source.kind === kind && source.name === name);
  }

  /**
   * Reads all sources; a request that is still open is aborted.
   * @param hasMissed whether events may have been missed
   */
  async load(hasMissed = false): Promise<void> {
    this.#hasMissed ||= hasMissed;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    try {
      this.#update(await readSources(loading.signal));
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#failure = error;
      this.failed.emit();
      return;
    } finally {
      if (this.#loading === loading) this.#loading = undefined;
    }
    const isBehind = this.#hasMissed || (this.#caughtUp ?? this.#received) !== this.#received;
    this.#hasMissed = false;
    this.#caughtUp = undefined;
    this.loaded.emit();
    if (isBehind) this.resumed.emit();
  }

  /** Reads all sources. Where anything was received since the last reading, events may have been missed. */
  async catchUp(): Promise<void> {
    this.#caughtUp ??= this.#received;
    await this.load();
  }

  #update({ now, runningSince, retention, sources, ...visit }: SourcesAnswer): void {
    this.#isSignedIn = visit.isSignedIn ?? false;
    this.#isExposed = visit.isExposed ?? false;
    this.#aheadMs = now - Date.now();
    this.#loadedAt = now;
    this.#knownUntil = now;
    this.#runningSince = runningSince;
    this.#retention = retention;
    this.#sources = byName(sources);
    this.#received = JSON.stringify(this.#sources.map(({ kind, name, lastSeen }) => [kind, name, lastSeen]));
  }

  /** Adds a measurement as far as its fields are known; for new fields the station sends `changed`. */
  apply(measurement: LiveMeasurement): void {
    const { kind, source: name, timestamp, fields } = measurement;
    const index = this.#sources.findIndex((source) => source.kind === kind && source.name === name);
    const source = this.#sources[index];
    if (!source) return;
    this.#sources[index] = {
      ...source,
      lastSeen: this.now,
      fields: source.fields.map((field) => updated(field, timestamp, fields[field.name], this.now)),
    };
    this.measured.emit(measurement);
    // How many are ahead of its clock the station tells; not for each of a sensor whose clock is fast.
    if (timestamp > this.now + SOON_MS && this.now - this.#loadedAt > RECOUNT_MS) void this.load();
  }
}

/** The stored time of a source: from its oldest value to now. What is dated later does not move the ranges. */
export function storedRange({ fields }: SourceAnswer, now: number): TimeRange {
  return { from: Math.min(now, firstOf(fields)), to: now };
}

/** The time in which a person can move: to the last value, also where that is ahead of the station's clock. */
export function reachableRange({ fields }: SourceAnswer, now: number): TimeRange {
  const last = fields.flatMap((field) => [
    newestOf(field)?.timestamp ?? -Infinity,
    field.later?.until ?? -Infinity,
    field.ahead?.until ?? -Infinity,
  ]);
  return { from: Math.min(now, firstOf(fields)), to: Math.max(now, ...last) };
}

function updated(
  field: FieldAnswer,
  timestamp: number,
  sent: LiveMeasurement['fields'][string] | undefined,
  now: number,
): FieldAnswer {
  if (sent === undefined || !isNewer(timestamp, field.latest?.timestamp ?? -Infinity, now)) return field;
  const value: ShownValue = typeof sent === 'object' ? sent.image : sent;
  return { ...field, first: Math.min(field.first ?? timestamp, timestamp), latest: { timestamp, value } };
}

/** Whether a reading is to be shown in the place of another: one that is ahead of the time hides none that is not. */
function isNewer(time: number, shown: number, now: number): boolean {
  const [isAhead, wasAhead] = [time > now + SOON_MS, shown > now + SOON_MS];
  if (isAhead === wasAhead) return time >= shown;
  return wasAhead || shown === -Infinity;
}
