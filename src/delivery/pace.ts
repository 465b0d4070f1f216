import { wait, type Clock } from './clock';
import { spacingMs, type Policy } from './policy';
import type { NextRequest } from './transport';

/** Spreads the requests of all deliveries, so that no more start per second than the policy says. */
export interface Pace {
  /** When the next delivery may start, by the monotonic clock. */
  readonly nextAt: () => number;
  /** A delivery starts now. @returns what it asks before each of its requests */
  readonly start: (now: number) => NextRequest;
}

export function createPace(policy: Pick<Policy, 'requestsPerSecond'>, clock: Clock): Pace {
  let nextAt = -Infinity;

  /** @returns when the request may start */
  function reserve(now: number): number {
    const at = Math.max(nextAt, now);
    nextAt = at + spacingMs(policy);
    return at;
  }

  return {
    nextAt: () => nextAt,
    start(now) {
      reserve(now);
      let isFirst = true;
      return async (signal) => {
        const asked = clock.monotonic();
        const at = isFirst ? asked : reserve(asked);
        isFirst = false;
        if (at > asked) await wait(clock, Math.ceil(at - asked), signal);
      };
    },
  };
}
