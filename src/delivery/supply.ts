import type { KeptItem, LeaseLimits, Outbox, OutboxFailure } from '../outbox';
import type { Clock } from './clock';
import { backoffMs, type Policy } from './policy';

/** Where a sender's items come from: the outbox's queue of one destination. Times are of the monotonic clock. */
export interface Supply {
  /** Whether asking may bring something now. */
  isOpen(now: number): boolean;
  isAsking(): boolean;
  /** The oldest due items; none where it fails too. One call at a time. */
  ask(limits: LeaseLimits, way: 'lease' | 'leaseGroup'): Promise<readonly KeptItem[]>;
  /** Something may be due that was not before. */
  wake(): void;
  /** Ends the back-off. */
  hurry(): void;
  /** The outbox failed: back off. */
  fail(failure: OutboxFailure): void;
  failure(): OutboxFailure | undefined;
  /** When to ask again after a failure. */
  retryAt(): number;
}

export interface SupplyOptions {
  readonly outbox: Pick<Outbox, 'lease' | 'leaseGroup'>;
  readonly destination: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly policy: Policy;
}

export function createSupply({ outbox, destination, clock, random, policy }: SupplyOptions): Supply {
  let isAsking = false;
  let isDry = false;
  let wakes = 0;
  let failures = 0;
  let failure: OutboxFailure | undefined;
  let retryAt = -Infinity;

  async function ask(limits: LeaseLimits, way: 'lease' | 'leaseGroup'): Promise<readonly KeptItem[]> {
    const wakesBefore = wakes;
    isAsking = true;
    const found = await outbox[way](destination, limits);
    isAsking = false;
    if (!found.ok) {
      fail(found.failure);
      return [];
    }
    failures = 0;
    failure = undefined;
    // What was accepted meanwhile may have come too late for this answer.
    isDry = found.value.length === 0 && wakes === wakesBefore;
    return found.value;
  }

  function fail(problem: OutboxFailure): void {
    failures += 1;
    failure = problem;
    retryAt = clock.monotonic() + backoffMs(failures, random(), policy);
  }

  function wake(): void {
    wakes += 1;
    isDry = false;
  }

  return {
    isOpen: (now) => !isAsking && !isDry && now >= retryAt,
    isAsking: () => isAsking,
    ask,
    wake,
    hurry: () => {
      retryAt = -Infinity;
    },
    fail,
    failure: () => failure,
    retryAt: () => retryAt,
  };
}
