/** Wrong attempts by address: some at once, then one now and then (a token bucket for each address). */
import { MAX_ADDRESSES } from './limits';

export interface AttemptLimit {
  /** Attempts that an address may make at once. */
  readonly burst: number;
  /** After so many milliseconds it may make one more. */
  readonly refillMs: number;
}

export interface Attempts {
  /** Whether an address may attempt something now. */
  mayTry(address: string): boolean;
  /** Counts an attempt. @returns whether it is the first that is remembered of the address */
  count(address: string): boolean;
  /** Takes an attempt back that was no wrong one. */
  forgive(address: string): void;
  /** In how many seconds, from 1 on, an address may try again. */
  secondsUntilNext(address: string): number;
}

interface Bucket {
  readonly left: number;
  readonly at: number;
}

/** @param now milliseconds of a clock that never goes back */
export function createAttempts({ burst, refillMs }: AttemptLimit, now: () => number): Attempts {
  const buckets = new Map<string, Bucket>();

  function leftOf(address: string): number {
    const bucket = buckets.get(address);
    return bucket ? Math.min(burst, bucket.left + (now() - bucket.at) / refillMs) : burst;
  }

  function keep(address: string, left: number): void {
    // Written anew, so that the first of the map is the one that was longest quiet.
    buckets.delete(address);
    buckets.set(address, { left, at: now() });
    if (buckets.size <= MAX_ADDRESSES) return;
    for (const longestQuiet of buckets.keys()) {
      buckets.delete(longestQuiet);
      return;
    }
  }

  return {
    mayTry: (address) => leftOf(address) >= 1,
    count(address) {
      const isFirst = !buckets.has(address);
      keep(address, Math.max(leftOf(address) - 1, 0));
      return isFirst;
    },
    forgive(address) {
      if (buckets.has(address)) keep(address, Math.min(leftOf(address) + 1, burst));
    },
    secondsUntilNext: (address) => Math.max(1, Math.ceil(((1 - leftOf(address)) * refillMs) / 1000)),
  };
}
