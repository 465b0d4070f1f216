import { isPlainObject } from '../fields';

/** A page of an account's signals, as decoded JSON gives it. */
export interface SignalPage {
  /** What the list has, not looked into. */
  readonly entries: readonly unknown[];
  readonly isLast: boolean;
}

/** A server that ignores the page would be asked for ever. The station has 100 signals in each. */
export const MOST_PAGES = 100;
export const MOST_SIGNALS = 10_000;

/** A page of the answer to `GET /v1/signals`; undefined where it is none. */
export function readSignalPage(body: unknown): SignalPage | undefined {
  if (!isPlainObject(body) || !Array.isArray(body['data'])) return undefined;
  const entries: readonly unknown[] = body['data'];
  const { pages } = body;
  const hasNext = isPlainObject(pages) && Boolean(pages['next']);
  return { entries, isLast: !hasNext || entries.length === 0 };
}
