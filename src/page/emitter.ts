/** An event that occurs repeatedly, with its listeners. */
export class Emitter<Detail> {
  readonly #listeners = new Set<(detail: Detail) => void>();

  /** @param until its abort removes the listener; without it, the listener stays as long as the page */
  listen(listener: (detail: Detail) => void, until?: AbortSignal): void {
    if (until?.aborted) return;
    this.#listeners.add(listener);
    until?.addEventListener('abort', () => this.#listeners.delete(listener));
  }

  emit(detail: Detail): void {
    // A listener that is added during the call is not called; one that is removed is called no more.
    for (const listener of Array.from(this.#listeners)) if (this.#listeners.has(listener)) listener(detail);
  }
}
