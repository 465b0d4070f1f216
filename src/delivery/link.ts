import { delayMs, meaningOf, type Policy } from './policy';
import type { DeliveryFailure } from './transport';

/** What is known of the way to the service. Times are of the monotonic clock, in milliseconds. */
export interface Link {
  readonly condition: 'up' | 'down' | 'paused';
  /** Failures in a row. */
  readonly failures: number;
  /** What made it so, unless it is up. */
  readonly failure: DeliveryFailure | undefined;
  /** When one probe may start, unless it is up. */
  readonly retryAt: number;
  /** Until then, a delivery that was under way already and works after all does not bring it up. */
  readonly floorAt: number;
}

/** Nothing is known to be wrong. */
export const LINK_UP: Link = {
  condition: 'up',
  failures: 0,
  failure: undefined,
  retryAt: -Infinity,
  floorAt: -Infinity,
};

/** The service answered an item, whether it took it or not. */
export function afterAnswer(link: Link, now: number): Link {
  return now < link.floorAt ? link : LINK_UP;
}

/** A delivery that failed, and when. */
export interface Setback {
  readonly failure: DeliveryFailure;
  readonly now: number;
  /** Whether it was started to see if the service is back. */
  readonly isProbe: boolean;
  /** From 0 up to 1. */
  readonly random: number;
  readonly policy: Policy;
}

/** Several requests that were under way when the service went away are one failure, not several. */
export function afterFailure(link: Link, { failure, now, isProbe, random, policy }: Setback): Link {
  const isPause = meaningOf(failure).verdict === 'pause';
  const isStraggler = link.condition !== 'up' && !isProbe;
  const failures = isStraggler ? link.failures : link.failures + 1;
  const delay = delayMs(failure, failures, random, policy);
  const isFirm = isPause || failure.kind === 'throttled';
  const floorAt = Math.max(link.floorAt, now + (isFirm ? delay : (failure.retryAfterMs ?? 0)));
  if (isStraggler && !isPause) return { ...link, floorAt, retryAt: Math.max(link.retryAt, floorAt) };
  return {
    condition: isPause ? 'paused' : 'down',
    failures,
    failure,
    retryAt: Math.max(now + delay, floorAt),
    floorAt,
  };
}

/** A probe may start at once. */
export function hurried(link: Link, now: number): Link {
  return { ...link, retryAt: Math.min(link.retryAt, now), floorAt: Math.min(link.floorAt, now) };
}
