/** Compares what senders were told with what a station gives back. */
import { countTrouble, type Verdict } from '../verdict';
import type { Posts, Value } from './posts';
import type { Stored } from './read-back';
import type { Told } from './senders';

/** What an observer allows a station not to have any more. */
export interface Allowance {
  /** Whether the file of the picture of a post was deleted by somebody else: its value stays, and its bytes are asked for in vain. */
  readonly isPictureDeleted?: (number: number) => boolean;
}

/**
 * Where the station shows pictures whose row is gone, and those of a commit that may have been complete. None of them has
 * a value that nobody sent, so they are no trouble here.
 */
const RECOVERED = 'sensor recovered ';

/**
 * Adds to the verdict: what was acknowledged must be there with its own time and value, and nothing else but what was
 * sent and has no answer.
 */
export function checkStored(
  { told, posts, stored }: { readonly told: Told; readonly posts: Posts; readonly stored: Stored },
  verdict: Verdict,
  { isPictureDeleted = () => false }: Allowance = {},
): void {
  verdict.refused += told.refused.size;
  for (const each of stored.contradictions) countTrouble(verdict, 'unexplained', each);
  /** Values that may be there, by their places. */
  const possible = new Map<string, Value>();
  const sentPictures = new Set<Value>();
  for (const number of told.sent) {
    const { values, pictures } = posts.of(number);
    const isRefused = told.refused.has(number) && !told.acknowledged.has(number);
    if (!isRefused) for (const [place, value] of values) possible.set(place, value);
    if (!isRefused) for (const id of pictures) sentPictures.add(id);
    if (!told.acknowledged.has(number)) continue;
    verdict.accepted += values.size;
    for (const place of values.keys())
      if (!stored.values.has(place)) countTrouble(verdict, 'lost', `${place} of post ${number} is not there`);
    for (const id of pictures) {
      const found = stored.pictures.get(id);
      if (typeof found === 'object' && !isPictureDeleted(number))
        countTrouble(verdict, 'lost', `picture ${id} of post ${number}: ${found.refusal}`);
    }
  }
  for (const [place, value] of stored.values) {
    const expected = possible.get(place);
    if (place.startsWith(RECOVERED) && sentPictures.has(value)) continue;
    if (expected === undefined)
      countTrouble(verdict, 'unexplained', `nobody sent ${place}, or it was refused`);
    else if (expected !== value) countTrouble(verdict, 'altered', `${place} is ${value} and was ${expected}`);
    else verdict.delivered += 1;
  }
  for (const [id, found] of stored.pictures)
    if (found === 'altered') countTrouble(verdict, 'altered', `picture ${id} has other bytes`);
}
