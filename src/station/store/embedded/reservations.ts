/**
 * Reserves file names while they are being used, so that they are not deleted: the same picture may be received again
 * just when its last row is deleted. A name given to `remove` has no row at the time of the call; if it is reserved
 * before its deletion begins, it stays.
 */
export interface NameReservations {
  /** Reserves names, and waits for those that are being deleted. @returns a function that releases them */
  reserve(names: readonly string[]): Promise<() => void>;
  /** The names that are reserved now. */
  names(): readonly string[];
  /** Deletes names one after the other, except those that are reserved, now or before their turn comes. */
  remove(names: readonly string[], deleteFile: (name: string) => Promise<void>): Promise<void>;
}

export function createNameReservations(): NameReservations {
  /** How often each name is reserved. */
  const reserved = new Map<string, number>();
  const waitingForDeletion = new Set<string>();
  const beingDeleted = new Map<string, Promise<void>>();

  function release(name: string): void {
    const count = (reserved.get(name) ?? 0) - 1;
    if (count > 0) reserved.set(name, count);
    else reserved.delete(name);
  }

  async function reserve(names: readonly string[]): Promise<() => void> {
    for (const name of names) {
      reserved.set(name, (reserved.get(name) ?? 0) + 1);
      waitingForDeletion.delete(name);
    }
    for (const name of names) await beingDeleted.get(name);
    return () => {
      for (const name of names) release(name);
    };
  }

  async function remove(
    names: readonly string[],
    deleteFile: (name: string) => Promise<void>,
  ): Promise<void> {
    // Decided now, because a name that is reserved and released later has a row by then.
    for (const name of names) if (!reserved.has(name)) waitingForDeletion.add(name);
    for (const name of names) {
      if (!waitingForDeletion.delete(name)) continue;
      const deletion = deleteFile(name).finally(() => beingDeleted.delete(name));
      beingDeleted.set(name, deletion);
      await deletion;
    }
  }

  return { reserve, names: () => [...reserved.keys()], remove };
}
