import type { RetentionClock } from '../../../clock';
import type { Result } from '../../../result';
import type { StorageFailure } from '../../../storage';
import type { StoreOptions } from '../contract';
import type { ExpireArgument, Expired } from './program';

/** How retention deletes. */
export interface RetentionActions {
  /** The time of the oldest value, in milliseconds; undefined where there is none. */
  oldest(): Promise<Result<number | undefined, StorageFailure>>;
  expire(argument: ExpireArgument): Promise<Result<Expired, StorageFailure>>;
  removePictures(ids: readonly string[]): Promise<void>;
}

/** What retention goes by. */
export interface RetentionOptions extends Pick<StoreOptions, 'retention' | 'schedule' | 'onExpired'> {
  readonly clock: Pick<RetentionClock, 'earliest'>;
}

/** From one round that deletes for age to the next, in milliseconds. */
const ROUND_MS = 60_000;

/**
 * Of what is too old, one round deletes as much as lies within this many milliseconds of the oldest value.
 *
 * An hour a minute is sixty times as fast as time passes, however many values an hour has: in normal operation a round
 * finds what became too old in the minute before it (60 values of each field that has one a second). After `keepDays` was
 * made smaller, from 365 to 30 days, 335 days × 24 h take as many rounds: 8,040 minutes, 5.6 days, in which the limit
 * itself moves on by 5.6 days, 134 rounds more. A gap in the values costs no rounds.
 *
 * A wrong date of the user's that was believed after hours costs 2.5 days of the oldest values for each hour that it
 * stays, not all of them at once.
 */
const ROUND_SPAN_MS = 3_600_000;

/** After so much has been appended, as a part of all that may be stored, retention runs early. */
const EARLY_RUN_PART = 0.01;

export interface RunningRetention {
  /** Counts what was appended, in bytes, roughly. */
  noteAppended(bytes: number): void;
  stop(): void;
}

/**
 * Deletes what retention does not allow, step by step: beyond the size now, every minute, and after much was appended;
 * for age every minute, so that many starts one after the other are no faster.
 */
export function startRetention(options: RetentionOptions, actions: RetentionActions): RunningRetention {
  const { clock, retention, schedule, onExpired } = options;
  let appendedBytes = 0;
  let isRoundDue = false;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let cancelRound: () => void;

  /** What is older goes in this run; undefined where nothing goes for its age. */
  async function findLimit(): Promise<number | undefined> {
    if (!isRoundDue) return undefined;
    isRoundDue = false;
    const now = await clock.earliest();
    const oldest = await actions.oldest();
    if (now === undefined || !oldest.ok || oldest.value === undefined) return undefined;
    return Math.min(now - retention.ageMs, oldest.value + ROUND_SPAN_MS);
  }

  async function enforce(): Promise<void> {
    const before = await findLimit();
    for (let isMore = true; isMore && !stopping.signal.aborted;) {
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
      if (isRoundDue) run();
      // Counts what was appended during the run.
      else noteAppended(0);
    });
  }

  function noteAppended(bytes: number): void {
    appendedBytes += bytes;
    if (appendedBytes > retention.bytes * EARLY_RUN_PART) run();
  }

  function startRound(): void {
    scheduleRound();
    isRoundDue = true;
    run();
  }

  function scheduleRound(): void {
    cancelRound = schedule(ROUND_MS, startRound);
  }

  scheduleRound();
  run();
  return {
    noteAppended,
    stop: () => {
      stopping.abort();
      cancelRound();
    },
  };
}
