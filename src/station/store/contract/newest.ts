/** Which value of a field is its newest one, where some are dated after the present. */
import { SOON_MS } from '../../vocabulary';
import type { KnownSeries, Present } from './types';

/**
 * The present by a machine's clock.
 * @param until the latest time that a value can have; Infinity while the time is not known, and nothing is after it then
 */
export function presentOf(now: number, until: number): Present {
  return { present: until === Infinity ? Infinity : now + SOON_MS, until };
}

/**
 * The series that has the newest value of a field: one after the present hides none that is not. Where two are equally
 * new, it is the later one.
 * @param series all of one field
 */
export function newestSeries(series: readonly KnownSeries[]): KnownSeries | undefined {
  const current = series.filter((each) => !isLater(each));
  const known = current.some(({ latest }) => latest !== undefined) ? current : series;
  return known.reduce<KnownSeries | undefined>(
    (one, other) => (one === undefined || timeOfLatest(other) >= timeOfLatest(one) ? other : one),
    undefined,
  );
}

/** Whether all values of a series that can be its latest are after the present. */
function isLater({ latest, later }: KnownSeries): boolean {
  return latest !== undefined && latest.timestamp === later?.until;
}

function timeOfLatest({ latest }: KnownSeries): number {
  return latest?.timestamp ?? -Infinity;
}
