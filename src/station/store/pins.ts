/**
 * Keeps names from being deleted while they are being used: a file may come again just when its last row has gone.
 * What `remove` is given was without a row when it is called; whoever pins a name before that rescues it.
 */
export class Pins {
  readonly #pinned = new Map<string, number>();
  readonly #doomed = new Set<string>();
  readonly #going = new Map<string, Promise<void>>();

  /** Rescues names, and waits for those that are being deleted. @returns ends it */
  async pin(names: readonly string[]): Promise<() => void> {
    for (const name of names) {
      this.#pinned.set(name, (this.#pinned.get(name) ?? 0) + 1);
      this.#doomed.delete(name);
    }
    for (const name of names) await this.#going.get(name);
    return () => {
      for (const name of names) this.#unpin(name);
    };
  }

  /** Deletes names that are not pinned, nor are before it is their turn. */
  async remove(names: readonly string[], erase: (name: string) => Promise<void>): Promise<void> {
    // At once, because a name that is pinned and unpinned later has a row by then.
    for (const name of names) if (!this.#pinned.has(name)) this.#doomed.add(name);
    for (const name of names) {
      if (!this.#doomed.delete(name)) continue;
      const going = erase(name).finally(() => this.#going.delete(name));
      this.#going.set(name, going);
      await going;
    }
  }

  #unpin(name: string): void {
    const count = (this.#pinned.get(name) ?? 0) - 1;
    if (count > 0) this.#pinned.set(name, count);
    else this.#pinned.delete(name);
  }
}
