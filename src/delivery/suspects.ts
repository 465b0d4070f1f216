import type { ItemId } from '../outbox';

/**
 * Items that failed alone, perhaps by their own fault, and went back to the queue because there was no room aside.
 * Without this memory the oldest of them would come back at once, each time, and keep all others from being tried.
 */
export interface Suspects {
  add(id: ItemId, strikes: number, dueAt: number): void;
  /** How often an item failed while the service took others; 0 for one that is not known. */
  readonly strikesOf: (id: ItemId) => number;
  /** Those that are not to be tried yet. */
  notDue(now: number): readonly ItemId[];
  /** Those that the next probe is not to take: all while there may be other items, then those of this round. */
  notToProbe(): readonly ItemId[];
  /** A probe found an item besides those, or none. @returns whether to ask again for another one */
  probeFound(isAny: boolean): boolean;
  /** When the next one that is not due yet is; undefined where there is none. */
  nextDueAt(now: number): number | undefined;
  /** All are due at once. */
  hurry(): void;
  /** Items that no longer wait. */
  forget(ids: readonly ItemId[]): void;
}

/** So many that hardly anything gets past them; each takes some ten bytes of a question to the outbox. */
const MOST_SUSPECTS = 4096;

interface Suspect {
  readonly strikes: number;
  readonly dueAt: number;
  readonly isTried: boolean;
}

export function createSuspects(): Suspects {
  const suspects = new Map<ItemId, Suspect>();
  // What was never tried tells more of the service than what failed before.
  let areOthersTried = false;

  function add(id: ItemId, strikes: number, dueAt: number): void {
    // The latest to fail is the last to be forgotten: what bounds have dropped, nobody says here.
    suspects.delete(id);
    suspects.set(id, { strikes, dueAt, isTried: true });
    const [oldest] = suspects.keys();
    if (suspects.size > MOST_SUSPECTS && oldest !== undefined) suspects.delete(oldest);
  }

  function change(changed: Partial<Suspect>): void {
    for (const [id, suspect] of suspects) suspects.set(id, { ...suspect, ...changed });
  }

  function select(isWanted: (suspect: Suspect) => boolean): readonly ItemId[] {
    return [...suspects].flatMap(([id, suspect]) => (isWanted(suspect) ? [id] : []));
  }

  function probeFound(isAny: boolean): boolean {
    const isRoundOver = !isAny && areOthersTried;
    areOthersTried = !isAny && !isRoundOver && suspects.size > 0;
    if (isRoundOver) {
      // What was not tried in it is no longer in the queue.
      for (const [id, { isTried }] of suspects) if (!isTried) suspects.delete(id);
      change({ isTried: false });
    }
    return areOthersTried;
  }

  function nextDueAt(now: number): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of suspects.values()) if (dueAt > now) next = Math.min(next ?? dueAt, dueAt);
    return next;
  }

  return {
    add,
    strikesOf: (id) => suspects.get(id)?.strikes ?? 0,
    notDue: (now) => select(({ dueAt }) => dueAt > now),
    notToProbe: () => select(({ isTried }) => isTried || !areOthersTried),
    probeFound,
    nextDueAt,
    hurry: () => change({ dueAt: -Infinity, isTried: false }),
    forget: (ids) => {
      if (suspects.size > 0) for (const id of ids) suspects.delete(id);
    },
  };
}
