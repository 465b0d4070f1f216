import type { KeptItem, LaneLimits, LeaseLimits, Outbox, OutboxFailure } from '../outbox';
import type { Clock } from './clock';
import { backoffMs, type Policy } from './policy';

/** What to lease: of one lane, where the queue has lanes. */
export type LeaseRequest = LeaseLimits | LaneLimits;

/** Where a sender's items come from: the outbox's queue of one destination. Times are of the monotonic clock. */
export interface LeaseSource {
  /** Whether the outbox may be asked now. */
  isReady(now: number): boolean;
  /** The items leased; none where it fails too. One call at a time. */
  lease(request: LeaseRequest): Promise<readonly KeptItem[]>;
  /** Ends the back-off. */
  hurry(): void;
  /** The outbox failed: back off. */
  fail(failure: OutboxFailure): void;
  failure(): OutboxFailure | undefined;
  /** When to ask again after a failure. */
  retryAt(): number;
}

export interface LeaseSourceOptions {
  readonly outbox: Pick<Outbox, 'lease' | 'leaseLane'>;
  readonly destination: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly policy: Policy;
}

export function createLeaseSource(options: LeaseSourceOptions): LeaseSource {
  const { outbox, destination, clock, random, policy } = options;
  let isAsking = false;
  let failures = 0;
  let failure: OutboxFailure | undefined;
  let retryAt = -Infinity;

  async function lease(request: LeaseRequest): Promise<readonly KeptItem[]> {
    isAsking = true;
    const found = await ('lane' in request
      ? outbox.leaseLane(destination, request)
      : outbox.lease(destination, request));
    isAsking = false;
    if (!found.ok) {
      fail(found.failure);
      return [];
    }
    failures = 0;
    failure = undefined;
    return found.value;
  }

  function fail(problem: OutboxFailure): void {
    failures += 1;
    failure = problem;
    retryAt = clock.monotonic() + backoffMs(failures, random(), policy);
  }

  return {
    isReady: (now) => !isAsking && now >= retryAt,
    lease,
    hurry: () => {
      retryAt = -Infinity;
    },
    fail,
    failure: () => failure,
    retryAt: () => retryAt,
  };
}
