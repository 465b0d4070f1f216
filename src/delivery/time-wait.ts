/**
 * For how long a service could be reached while this machine did not know the time. It outlives the sender of a queue,
 * because a deploy must not have readings wait anew. Times are of the monotonic clock, in milliseconds.
 */
export interface TimeWait {
  /** Something waits for the time: it is remembered since when. */
  begin(now: number): void;
  /** Whether something has waited for minutes: somebody should look at this machine's clock. */
  isOverdue(now: number): boolean;
  /** The time is known: should it be doubted later, what waits then waits from anew. */
  end(): void;
  /** A look found the service. */
  reached(now: number): void;
  /** A look did not find it: time does not count until the next one that does. */
  missed(): void;
  /** Whether it could be reached for so long. */
  hasLasted(ms: number): boolean;
  /** When it will have lasted for so long if it can be reached on; undefined while it cannot be reached. */
  endsAt(ms: number): number | undefined;
}

/** Longer than two looks of one sender are apart; nobody knows whether the service could be reached in between. */
const LONGEST_BETWEEN_LOOKS_MS = 120_000;

/** A machine that reaches a time server knows the time within a minute or two. */
const OVERDUE_MS = 180_000;

/** Two senders of one queue may share it: no time counts twice. */
export function createTimeWait(): TimeWait {
  let waitedMs = 0;
  let wasReached = false;
  let lastReachedAt: number | undefined;
  let begunAt: number | undefined;

  return {
    begin(now) {
      begunAt ??= now;
    },
    isOverdue: (now) => begunAt !== undefined && now - begunAt >= OVERDUE_MS,
    end() {
      waitedMs = 0;
      wasReached = false;
      lastReachedAt = undefined;
      begunAt = undefined;
    },
    reached(now) {
      const sinceMs = now - (lastReachedAt ?? now);
      if (sinceMs <= LONGEST_BETWEEN_LOOKS_MS) waitedMs += sinceMs;
      lastReachedAt = now;
      wasReached = true;
    },
    missed() {
      lastReachedAt = undefined;
    },
    hasLasted: (ms) => wasReached && waitedMs >= ms,
    endsAt: (ms) => (lastReachedAt === undefined ? undefined : lastReachedAt + ms - waitedMs),
  };
}
