import type { Trust } from './sources';
import type { Stamp } from './timekeeper';
import { EARLIEST_PRESENT } from './timestamp';

/** What is known of a boot of this machine. */
export interface BootRecord {
  /** When it began, in milliseconds: by the clock as it was synchronised first, else as the clock says. */
  readonly startedAt: number;
  /** How far that can be trusted. */
  readonly trust: Trust;
  /** No reading of it was taken later than this, in milliseconds since its start. */
  readonly lastUptime: number;
}

/**
 * How well a time is known.
 * - `certain`: by a clock that was set, or that nobody doubts, or it is the user's own.
 * - `awaited`: this machine's clock is going to be set, and then the time is known better.
 * - `undated`: the same, and until then nothing is known at all.
 * - `estimated`: of an earlier boot that never knew the time: between the boot before it and the one after it.
 */
export type Certainty = 'certain' | 'awaited' | 'undated' | 'estimated';

/** When a boot began, as well as it can be known. */
export interface Placement {
  readonly startedAt: number;
  readonly certainty: Certainty;
}

/**
 * When each boot began. One whose clock was never set keeps the clock's word, because a Raspberry Pi goes on from its
 * last shutdown, but not before the last reading of the boot before it, and not after the beginning of the next one.
 * @param boots in their order, the last one is the present one
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

/** When each boot began at the latest, by its own clock and by what followed; Infinity where nothing says so. */
function latestStarts(boots: readonly BootRecord[]): readonly number[] {
  let latest = Infinity;
  const starts = boots.toReversed().map(({ startedAt, trust, lastUptime }) => {
    const own = startedAt >= EARLIEST_PRESENT ? startedAt : Infinity;
    latest = trust === 'unset' ? Math.min(own, latest - lastUptime - 1) : startedAt;
    return latest;
  });
  return starts.toReversed();
}

/** The latest time, but not before the earliest; undefined where neither is known. */
function between(earliest: number, latest: number): number | undefined {
  const time = Number.isFinite(latest) ? Math.max(earliest, latest) : earliest;
  return Number.isFinite(time) ? time : undefined;
}

/** A timestamp as well as it can be known. */
export interface BestTime {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** How much later that is than what the clock said, in whole milliseconds: differences of a millisecond survive. */
  readonly correctionMs: number;
  readonly certainty: Certainty;
}

/** Less is the inaccuracy of two processes' clocks, and no correction: the clock's own word stands, in milliseconds. */
const SMALLEST_CORRECTION_MS = 50;

/**
 * What a timestamp should have been.
 * @param stamp undefined for a time that is not this machine's own, which stays as it is
 * @param placement of the stamp's boot; undefined where nothing is known of it any more
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
