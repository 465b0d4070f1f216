import type { AccountEvidence } from './account-evidence';
import type { Pause } from './policy';
import type { DeliveryFailure } from './transport';

/** A lane that is not sent now because the service does not take it, though it takes others. */
export interface DeferredLane {
  readonly lane: string;
  readonly failure: DeliveryFailure;
  /** Failures in a row. */
  readonly failures: number;
  /** When it is tried again, of the monotonic clock. */
  readonly dueAt: number;
}

/**
 * The lanes of one queue that failed, or whose batches have to be small for now. A lane that nothing is known of works.
 * Times are of the monotonic clock, in milliseconds.
 */
export interface Lanes {
  /** The service answered so many items of the lane, or (0) refused to take a batch as one: the lane works. */
  answered(lane: string, count: number): void;
  /** An answer that may concern the lane. @param pause how long it is deferred, where it is tried for itself */
  failed(lane: string, failure: DeliveryFailure, now: number, pause: Pause): void;
  /** The service refused a batch of so many items as one: it goes in halves until the one is found. */
  halve(lane: string, count: number): void;
  /** Items that the next batch of the lane may hold. */
  batchCount(lane: string): number;
  /** Nothing waits in the lane any more. */
  forget(lane: string): void;
  /** The lanes that are leased one by one, because something is known of them. */
  known(): readonly string[];
  isKnown(lane: string): boolean;
  isFailing(lane: string): boolean;
  /** Of the lanes that are due, the one that was tried longest ago; those that ever worked come first. */
  nextDue(now: number, isBusy: (lane: string) => boolean): string | undefined;
  /** When the first of the lanes that failed is due; undefined where there is none. */
  firstDueAt(): number | undefined;
  /** These are due at once: it was the account that failed. */
  makeDue(lanes: readonly string[]): void;
  /** When the next one that is not due yet is; undefined where there is none. */
  nextDueAt(now: number): number | undefined;
  /** All are due at once. */
  hurry(): void;
  /** Each is due as soon as the service allows it. */
  endBackOff(): void;
  deferred(): readonly DeferredLane[];
}

/** So many lanes are remembered: far more than an account has devices. Each takes some hundred bytes. */
const MOST_LANES = 4096;

/** A lane that the service takes. */
const WORKS = { failures: 0, failure: undefined, dueAt: -Infinity, askedUntil: -Infinity };

interface Entry {
  /** Whether the service took something of the lane before it failed. */
  readonly hasWorked: boolean;
  readonly failures: number;
  readonly failure: DeliveryFailure | undefined;
  readonly dueAt: number;
  /** Until then the service asked for the lane to be left alone. */
  readonly askedUntil: number;
  readonly triedAt: number;
  readonly batchCount: number;
  /** So many of the lane's oldest items were refused as one batch: at least one of them will be refused alone. */
  readonly refusedCount: number;
}

type Entries = ReadonlyMap<string, Entry>;

/**
 * @param mostInBatch items of a batch, at most
 * @param evidence is told of each lane that fails anew
 */
