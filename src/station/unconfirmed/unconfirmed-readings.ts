import { EARLIEST_PRESENT, presentAt } from '../../clock';
import type { FieldId, KnownSource, NewColumn, Store, TimeRange } from '../store';
import type { Scalar } from '../vocabulary';
import { MAX_VALUES, MAX_VALUES_PER_SERIES } from './limits';

/** The values of one kind that one field has; two arrays of one length, in the order of time, each time once. */
export interface UnconfirmedSeries extends FieldId {
  readonly type: 'number' | 'boolean' | 'text';
  readonly times: readonly number[];
  readonly values: readonly Scalar[];
}

/**
 * Shows columns in place of those that it was given before, the newest last; none as soon as it is given none.
 * @returns whether any value is shown
 */
export type UnconfirmedPlace = (columns: readonly NewColumn[]) => Promise<boolean>;

export interface UnconfirmedReadings {
  /** A place for what one queue has waiting. */
  openPlace(): UnconfirmedPlace;
  /** What all places show. */
  readonly series: () => readonly UnconfirmedSeries[];
}

export interface UnconfirmedOptions {
  readonly store: Pick<Store, 'read'>;
  readonly now: () => number;
  /** Whether this machine's clock goes on while the machine is off. */
  readonly isClockKept: () => boolean;
  /** Called when something else is shown than before. */
  readonly onChange: () => void;
}

/**
 * So far before the newest stored value, in milliseconds, readings of a clock that goes on while the machine is off may
 * lie: it loses some seconds a day, other devices have sent meanwhile, and values may be dated a day ahead. A battery
 * that fails is further off: its clock begins anew years ago.
 */
const MOST_BEHIND_MS = 86_400_000;

/**
 * So far after the newest stored value, in milliseconds, a time is believed without confirmation: a machine that was off
 * for a holiday shows its readings. After a longer time they wait unseen; else a clock that was set to another year by
 * mistake would have the page's graphs go on until then.
 */
const MOST_AHEAD_MS = 31 * 86_400_000;

/** The values of a series that one place shows, newest first. */
interface GrowingSeries extends FieldId {
  readonly type: UnconfirmedSeries['type'];
  readonly rows: (readonly [time: number, value: Scalar])[];
}

export function createUnconfirmedReadings(options: UnconfirmedOptions): UnconfirmedReadings {
  const { onChange } = options;
  const places = new Map<UnconfirmedPlace, readonly GrowingSeries[]>();

  function show(place: UnconfirmedPlace, shown: readonly GrowingSeries[]): boolean {
    const wasShown = places.delete(place);
    if (shown.length > 0) places.set(place, shown);
    if (wasShown || shown.length > 0) onChange();
    return shown.length > 0;
  }

  function roomBeside(place: UnconfirmedPlace): number {
    const others = [...places].filter(([each]) => each !== place).flatMap(([, series]) => series);
    return others.reduce((room, { rows }) => room - rows.length, MAX_VALUES);
  }

  function openPlace(): UnconfirmedPlace {
    let requests = 0;
    const place: UnconfirmedPlace = async (columns) => {
      requests += 1;
      const request = requests;
      if (columns.length === 0) return show(place, []);
      const range = await rangeShown(options);
      // A later one has come meanwhile.
      if (request !== requests) return places.has(place);
      return show(place, newestOf(columns, range, roomBeside(place)));
    };
    return place;
  }

  return { openPlace, series: () => merged([...places.values()].flat()) };
}

const NO_TIME: TimeRange = { from: Infinity, to: -Infinity };
const ANY_TIME: TimeRange = { from: -Infinity, to: Infinity };

/**
 * The times that are worth showing: those that may be right beside what is stored. A clock that shows an impossible time
 * tells nothing. One that went on while the machine was off is nearly right, unless its battery failed. Any other goes
 * on from the last shutdown, and only agrees with what is stored where it is not before the newest of it.
 */
async function rangeShown({ store, now, isClockKept }: UnconfirmedOptions): Promise<TimeRange> {
  if (now() < EARLIEST_PRESENT) return NO_TIME;
  const catalogue = await store.read('catalogue', { present: Infinity, until: Infinity });
  if (!catalogue.ok) return NO_TIME;
  const newest = newestStored(catalogue.value.sources);
  if (newest === undefined) return ANY_TIME;
  return { from: isClockKept() ? newest - MOST_BEHIND_MS : newest, to: newest + MOST_AHEAD_MS };
}

/**
 * The time of the newest value that was not ahead when its source was last seen, for one that is dated 2099 by mistake
 * says nothing of the time; where it was ahead, when that was. Undefined where nothing is stored.
 */
function newestStored(sources: readonly KnownSource[]): number | undefined {
  const times = sources.flatMap(({ seen, series }) =>
    series.flatMap(({ latest }) => {
      if (!latest) return [];
      return latest.timestamp <= presentAt(seen).latest ? latest.timestamp : seen;
    }),
  );
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** The newest values of columns in a range; pictures are left out. @param room how many there may be */
function newestOf(
  columns: readonly NewColumn[],
  { from, to }: TimeRange,
  room: number,
): readonly GrowingSeries[] {
  const series = new Map<string, GrowingSeries>();
  let left = room;
  for (const column of columns.toReversed()) {
    if (column.type === 'image') continue;
    const { kind, name, field, type, times } = column;
    const growing: GrowingSeries = series.get(keyOf(column)) ?? { kind, name, field, type, rows: [] };
    const { rows } = growing;
    for (let index = times.length - 1; index >= 0; index -= 1) {
      const time = times[index] ?? -Infinity;
      if (time < from || time > to || rows.length >= MAX_VALUES_PER_SERIES || left <= 0) continue;
      rows.push([time, scalarOf(type, column.values[index] ?? 0)]);
      left -= 1;
    }
    if (rows.length > 0) series.set(keyOf(column), growing);
  }
  // In the order of the columns again.
  return [...series.values()].toReversed();
}

function scalarOf(type: UnconfirmedSeries['type'], value: number | string): Scalar {
  return type === 'boolean' ? value === 1 : value;
}

/** The same series of several places as one: two queues may have the same readings. */
function merged(all: readonly GrowingSeries[]): readonly UnconfirmedSeries[] {
  const series = new Map<string, GrowingSeries>();
  for (const each of all) {
    const known = series.get(keyOf(each));
    series.set(keyOf(each), known ? { ...known, rows: [...known.rows, ...each.rows] } : each);
  }
  return [...series.values()].map(({ rows, ...id }) => {
    const sorted = [...new Map(rows)].toSorted(([one], [other]) => one - other);
    return { ...id, times: sorted.map(([time]) => time), values: sorted.map(([, value]) => value) };
  });
}

function keyOf({ kind, name, field, type }: FieldId & { readonly type: string }): string {
  return JSON.stringify([kind, name, field, type]);
}
