/** What the store and the page know of times, and how they look into sorted ones. */

/** A reading counts as ahead of the station's clock from a minute on: clocks differ by seconds. */
export const SOON_MS = 60_000;

/** The index of the first of sorted times that is not before `time`. */
export function positionOf(times: ArrayLike<number>, time: number): number {
  // Most rows come in the order of time.
  if (times.length > 0 && (times[times.length - 1] ?? 0) < time) return times.length;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
