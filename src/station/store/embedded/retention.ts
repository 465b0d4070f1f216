import type { Result } from '../../../result';
import type { StorageFailure } from '../../../storage';
import type { StoreOptions } from '../contract';
import type { ExpireArgument, Expired } from './program';

/** How retention deletes. */
export interface RetentionActions {
  expire(argument: ExpireArgument): Promise<Result<Expired, StorageFailure>>;
  removePictures(ids: readonly string[]): Promise<void>;
}

/** From one run to the next, in milliseconds: an age need not be exact to the minute. */
const INTERVAL_MS = 600_000;

/** After so much has been appended, as a part of all that may be stored, retention runs early. */
const EARLY_RUN_PART = 0.01;

export interface RunningRetention {
  /** Counts what was appended, in bytes, roughly. */
  noteAppended(bytes: number): void;
  stop(): void;
}

/** Deletes what retention does not allow, step by step: now, every ten minutes, and after much was appended. */
export function startRetention(options: StoreOptions, actions: RetentionActions): RunningRetention {
  const { now, isClockSet, retention, onExpired } = options;
  let appendedBytes = 0;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function enforce(): Promise<void> {
    for (let isMore = true; isMore && !stopping.signal.aborted;) {
      const before = isClockSet() ? now() - retention.ageMs : undefined;
      const expired = await actions.expire({ before, bytes: retention.bytes });
      if (!expired.ok) return;
      ({ isMore } = expired.value);
      // Before anything else is awaited: a picture that gets a row again later is reserved at this moment.
      await actions.removePictures(expired.value.files);
      if (isMore) onExpired(expired.value.files);
    }
  }

  function run(): void {
    if (running) return;
    appendedBytes = 0;
    running = enforce().finally(() => {
      running = undefined;
      // Counts what was appended during the run.
      noteAppended(0);
    });
  }

  function noteAppended(bytes: number): void {
    appendedBytes += bytes;
    if (appendedBytes > retention.bytes * EARLY_RUN_PART) run();
  }

  const timer = setInterval(run, INTERVAL_MS).unref();
  run();
  return {
    noteAppended,
    stop: () => {
      stopping.abort();
      clearInterval(timer);
    },
  };
}
