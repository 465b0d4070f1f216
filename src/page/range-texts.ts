/** The texts of a field in a range of time, read in several requests where there are many. */
import type { TextsAnswer } from '../station/views/api';
import type { TimeRange } from './range';

/** Texts of one request: as many as the station answers at most. */
const PER_REQUEST = 1000;

/** Texts of one field in one graph, at most: the newest of the range. */
const MOST_TEXTS = 10 * PER_REQUEST;

export interface RangeTexts {
  /** Newest first: those of the range, and the one before it, which may hold into it. */
  readonly texts: TextsAnswer;
  /** The time of the oldest that was read, where there may be older ones in the range. */
  readonly since?: number;
}

/** @param read reads the newest texts of a range, so many at most */
export async function readRangeTexts(
  { from: start, to }: TimeRange,
  read: (range: TimeRange, count: number) => Promise<TextsAnswer>,
): Promise<RangeTexts> {
  const from = Math.floor(start);
  const texts: TextsAnswer[number][] = [];
  for (let end = to; end >= from;) {
    const answer = await read({ from, to: end }, PER_REQUEST);
    texts.push(...answer);
    const oldest = answer.at(-1)?.timestamp;
    if (oldest === undefined || answer.length < PER_REQUEST) break;
    if (texts.length >= MOST_TEXTS) return { texts, since: oldest };
    end = oldest - 1;
  }
  return { texts: [...texts, ...(await read({ from: 0, to: from - 1 }, 1))] };
}
