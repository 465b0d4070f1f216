import type { Failure, Result } from '../result';
import { createAnnouncer, type ClockNotice } from './announcer';
import type { Schedule } from './environment';
import {
  advanceRetentionTime,
  beginRetentionTime,
  boundsOf,
  isToBeStored,
  lookOf,
  resumeRetentionTime,
  type ClockLook,
  type RetentionTime,
} from './retention-time';
import type { Uptime } from './timekeeper';

/** From one look at the clocks to the next, in milliseconds. */
const LOOK_MS = 60_000;

/** What a store knows of the time. */
export interface StoredRetentionTime {
  readonly time: RetentionTime | undefined;
  /** When the newest row arrived, in milliseconds; undefined where there is none. */
  readonly newest: number | undefined;
}

export interface RetentionClockOptions {
  /** What has an age, as in `the outbox`. */
  readonly subject: string;
  /** The wall clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly isClockSet: () => boolean;
  readonly uptime: () => Uptime;
  readonly schedule: Schedule;
  /** Reads what is stored; a failure where that cannot be read now. */
  readonly load: () => Promise<Result<StoredRetentionTime, Failure<string>>>;
  /** Begins at once; what fails is stored the next time. */
  readonly store: (time: RetentionTime) => void;
  /** Must not throw. */
  readonly report: (notice: ClockNotice) => void;
}

/** The time by which ages count. */
export interface RetentionClock {
  /**
   * The earliest that it can be, in milliseconds: ages count from what was stored as `latest` to this. Undefined while
   * the clock is not set, or where the stored time cannot be read: nothing has an age then.
   */
  readonly earliest: () => Promise<number | undefined>;
  /** The latest that it can be, in milliseconds; undefined while the clock is not set. */
  readonly latest: () => number | undefined;
  /** By how many days the clock has jumped ahead, as of the last look; 0 where ages count by it. */
  readonly daysAhead: () => number;
  /** Stores the time and looks no more. Begins at once. */
  readonly close: () => void;
}

/** A retention clock, which looks at the clocks every minute until it is closed. */
export function createRetentionClock(options: RetentionClockOptions): RetentionClock {
  const { now, isClockSet, uptime, schedule, store } = options;
  const announcer = createAnnouncer(options);
  // What comes into the store later is no older.
  const loadKnown = remembering(options);
  let time: RetentionTime | undefined;
  let stored: RetentionTime | undefined;
  let loading: Promise<void> | undefined;
  let isClosed = false;
  let cancelLook = schedule(LOOK_MS, lookAgain);

  function lookNow(): ClockLook {
    return lookOf(uptime(), now(), isClockSet());
  }

  function look(): RetentionTime | undefined {
    if (!time || isClosed) return time;
    time = advanceRetentionTime(time, lookNow());
    announcer.announce(time);
    if (!stored || isToBeStored(time, stored)) {
      stored = time;
      store(time);
    }
    return time;
  }

  async function readTime(): Promise<void> {
    const loaded = await loadKnown();
    if (!loaded || isClosed) return;
    time = firstTime(loaded, lookNow());
    if (!loaded.time) return;
    stored = time;
    announcer.resume(loaded.time);
  }

  async function loadOnce(): Promise<void> {
    if (time || isClosed) return;
    loading ??= readTime().finally(() => {
      loading = undefined;
    });
    await loading;
  }

  async function earliest(): Promise<number | undefined> {
    await loadOnce();
    const known = look();
    return known && boundsOf(known)?.earliest;
  }

  function latest(): number | undefined {
    if (!isClockSet()) return undefined;
    const known = look();
    // What is stored need not be awaited: it only matters where the clock has been set back.
    return (known && boundsOf(known)?.latest) ?? now();
  }

  function lookAgain(): void {
    cancelLook = schedule(LOOK_MS, lookAgain);
    void earliest();
  }

  function close(): void {
    cancelLook();
    const known = look();
    isClosed = true;
    if (known) store(known);
  }

  void loadOnce();
  return { earliest, latest, daysAhead: announcer.daysAhead, close };
}

/** Loads until that works, and remembers what it has loaded. */
function remembering({ load }: Pick<RetentionClockOptions, 'load'>) {
  let known: StoredRetentionTime | undefined;
  return async (): Promise<StoredRetentionTime | undefined> => {
    if (known) return known;
    const loaded = await load();
    if (loaded.ok) known = loaded.value;
    return known;
  };
}

/** What is known at the start; undefined where nothing is, and the wall clock tells nothing. */
function firstTime(
  { time, newest }: StoredRetentionTime,
  { uptime, wall }: ClockLook,
): RetentionTime | undefined {
  if (time) return resumeRetentionTime(time, uptime);
  return wall === undefined ? undefined : beginRetentionTime(newest, uptime, wall);
}

/** A process' own uptime, which no other process goes on with. */
export function uptimeOfProcess(): Uptime {
  return { boot: '', ms: performance.now() };
}
