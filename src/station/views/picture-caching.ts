/** How long browsers may keep pictures: no longer than the station does. */
import type { WholeAnswer } from '../protocol';
import type { ListedPicture } from '../store';
import { isKnownTag } from './entity-tags';
import { MAX_CACHED_MS } from './limits';

/**
 * The headers of a picture and its thumbnail, of which the newest measurement was taken at `timestamp`. A browser that
 * looks again after that time asks with the tag, and is told whether the picture is still kept.
 * @param ageMs how long the station keeps measurements
 */
export function cachingHeaders({ id, timestamp }: ListedPicture, ageMs: number, now: number) {
  const leftMs = Math.max(0, timestamp + ageMs - now);
  const seconds = Math.floor(Math.min(leftMs, MAX_CACHED_MS) / 1000);
  return { 'Cache-Control': `private, max-age=${seconds}`, ETag: `"${id}"` };
}

/** The answer to who has a picture already; undefined for others. @param known the request's If-None-Match */
export function unchangedAnswer(
  headers: ReturnType<typeof cachingHeaders>,
  known: string | undefined,
): WholeAnswer | undefined {
  return isKnownTag(headers.ETag, known) ? { statusCode: 304, headers, body: '' } : undefined;
}
