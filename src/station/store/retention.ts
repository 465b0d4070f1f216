import type { Result } from '../../result';
import type { StorageFailure } from '../../storage';
import type { ExpireArgument, Expired } from './operations';
import type { StoreOptions } from './types';

/** What retention is done with. */
export interface RetentionSteps {
  expire(argument: ExpireArgument): Promise<Result<Expired, StorageFailure>>;
  removePictures(ids: readonly string[]): Promise<void>;
}

/** From one look to the next, in milliseconds: an age need not be exact to the minute. */
const PAUSE_MS = 600_000;

/** What arrives before there is another look, as a part of all that may be kept. */
const NOTED_PART = 0.01;

export interface RunningRetention {
  /** So many bytes have been added, roughly. */
  note(bytes: number): void;
  stop(): void;
}

/** Deletes what is beyond the bounds, step by step: now, every ten minutes, and after much has arrived. */
export function startRetention(options: StoreOptions, steps: RetentionSteps): RunningRetention {
  const { now, isClockSet, retention, onExpired } = options;
  let noted = 0;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function enforce(): Promise<void> {
    for (let isMore = true; isMore && !stopping.signal.aborted;) {
      const before = isClockSet() ? now() - retention.ageMs : undefined;
      const expired = await steps.expire({ before, bytes: retention.bytes });
      if (!expired.ok) return;
      ({ isMore } = expired.value);
      // Before anything else is awaited: whatever has a row again by then is being kept at this moment.
      await steps.removePictures(expired.value.files);
      if (isMore) onExpired(expired.value.files);
    }
  }

  function run(): void {
    if (running) return;
    noted = 0;
    running = enforce().finally(() => {
      running = undefined;
      // What arrived meanwhile.
      note(0);
    });
  }

  function note(bytes: number): void {
    noted += bytes;
    if (noted > retention.bytes * NOTED_PART && !stopping.signal.aborted) run();
  }

  const timer = setInterval(run, PAUSE_MS).unref();
  run();
  return {
    note,
    stop: () => {
      stopping.abort();
      clearInterval(timer);
    },
  };
}
