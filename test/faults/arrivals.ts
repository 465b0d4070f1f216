/** Compares what was accepted with what arrived at the observer's service. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Delivery, ObservedService } from './service';
import { countDuplicate, countTrouble, type Cause, type Verdict } from './verdict';

/** Readings by their ids. */
export interface Offers {
  readonly offered: ReadonlySet<number>;
  /** Those of which the publisher said that it keeps them. */
  readonly accepted: ReadonlySet<number>;
}

/** What an observer knows at the end. */
export interface Evidence {
  readonly service: ObservedService;
  readonly offers: Offers;
  /** The ids on the publisher's refused list. */
  readonly refusedList: ReadonlySet<number>;
  /** The ids of what waits in the outbox at the end, where anything may. */
  readonly waiting?: ReadonlySet<number>;
  /** Whether the whole of an answer got through to the publisher in good time, where somebody beside the service knows. */
  readonly hasPassed?: (answer: number) => boolean;
  /** What may make a reading arrive in two lives of the publisher. */
  readonly endOfLife: Cause;
}

/** A deletion is written 100 ms after the answer; the rest is patience with a machine that is busy. */
const LONGEST_UNTIL_DELETED_MS = 10_000;

/** Adds to the verdict what the arrivals show. */
export function checkArrivals(evidence: Evidence, verdict: Verdict): void {
  const { service, offers, refusedList, waiting } = evidence;
  const { offered, accepted } = offers;
  const { deliveries, refused, strange } = service;
  verdict.accepted += accepted.size;
  verdict.delivered += deliveries.size;
  verdict.refused += refusedList.size;
  verdict.altered += strange.length;
  const trouble = (kind: 'lost' | 'unexplained', id: number, note: string) =>
    countTrouble(verdict, kind, `reading ${id}: ${note}`);
  for (const id of accepted)
    if (!deliveries.has(id) && !refusedList.has(id) && !waiting?.has(id))
      trouble('lost', id, 'accepted, and never seen again');
  for (const [id, arrivals] of deliveries) {
    if (!offered.has(id)) trouble('unexplained', id, 'nobody offered it');
    const causes = causesOfRepeats(arrivals, evidence);
    if (causes.includes(undefined)) trouble('unexplained', id, `arrived as ${JSON.stringify(arrivals)}`);
    else for (const cause of causes.slice(0, 1)) if (cause) countDuplicate(verdict, cause);
  }
  for (const id of refusedList)
    if (!refused.has(id) || deliveries.has(id))
      trouble('unexplained', id, 'it was not the service that refused it');
  // One whose answer had not arrived when the publisher ended waits, and is refused again.
  for (const id of refused)
    if (!refusedList.has(id) && !waiting?.has(id)) trouble('lost', id, 'refused, and not on the list');
}

/** Why a reading arrived again, each time that it did; undefined where nothing explains it. */
function causesOfRepeats(
  arrivals: readonly Delivery[],
  { service, endOfLife, hasPassed }: Evidence,
): readonly (Cause | undefined)[] {
  return arrivals.slice(1).map(({ life }, index) => {
    const before = arrivals[index];
    if (before?.answeredAt === undefined) return 'answer lost';
    if (hasPassed) return hasPassed(before.answer) ? undefined : 'answer lost';
    if (before.life === life) return before.wasLast ? 'answer lost' : undefined;
    const isJustAnswered = (service.ends[before.life] ?? 0) - before.answeredAt < LONGEST_UNTIL_DELETED_MS;
    return isJustAnswered ? endOfLife : undefined;
  });
}

/** How long nothing may happen before what waits counts as stuck: longer than any back-off after a short outage. */
const PATIENCE_MS = 60_000;

/** Resolves to whether all of these readings arrived or were refused; false after a minute in which none did. */
export async function haveAllArrived(service: ObservedService, ids: Iterable<number>): Promise<boolean> {
  const missing = new Set(ids);
  let lastChange = performance.now();
  for (;;) {
    const before = missing.size;
    for (const id of missing) if (service.deliveries.has(id) || service.refused.has(id)) missing.delete(id);
    if (missing.size === 0) return true;
    if (missing.size < before) lastChange = performance.now();
    if (performance.now() - lastChange > PATIENCE_MS) return false;
    await wait(10);
  }
}
