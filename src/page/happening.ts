/** Something that happens again and again, and those who want to know. */
export class Happening<Detail> {
  readonly #listeners = new Set<(detail: Detail) => void>();

  /** @param until takes the listener away; without it, it stays as long as the page */
  listen(listener: (detail: Detail) => void, until?: AbortSignal): void {
    if (until?.aborted) return;
    this.#listeners.add(listener);
    until?.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  tell(detail: Detail): void {
    // Whoever begins to listen meanwhile hears of the next time; whoever ends hears nothing more.
    for (const listener of Array.from(this.#listeners)) if (this.#listeners.has(listener)) listener(detail);
  }
}
