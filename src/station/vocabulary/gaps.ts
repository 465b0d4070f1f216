/**
 * Where a line of readings breaks. A gap is much longer than what the times between readings are around it: sensors that
 * send at one pace, in bursts, or only when something changes, which by night may be rarely, all tell by themselves what
 * is usual for them. The station decides by this, and the page for readings that arrive while it is open.
 */

/** When there is a gap between two readings: as those around them tell, or after so many milliseconds; Infinity never. */
export type GapRule = 'automatic' | number;

/** So many distances on each side are looked at: enough for some bursts, few enough for one night of rare readings. */
const AROUND = 32;

/** Readings on each side of a range that tell whether there is a gap where it begins or ends. */
export const READINGS_AROUND = AROUND + 1;

/** A gap is more than so many times as long as the distances that are usual around it. */
const FACTOR = 5;

/**
 * What is usual is the shortest of the longest sixteenth of the distances around. So the pauses between bursts of up to
 * 16 readings are usual, and one to three other gaps nearby hide none.
 */
const SHARE = 16;

/** The distances from each reading to the next, in milliseconds, oldest first. */
export interface Spacings {
  readonly length: number;
  distance(index: number): number;
  /** How often this distance follows: more than once where only the mean of several is known. */
  count(index: number): number;
}

/** The distances between readings. @param times ascending */
export function spacingsOf(times: ArrayLike<number>): Spacings {
  return {
    length: Math.max(times.length - 1, 0),
    distance: (index) => (times[index + 1] ?? 0) - (times[index] ?? 0),
    count: () => 1,
  };
}

/** Whether one of the distances is a gap. */
export function isGap(spacings: Spacings, index: number, rule: GapRule): boolean {
  return isGapOf(spacings, { distance: spacings.distance(index), before: index - 1, after: index + 1 }, rule);
}

/** Whether so long a silence after the last reading is a gap. */
export function isGapAtEnd(times: ArrayLike<number>, distance: number, rule: GapRule): boolean {
  const spacings = spacingsOf(times);
  return isGapOf(spacings, { distance, before: spacings.length - 1, after: spacings.length }, rule);
}

interface Candidate {
  readonly distance: number;
  /** The indices of the distances beside it. */
  readonly before: number;
  readonly after: number;
}

function isGapOf(spacings: Spacings, { distance, before, after }: Candidate, rule: GapRule): boolean {
  if (rule !== 'automatic') return distance > rule;
  const earlier = tally(spacings, before, -1, distance / FACTOR);
  const later = tally(spacings, after, 1, distance / FACTOR);
  const known = earlier.known + later.known;
  const usual = known === 0 ? 0 : Math.max(Math.floor(known / SHARE), 1);
  return earlier.similar + later.similar < usual;
}

/** How many distances there are in one direction, and how many of them are at least so long. */
function tally(
  spacings: Spacings,
  start: number,
  direction: 1 | -1,
  least: number,
): { readonly known: number; readonly similar: number } {
  let [known, similar] = [0, 0];
  for (let index = start; index >= 0 && index < spacings.length && known < AROUND; index += direction) {
    const count = Math.min(spacings.count(index), AROUND - known);
    known += count;
    if (spacings.distance(index) >= least) similar += count;
  }
  return { known, similar };
}
