/** Which stretch of time is looked at, and how zooming and panning change it. All times in milliseconds since 1970. */

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const PRESETS = ['hour', 'day', 'week', 'month', 'year', 'all'] as const;

/** The last hour, day, … or everything that is kept. It ends now, so what is shown moves on with the time. */
export type Preset = (typeof PRESETS)[number];

/** What a person chose: a preset, or a stretch that stays where it is. */
export type RangeChoice = Preset | TimeRange;

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const SPANS: Readonly<Record<Exclude<Preset, 'all'>, number>> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
  year: 365 * DAY_MS,
};

/** Zooming in ends here: nothing measures much faster. */
const SHORTEST_MS = 1000;

/** "All" of a sensor that has just begun. */
const SHORTEST_ALL_MS = MINUTE_MS;

/** This share of what is shown stays inside of what is kept, so that nobody pans into the void. */
const KEPT_IN_VIEW = 0.1;

export function isPreset(text: string): text is Preset {
  return PRESETS.some((preset) => preset === text);
}

/** @param kept from the oldest value to now */
export function resolveRange(choice: RangeChoice, kept: TimeRange): TimeRange {
  if (typeof choice !== 'string') return choice;
  if (choice !== 'all') return { from: kept.to - SPANS[choice], to: kept.to };
  return { from: Math.min(kept.from, kept.to - SHORTEST_ALL_MS), to: kept.to };
}

/** What is shown at first: everything of a sensor that began within the hour, else the last day. */
export function firstPreset(kept: TimeRange): Preset {
  return kept.to - kept.from < HOUR_MS ? 'all' : 'day';
}

/**
 * @param factor below 1 zooms in
 * @param anchor the time that stays where it is on the screen
 */
export function zoom(range: TimeRange, factor: number, anchor: number, kept: TimeRange): TimeRange {
  const span = range.to - range.from;
  const longest = Math.max(span, 2 * (kept.to - kept.from), HOUR_MS);
  const newSpan = Math.min(Math.max(span * factor, SHORTEST_MS), longest);
  const from = anchor - (anchor - range.from) * (newSpan / span);
  return keepInView({ from, to: from + newSpan }, kept);
}

/** @param milliseconds how far to go: positive is later */
export function pan(range: TimeRange, milliseconds: number, kept: TimeRange): TimeRange {
  return keepInView({ from: range.from + milliseconds, to: range.to + milliseconds }, kept);
}

/** A stretch that was marked with the pointer, in either direction. */
export function rangeBetween(one: number, other: number): TimeRange {
  const from = Math.min(one, other);
  return { from, to: Math.max(one, other, from + SHORTEST_MS) };
}

/** As long as `range`, with the reading at `timestamp` near its end. */
export function rangeAround(timestamp: number, range: TimeRange): TimeRange {
  const span = range.to - range.from;
  const to = timestamp + span * KEPT_IN_VIEW;
  return { from: to - span, to };
}

function keepInView({ from, to }: TimeRange, kept: TimeRange): TimeRange {
  const span = to - from;
  const earliest = Math.min(kept.from + span * KEPT_IN_VIEW, kept.to);
  const end = Math.min(Math.max(to, earliest), kept.to);
  return { from: end - span, to: end };
}
