/**
 * Readings of a graph's fields that arrived live: an answer of the station that was asked for before they came lacks them.
 * All times in milliseconds since 1970.
 */
import type { TimeRange } from './range';

export interface Arrival {
  /** Which field of the graph, from 0. */
  readonly line: number;
  readonly time: number;
  readonly value: number | string;
}

/** So many, at most, are kept beside an answer: then the range is to be read anew, and downsampled. */
const MOST = 1000;

/** So many of those are kept, at most, that lie after a range, when it is read: they are no part of the answer. */
const MOST_AFTER = MOST / 2;

export interface Arrivals {
  /** In the order in which they arrived. */
  readonly all: readonly Arrival[];
  /** Whether the range is to be read anew. */
  readonly isFull: boolean;
  /** Keeps one. The oldest is dropped for it where nobody reads the range although there are too many. */
  add(arrival: Arrival): void;
  /** To be called when a range begins to be read: forgets what the answer will have. */
  beginReading(range: TimeRange): void;
}

export function createArrivals(): Arrivals {
  let all: Arrival[] = [];
  return {
    get all() {
      return all;
    },
    get isFull() {
      return all.length >= MOST;
    },
    add(arrival) {
      all.push(arrival);
      if (all.length > MOST) all.shift();
    },
    beginReading({ to }) {
      all = all.filter(({ time }) => time > to).slice(-MOST_AFTER);
    },
  };
}
