/**
 * A mutex: one camera serves one program at a time, so that captures wait for each other.
 */

/** First come, first served. */
export interface Mutex {
  /**
   * Runs `task` when everything asked for earlier has ended.
   * @returns what `task` gave, or `undefined`, at once, where `signal` was aborted before it began
   */
  runExclusive<Value>(task: () => Promise<Value>, signal: AbortSignal): Promise<Value | undefined>;
}

/** A queue of its own. */
export function createMutex(): Mutex {
  let last: Promise<void> = Promise.resolve();
  return {
    runExclusive: (task, signal) =>
      new Promise((resolve, reject) => {
        const giveUp = () => resolve(undefined);
        signal.addEventListener('abort', giveUp, { once: true });
        last = last.then(async () => {
          signal.removeEventListener('abort', giveUp);
          if (signal.aborted) return resolve(undefined);
          return task().then(resolve, reject);
        });
      }),
  };
}
