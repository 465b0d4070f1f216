import { isGap, type GapRule } from '../../../vocabulary';

/** Finds the gaps between readings that are added as they are read, one by one or many at once. */
export interface GapFinder {
  /** Adds readings of which the first, the last and the count are known, the times in milliseconds. */
  add(first: number, last: number, count: number): void;
  /**
   * The times at which gaps end, ascending.
   * @param least only gaps that are longer, in milliseconds
   */
  ends(rule: GapRule, least: number): readonly number[];
}

export function createGapFinder(): GapFinder {
  // A graph of a year may read a million rows: arrays of numbers take a tenth of the room of objects.
  const firsts: number[] = [];
  const lasts: number[] = [];
  const counts: number[] = [];
  let isSorted = true;

  function add(first: number, last: number, count: number): void {
    isSorted &&= firsts.length === 0 || first >= (firsts[firsts.length - 1] ?? 0);
    firsts.push(first);
    lasts.push(last);
    counts.push(count);
  }

  /** Readings of one series come in the order of time; those of several do not. */
  function order(): readonly number[] | undefined {
    if (isSorted) return undefined;
    return [...firsts.keys()].toSorted((one, other) => (firsts[one] ?? 0) - (firsts[other] ?? 0));
  }

  function ends(rule: GapRule, least: number): readonly number[] {
    const distances: number[] = [];
    const repeats: number[] = [];
    /** The indices of the distances that may be gaps, and the times at which they end. */
    const candidates: (readonly [index: number, end: number])[] = [];
    const places = order();
    let previous = Infinity;
    for (let index = 0; index < firsts.length; index += 1) {
      const place = places?.[index] ?? index;
      const [first = 0, last = 0, count = 1] = [firsts[place], lasts[place], counts[place]];
      if (index > 0) {
        if (first - previous > least) candidates.push([distances.length, first]);
        distances.push(Math.max(first - previous, 0));
        repeats.push(1);
      }
      if (count > 1) {
        // What lies between them is not read: they count as evenly spaced. No gap in there could be seen.
        distances.push((last - first) / (count - 1));
        repeats.push(count - 1);
      }
      previous = index > 0 ? Math.max(previous, last) : last;
    }
    const spacings = {
      length: distances.length,
      distance: (index: number) => distances[index] ?? 0,
      count: (index: number) => repeats[index] ?? 0,
    };
    return candidates.filter(([index]) => isGap(spacings, index, rule)).map(([, end]) => end);
  }

  return { add, ends };
}
