/** Which range of time is shown, and how zooming and panning change it. All times in milliseconds since 1970. */

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const PRESETS = ['hour', 'day', 'week', 'month', 'year', 'all'] as const;

/** The last hour, day, … or everything that is stored. It ends now, so it moves on with the time. */
export type Preset = (typeof PRESETS)[number];

/** What a person chose: a preset, or a range that stays where it is. */
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

/** The shortest range, in milliseconds: no sensor measures much faster. */
const SHORTEST_MS = 1000;

/** All of a sensor that has just begun. */
const SHORTEST_ALL_MS = MINUTE_MS;

/** This share of what is shown stays within the stored time, so that nobody pans away from all data. */
const KEPT_IN_VIEW = 0.1;

export function isPreset(text: string): text is Preset {
  return PRESETS.some((preset) => preset === text);
}

/** @param stored from the oldest value to now */
export function resolveRange(choice: RangeChoice, stored: TimeRange): TimeRange {
  if (typeof choice !== 'string') return choice;
  if (choice !== 'all') return { from: stored.to - SPANS[choice], to: stored.to };
  return { from: Math.min(stored.from, stored.to - SHORTEST_ALL_MS), to: stored.to };
}

/** The preset that is shown at first: everything of a sensor that began within the hour, else the last day. */
export function firstPreset(stored: TimeRange): Preset {
  return stored.to - stored.from < HOUR_MS ? 'all' : 'day';
}

/** The range of sparklines: the last day, or less where the source began later. @param first the oldest value's time */
export function sparklineRange(first: number, now: number): TimeRange {
  return { from: Math.min(Math.max(first, now - DAY_MS), now - SHORTEST_ALL_MS), to: now };
}

/**
 * @param factor below 1 zooms in
 * @param anchor the time that stays where it is on the screen
 */
export function zoom(range: TimeRange, factor: number, anchor: number, stored: TimeRange): TimeRange {
  const span = range.to - range.from;
  const longest = Math.max(span, 2 * (stored.to - stored.from), HOUR_MS);
  const newSpan = Math.min(Math.max(span * factor, SHORTEST_MS), longest);
  const from = anchor - (anchor - range.from) * (newSpan / span);
  return keepInView({ from, to: from + newSpan }, stored);
}

/** @param milliseconds how far to move; positive is later */
export function pan(range: TimeRange, milliseconds: number, stored: TimeRange): TimeRange {
  return keepInView({ from: range.from + milliseconds, to: range.to + milliseconds }, stored);
}

/** The range of a selection that was made with the pointer, in either direction. */
export function rangeBetween(one: number, other: number): TimeRange {
  const from = Math.min(one, other);
  return { from, to: Math.max(one, other, from + SHORTEST_MS) };
}

/** A range as long as `range`, with the reading at `timestamp` near its end. */
export function rangeAround(timestamp: number, range: TimeRange): TimeRange {
  const span = range.to - range.from;
  const to = timestamp + span * KEPT_IN_VIEW;
  return { from: to - span, to };
}

/** A range with now near its beginning, and the last reading that is ahead of now near its end. */
export function rangeAhead(now: number, until: number): TimeRange {
  const margin = Math.max(until - now, SHORTEST_ALL_MS) * KEPT_IN_VIEW;
  return { from: now - margin, to: until + margin };
}

function keepInView({ from, to }: TimeRange, stored: TimeRange): TimeRange {
  const span = to - from;
  const earliest = Math.min(stored.from + span * KEPT_IN_VIEW, stored.to);
  const end = Math.min(Math.max(to, earliest), stored.to);
  return { from: end - span, to: end };
}
