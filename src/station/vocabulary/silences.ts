/**
 * For how long a source is usually silent, learned from the longest silence of each day: the nights of a sensor that
 * reports changes and the weekends of a workplace belong to what is usual, and four readings in a row say nothing of it.
 */

/** The longest silence that ended on a day. */
export interface DaySilence {
  /** Days since 1970 (UTC). */
  readonly day: number;
  readonly longestMs: number;
}

/** The silences between the times at which something was received, by this machine's clock. */
export interface Silences {
  /** When counting began, in milliseconds since 1970. */
  readonly since: number;
  /** Of the last days on which something came, oldest first. */
  readonly days: readonly DaySilence[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Days that are remembered: two weekends are among any fourteen days on which the sensor of a workplace sends. */
const MOST_DAYS = 14;

/** Nothing is usual before something came on so many days: then a night and a day were seen, and more than once. */
const FEWEST_DAYS = 3;

/** Until a source has been known for a week it may have a weekend that was not seen yet, in milliseconds. */
const WEEK_MS = 7 * DAY_MS;
const UNSEEN_WEEKEND_MS = 2 * DAY_MS;

/** So many times as long as the longest silence is longer than usual: of what comes by chance, few are twice as long. */
const FACTOR = 2;

/** A silence of more than twice the second longest is an outage, and not usual, where all other days were without. */
const OUTAGE_FACTOR = 2;

/** The shortest silence that is worth a word, in milliseconds: a router starts anew, a fast sensor misses readings. */
const SHORTEST_MS = 10 * MINUTE_MS;

/**
 * The silences after something was received.
 * @param last when something was received before; undefined where nothing was
 */
export function withArrival(silences: Silences | undefined, last: number | undefined, now: number): Silences {
  // A clock that was set back knows no silence.
  const silenceMs = last === undefined ? 0 : Math.max(now - last, 0);
  const { since = now, days = [] } = silences ?? {};
  const day = Math.floor(now / DAY_MS);
  const newest = days.at(-1);
  if (newest?.day !== day) {
    const before = days.slice(1 - MOST_DAYS);
    return { since: Math.min(since, now), days: [...before, { day, longestMs: silenceMs }] };
  }
  if (silences && silenceMs <= newest.longestMs) return silences;
  const longestMs = Math.max(silenceMs, newest.longestMs);
  return { since: Math.min(since, now), days: [...days.slice(0, -1), { day, longestMs }] };
}

/**
 * After so many milliseconds a source has been silent for longer than usual; undefined while too little is known of it.
 * That is twice its longest silence, ten minutes at least, and two days more in the first week.
 * @param last when something was received last
 */
export function usualSilence({ since, days }: Silences, last: number): number | undefined {
  if (days.length < FEWEST_DAYS) return undefined;
  const [longest = 0, second = longest] = days
    .map(({ longestMs }) => longestMs)
    .toSorted((one, other) => other - one);
  const isFirstWeek = last - since < WEEK_MS;
  const usual = days.length < MOST_DAYS ? longest : Math.min(longest, second * OUTAGE_FACTOR);
  return Math.max(usual * FACTOR, SHORTEST_MS) + (isFirstWeek ? UNSEEN_WEEKEND_MS : 0);
}
