/**
 * The time by which ages count, as pure functions.
 *
 * A wall clock may be wrong by years for some seconds, and what was deleted in them stays deleted. So there are two
 * times: the confirmed one, of which it is certain that it has come, and that of the wall clock. The confirmed time goes
 * on with the uptime of a boot. Where the wall clock is elsewhere, the confirmed time follows once the wall clock has
 * shown no earlier time during six hours of uptime: the lowest that it showed in them, as of a window minimum. If it was
 * right once in such a window, the confirmed time is not ahead of the true one.
 */
import type { Uptime } from './timekeeper';
import { EARLIEST_PRESENT, LATEST_TIMESTAMP } from './timestamp';

/** For so long, in milliseconds of uptime, the wall clock must keep its time before ages count by it. */
export const AGREEMENT_MS = 6 * 3_600_000;

/** If the wall clock moves by more against the uptime, in milliseconds, the hours of agreement begin anew. */
const STEP_MS = 60_000;

/** No more agreement is counted from one look to the next, in milliseconds: nobody knows what was between them. */
const LONGEST_LOOK_MS = 300_000;

/** The retention time is stored again after so long, in milliseconds of uptime. */
const STORE_MS = 3_600_000;

/** A look at the clocks. */
export interface ClockLook {
  readonly uptime: Uptime;
  /** The wall clock, in milliseconds; undefined while it is not set, or shows an impossible time. */
  readonly wall: number | undefined;
}

/** What is known of the time, as of a look; all times in milliseconds. It is stored with what has an age. */
export interface RetentionTime {
  readonly uptime: Uptime;
  /** It is certainly not earlier than this. */
  readonly confirmed: number;
  /** What the wall clock has agreed upon so far: it has not shown an earlier time since the agreement began. */
  readonly candidate: number;
  /** How long it has agreed, in uptime. */
  readonly agreedMs: number;
  /** What the wall clock showed; undefined where that is unknown, or was in another boot. */
  readonly wall: number | undefined;
}

/** The time is between these two, in milliseconds, unless the clock has been wrong for hours. */
export interface TimeBounds {
  readonly earliest: number;
  readonly latest: number;
}

/** A look at the clocks; `wall` is only evidence where the clock is set and its time is possible. */
export function lookOf(uptime: Uptime, now: number, isClockSet: boolean): ClockLook {
  const isPossible = now >= EARLIEST_PRESENT && now < LATEST_TIMESTAMP;
  return { uptime, wall: isClockSet && isPossible ? now : undefined };
}

/**
 * The first retention time of a store that has none: the arrival of its newest row, but not after the wall clock's time.
 * A store without rows has nothing to lose, so it begins with that of the wall clock.
 * @param newest milliseconds; undefined where there is no row
 */
export function beginRetentionTime(newest: number | undefined, uptime: Uptime, wall: number): RetentionTime {
  const isKnown = newest !== undefined && newest >= EARLIEST_PRESENT;
  const confirmed = isKnown ? Math.min(newest, wall) : wall;
  return { uptime, confirmed, candidate: wall, agreedMs: 0, wall };
}

/** A stored retention time at the next start: it goes on with the uptime if the machine was not booted in between. */
export function resumeRetentionTime(stored: RetentionTime, uptime: Uptime): RetentionTime {
  const isSameBoot = stored.uptime.boot !== '' && stored.uptime.boot === uptime.boot;
  // The machine was off for an unknown time, so that the wall clock may be ahead of what it had agreed upon.
  return isSameBoot ? stored : { ...stored, uptime, wall: undefined };
}

/** What is known after the next look in the same boot. */
export function advanceRetentionTime(time: RetentionTime, look: ClockLook): RetentionTime {
  const { wall } = look;
  const elapsed = Math.max(look.uptime.ms - time.uptime.ms, 0);
  const uptime = { ...time.uptime, ms: time.uptime.ms + elapsed };
  const confirmed = time.confirmed + elapsed;
  const lowest = time.candidate + elapsed;
  if (wall === undefined) return { ...time, uptime, confirmed, candidate: lowest, wall };
  const expected = time.wall === undefined ? undefined : time.wall + elapsed;
  const isStep =
    expected === undefined
      ? // What earlier boots agreed upon goes on counting, so that a machine that never runs for six hours gets there.
        wall - lowest > STEP_MS && lowest - confirmed <= STEP_MS
      : Math.abs(wall - expected) > STEP_MS;
  if (isStep || wall < lowest - STEP_MS) return { uptime, confirmed, candidate: wall, agreedMs: 0, wall };
  const candidate = Math.min(lowest, wall);
  const agreedMs = time.agreedMs + (expected === undefined ? 0 : Math.min(elapsed, LONGEST_LOOK_MS));
  if (agreedMs < AGREEMENT_MS) return { uptime, confirmed, candidate, agreedMs, wall };
  return { uptime, confirmed: candidate, candidate: wall, agreedMs: 0, wall };
}

/**
 * Whether a retention time has to be stored in place of the stored one: an hour later, or where the agreement that was
 * stored is over, because after a power cut it must not go on.
 */
export function isToBeStored(time: RetentionTime, stored: RetentionTime): boolean {
  return time.uptime.ms - stored.uptime.ms >= STORE_MS || time.agreedMs < stored.agreedMs;
}

/** By how much the clock is ahead of the confirmed time with what it has agreed upon so far, in milliseconds. */
export function aheadOf({ confirmed, candidate }: RetentionTime): number {
  return candidate - confirmed;
}

/** Between which times it is, as of the look; undefined while the wall clock tells nothing. */
export function boundsOf({ confirmed, wall }: RetentionTime): TimeBounds | undefined {
  if (wall === undefined) return undefined;
  return { earliest: Math.min(confirmed, wall), latest: Math.max(confirmed, wall) };
}

/** A retention time as a store has it. */
export function encodeRetentionTime(time: RetentionTime): string {
  return JSON.stringify(time);
}

/** The retention time of a text that is known to be as it was written; undefined where there is none. */
export function decodeRetentionTime(text: string | undefined): RetentionTime | undefined {
  return text === undefined ? undefined : JSON.parse(text);
}
