import { SMALLEST_ERROR_MS } from './server-times';
import type { Stamp } from './stamp';
import { EARLIEST_PRESENT } from './timestamp';
import type { Trust } from './trust';

/** A boot of this machine, as it is stored. */
export interface BootRecord {
  /** When it began, in milliseconds: by the clock at its synchronisation, or else by its last known time. */
  readonly startedAt: number;
  /** How far `startedAt` can be trusted. */
  readonly trust: Trust;
  /** No reading of it was taken later than this, in milliseconds since its start. */
  readonly lastUptime: number;
}

/**
 * How well a time is known.
 * - `certain`: from a clock that was set or that nobody doubts, or the user's own time.
 * - `awaited`: better known once this machine's clock is set.
 * - `undated`: unknown until this machine's clock is set.
 * - `estimated`: of an earlier boot whose clock was never set: between the boots before and after it.
 */
export type Certainty = 'certain' | 'awaited' | 'undated' | 'estimated';

/** When a boot began, as far as that can be known. */
export interface Placement {
  readonly startedAt: number;
  readonly certainty: Certainty;
}

/**
 * When each boot began. A boot whose clock was never set began when its clock said, because a Raspberry Pi's clock goes
 * on from its last shutdown; but after the last reading of the boot before it, and before the next boot.
 * @param boots in their order; the last one is the current one
 */
export function placeBoots(boots: readonly BootRecord[]): readonly Placement[] {
  const awaited = boots.at(-1)?.trust === 'unset' ? 'awaited' : 'estimated';
  const latest = latestStarts(boots);
  let earliest = -Infinity;
  return boots.map((boot, index): Placement => {
    const isKnown = boot.trust !== 'unset';
    const startedAt = isKnown ? boot.startedAt : between(earliest, latest[index] ?? Infinity);
    if (startedAt === undefined) return { startedAt: boot.startedAt, certainty: 'undated' };
    // One millisecond apart, so that no two readings of different boots get the same time.
    earliest = Math.max(earliest, startedAt + boot.lastUptime + 1);
    return { startedAt, certainty: isKnown ? 'certain' : awaited };
  });
}

/** When each boot began at the latest, by its own clock and by the boots after it; Infinity if that is unknown. */
function latestStarts(boots: readonly BootRecord[]): readonly number[] {
  let latest = Infinity;
  const starts = boots.toReversed().map(({ startedAt, trust, lastUptime }) => {
    const own = startedAt >= EARLIEST_PRESENT ? startedAt : Infinity;
    latest = trust === 'unset' ? Math.min(own, latest - lastUptime - 1) : startedAt;
    return latest;
  });
  return starts.toReversed();
}

/** The latest time, but not before the earliest; undefined if neither is known. */
function between(earliest: number, latest: number): number | undefined {
  const time = Number.isFinite(latest) ? Math.max(earliest, latest) : earliest;
  return Number.isFinite(time) ? time : undefined;
}

/** Whoever keeps a clock that is right corrects it by less than this, in milliseconds. */
const LARGEST_KEEPING_MS = 10_000;

/**
 * Whether the clock was set anew since a boot was said to have begun at one time, of which it says another now. One of
 * the two is wrong, and the later one is better evidence: whoever set the clock saw that it was wrong.
 */
export function wasSetAnew(startedAt: number, startedAtNow: number): boolean {
  return Math.abs(startedAtNow - startedAt) >= LARGEST_KEEPING_MS;
}

/**
 * A process may not know by how much the clock was slewed before it began, and then counts the uptime from elsewhere than
 * the one before it: by less than this, in milliseconds.
 */
const LONGEST_SLEW_MS = 60_000;

/** Whether the clock was set anew where an earlier process said when the boot began, and this one says it now. */
export function wasSetAnewBetweenProcesses(startedAt: number, startedAtNow: number): boolean {
  return Math.abs(startedAtNow - startedAt) >= LONGEST_SLEW_MS;
}

/** Whether a clock was right that said that a boot began at one time, of which it is known by now when it did. */
export function isSameStart(startedAt: number, startedAtThen: number): boolean {
  return Math.abs(startedAtThen - startedAt) < SMALLEST_ERROR_MS;
}

/** A timestamp, as far as it can be known. */
export interface BestTime {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** How much later that is than what the clock said, in whole milliseconds, so that the order of readings is kept. */
  readonly correctionMs: number;
  readonly certainty: Certainty;
}

/** Smaller differences, in milliseconds, come from reading the clocks in two processes, and are not corrected. */
const SMALLEST_CORRECTION_MS = 50;

/**
 * Corrects a timestamp.
 * @param stamp undefined for a time that this machine's clock did not give, which stays as it is
 * @param placement of the stamp's boot; undefined if nothing is known of it any more
 */
export function bestTime(
  timestamp: number,
  stamp: Pick<Stamp, 'uptime' | 'trust'> | undefined,
  placement: Placement | undefined,
): BestTime {
  if (!stamp || !placement || stamp.trust === 'set')
    return { timestamp, correctionMs: 0, certainty: 'certain' };
  const { startedAt, certainty } = placement;
  const correctionMs = startedAt + stamp.uptime - timestamp;
  if (Math.abs(correctionMs) < SMALLEST_CORRECTION_MS) return { timestamp, correctionMs: 0, certainty };
  return { timestamp: timestamp + correctionMs, correctionMs, certainty };
}
