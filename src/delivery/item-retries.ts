import type { ItemId } from '../outbox';
import type { Pause } from './policy';

/**
 * Single items that failed, perhaps by their own fault. Without this memory the oldest of them would be the next one
 * each time, and keep all others of its lane from being tried. Times are of the monotonic clock, in milliseconds.
 */
export interface ItemRetries {
  /** An item failed alone, and nothing of its lane was taken since. */
  failedAlone(lane: string, id: ItemId): void;
  /** The service took or refused these: those of the lane that failed before say something about themselves. */
  answered(lane: string, ids: readonly ItemId[], now: number): void;
  /** Whether an item failed though its lane works. */
  isDeferred(id: ItemId): boolean;
  /** A deferred item failed once more. */
  failedAgain(id: ItemId, now: number, pause: Pause): void;
  /** Items that are not to be leased now. */
  notDue(now: number): readonly ItemId[];
  /** There was nothing but failed items in the lane. @returns whether it was asked for anything else */
  onlyFailed(lane: string): boolean;
  /** When the next one that is not due yet is; undefined where there is none. */
  nextDueAt(now: number): number | undefined;
  /** All are due at once. */
  hurry(): void;
  /** Each is due as soon as the service allows it. */
  endBackOff(): void;
  /** Items that no longer wait. */
  forget(ids: readonly ItemId[]): void;
}

/** So many that hardly anything gets past them; each takes some ten bytes of a question to the outbox. */
const MOST_ITEMS = 4096;

interface Entry {
  readonly lane: string;
  /** 0 until the lane works, which tells that the item itself is at fault. */
  readonly failures: number;
  readonly dueAt: number;
  /** Until then the service asked for it to be left alone. */
  readonly askedUntil: number;
}

/** Nobody asked for a pause. */
const DUE = { dueAt: -Infinity, askedUntil: -Infinity };

/**
 * @param triesOfOldest after so many failures of a lane's oldest item, another item is tried: it tells whether the lane
 * is at fault. From then on the two take turns
 */
export function createItemRetries(triesOfOldest: number): ItemRetries {
  const entries = new Map<ItemId, Entry>();
  /** Of the lanes with items that failed alone: tries of the oldest before another item is tried, and whether that is to be now. */
  const rounds = new Map<string, { readonly triesLeft: number; readonly passesFailed: boolean }>();

  function set(id: ItemId, entry: Entry): void {
    // The latest to fail is the last to be forgotten: what bounds have dropped, nobody says here.
    entries.delete(id);
    entries.set(id, entry);
    dropOldest(entries);
  }

  function failedAlone(lane: string, id: ItemId): void {
    set(id, entries.get(id) ?? { ...DUE, lane, failures: 0 });
    const round = rounds.get(lane);
    if (round?.passesFailed) rounds.set(lane, { triesLeft: 1, passesFailed: false });
    else {
      const triesLeft = (round?.triesLeft ?? triesOfOldest) - 1;
      rounds.set(lane, { triesLeft, passesFailed: triesLeft <= 0 });
    }
  }

  function answered(lane: string, ids: readonly ItemId[], now: number): void {
    forget(ids);
    if (!rounds.delete(lane)) return;
    // Each is tried once more, in its turn, now that the lane works.
    for (const [id, entry] of entries)
      if (entry.lane === lane && entry.failures === 0)
        entries.set(id, { ...DUE, lane, failures: 1, dueAt: now });
  }

  function failedAgain(id: ItemId, now: number, pause: Pause): void {
    const entry = entries.get(id);
    if (!entry) return;
    const failures = entry.failures + 1;
    set(id, { ...entry, failures, dueAt: now + pause.delayMs(failures), askedUntil: now + pause.askedMs });
  }

  function notDue(now: number): readonly ItemId[] {
    return [...entries].flatMap(([id, { lane, failures, dueAt }]) => {
      const isPassed = failures === 0 ? rounds.get(lane)?.passesFailed : dueAt > now;
      return isPassed ? [id] : [];
    });
  }

  function onlyFailed(lane: string): boolean {
    const wasWider = rounds.get(lane)?.passesFailed ?? false;
    if (wasWider) rounds.set(lane, { triesLeft: 1, passesFailed: false });
    return wasWider;
  }

  function setDue(dueAtOf: (entry: Entry) => number): void {
    for (const [id, entry] of entries) entries.set(id, { ...entry, dueAt: dueAtOf(entry) });
  }

  function forget(ids: readonly ItemId[]): void {
    if (entries.size > 0) for (const id of ids) entries.delete(id);
  }

  return {
    failedAlone,
    answered,
    isDeferred: (id) => (entries.get(id)?.failures ?? 0) > 0,
    failedAgain,
    notDue,
    onlyFailed,
    nextDueAt: (now) => nextDueAt(entries.values(), now),
    hurry: () => setDue(() => -Infinity),
    endBackOff: () => setDue(({ dueAt, askedUntil }) => Math.min(dueAt, askedUntil)),
    forget,
  };
}

function dropOldest(entries: Map<ItemId, Entry>): void {
  const [oldest] = entries.keys();
  if (entries.size > MOST_ITEMS && oldest !== undefined) entries.delete(oldest);
}

function nextDueAt(entries: Iterable<Entry>, now: number): number | undefined {
  let next: number | undefined;
  for (const { dueAt } of entries) if (dueAt > now) next = Math.min(next ?? dueAt, dueAt);
  return next;
}