export function createLanes(mostInBatch: number, evidence: Pick<AccountEvidence, 'failed'>): Lanes {
  const working = {
    ...WORKS,
    hasWorked: false,
    triedAt: -Infinity,
    batchCount: mostInBatch,
    refusedCount: 0,
  };
  const entries = new Map<string, Entry>();
  /** The lanes that the service has taken something of; the latest last. */
  const worked = new Set<string>();

  function change(lane: string, changed: Partial<Entry>): void {
    const entry = { ...(entries.get(lane) ?? working), ...changed };
    // The latest to be tried is the last to be forgotten.
    entries.delete(lane);
    if (entry.failures > 0 || entry.batchCount < mostInBatch) entries.set(lane, entry);
    dropOldest(entries);
  }

  function answered(lane: string, count: number): void {
    worked.delete(lane);
    worked.add(lane);
    dropOldest(worked);
    const known = entries.get(lane);
    if (!known) return;
    const refusedCount = Math.max(0, known.refusedCount - count);
    const batchCount = nextBatchCount(known, { taken: count, refusedLeft: refusedCount, most: mostInBatch });
    change(lane, { ...WORKS, batchCount, refusedCount });
  }

  function failed(lane: string, failure: DeliveryFailure, now: number, pause: Pause): void {
    const failures = (entries.get(lane)?.failures ?? 0) + 1;
    if (failures === 1) evidence.failed(lane);
    const dueAt = now + pause.delayMs(failures);
    const askedUntil = now + pause.askedMs;
    const hasWorked = worked.has(lane);
    change(lane, { failures, failure, dueAt, askedUntil, triedAt: now, batchCount: 1, hasWorked });
  }

  function setDue(dueAtOf: (entry: Entry) => number): void {
    for (const [lane, entry] of entries) entries.set(lane, { ...entry, dueAt: dueAtOf(entry) });
  }

  return {
    answered,
    failed,
    halve: (lane, count) =>
      change(lane, { batchCount: Math.max(1, Math.floor(count / 2)), refusedCount: count }),
    batchCount: (lane) => (entries.get(lane) ?? working).batchCount,
    forget: (lane) => void entries.delete(lane),
    known: () => [...entries.keys()],
    isKnown: (lane) => entries.has(lane),
    isFailing: (lane) => (entries.get(lane)?.failures ?? 0) > 0,
    nextDue: (now, isBusy) => longestUntried(entries, (lane, { dueAt }) => dueAt <= now && !isBusy(lane)),
    firstDueAt: () => firstDueAt(entries),
    makeDue: (lanes) => {
      for (const lane of lanes) if (entries.has(lane)) change(lane, { dueAt: -Infinity });
    },
    nextDueAt: (now) => nextDueAt(entries, now),
    hurry: () => setDue(() => -Infinity),
    endBackOff: () => setDue(({ dueAt, askedUntil }) => Math.min(dueAt, askedUntil)),
    deferred: () => deferredIn(entries),
  };
}

/** Half of those among which one will be refused; else twice as many as before, once that many were taken. */
function nextBatchCount(
  { batchCount, refusedCount }: Entry,
  {
    taken,
    refusedLeft,
    most,
  }: { readonly taken: number; readonly refusedLeft: number; readonly most: number },
): number {
  if (refusedLeft > 0) return Math.max(1, Math.floor(refusedLeft / 2));
  if (refusedCount > 0) return most;
  return taken < batchCount ? batchCount : Math.min(batchCount * 2, most);
}

function dropOldest(remembered: Map<string, unknown> | Set<string>): void {
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_LANES && oldest !== undefined) remembered.delete(oldest);
}

function longestUntried(
  entries: Entries,
  isWanted: (lane: string, entry: Entry) => boolean,
): string | undefined {
  let found: { readonly lane: string; readonly entry: Entry } | undefined;
  for (const [lane, entry] of entries)
    if (isWanted(lane, entry) && (!found || comesBefore(entry, found.entry))) found = { lane, entry };
  return found?.lane;
}

function comesBefore(one: Entry, other: Entry): boolean {
  return one.hasWorked === other.hasWorked ? one.triedAt < other.triedAt : one.hasWorked;
}

function firstDueAt(entries: Entries): number | undefined {
  return entries.size === 0 ? undefined : Math.min(...[...entries.values()].map(({ dueAt }) => dueAt));
}

function nextDueAt(entries: Entries, now: number): number | undefined {
  let next: number | undefined;
  for (const { dueAt } of entries.values()) if (dueAt > now) next = Math.min(next ?? dueAt, dueAt);
  return next;
}

function deferredIn(entries: Entries): readonly DeferredLane[] {
  return [...entries].flatMap(([lane, { failure, failures, dueAt }]) =>
    failure ? [{ lane, failure, failures, dueAt }] : [],
  );
}
