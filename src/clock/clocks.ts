import type { ClockEnvironment } from './environment';

/** Both clocks at one moment, in milliseconds. */
export interface Sample {
  /** Since 1970. */
  readonly wall: number;
  /** Since the boot, suspended time included. */
  readonly uptime: number;
}

/** The wall clock of a machine, and the one that nobody sets. */
export interface Clocks {
  /** @returns both, and by how much the wall clock was set forward since the last look, in milliseconds: 0 if it was not */
  readonly look: () => { readonly sample: Sample; readonly jumpMs: number };
  /** Takes account of both having been slewed forward: the uptime goes at the pace at which time really passes. */
  readonly slewed: (forwardMs: number) => Sample;
}

/** Seconds since the boot, suspended time included, in hundredths (proc(5)). */
const UPTIME = '/proc/uptime';

/** Between two looks, the wall clock drifts less than this against the monotonic one, unless it is set. */
const STEP_MS = 100;

/** Reading both clocks takes no longer than this, in milliseconds, unless the process was interrupted. */
const LONGEST_SAMPLE_MS = 2;
const MOST_SAMPLES = 5;

/** The clocks of this machine, which are to be looked at every few seconds. */
export function createClocks({ now, monotonic, read }: ClockEnvironment): Clocks {
  /** Uptime less the monotonic clock: how long the machine was suspended. */
  let suspendedMs = 0;
  /** By how much both clocks were slewed forward, as far as that is known. */
  let slewedMs = 0;
  /** Wall clock less uptime, at the last look. */
  let offset = offsetOf(sampleWithSuspension());

  function sampleNow(): Sample {
    let before = monotonic();
    for (let count = 1; ; count += 1) {
      const wall = now();
      const after = monotonic();
      if (after - before <= LONGEST_SAMPLE_MS || count === MOST_SAMPLES)
        return { wall, uptime: before + suspendedMs - slewedMs };
      before = after;
    }
  }

  function sampleWithSuspension(): Sample {
    const seconds = Number.parseFloat(read(UPTIME) ?? '');
    // Some containers have an uptime of their own, which is shorter.
    const ms = Math.max(0, seconds * 1000 - monotonic());
    // The uptime has a resolution of 10 ms, too coarse to apply every difference.
    if (Math.abs(ms - suspendedMs) >= STEP_MS) suspendedMs = ms;
    return sampleNow();
  }

  function isStep(sample: Sample): boolean {
    return Math.abs(offsetOf(sample) - offset) >= STEP_MS;
  }

  /** Follows the drift between the clocks, so that it never adds up to a step. */
  function follow(sample: Sample): Sample {
    offset = offsetOf(sample);
    return sample;
  }

  function look(): ReturnType<Clocks['look']> {
    const sample = sampleNow();
    if (!isStep(sample)) return { sample: follow(sample), jumpMs: 0 };
    // It is no step if the machine was suspended.
    const again = sampleWithSuspension();
    const jumpMs = isStep(again) ? Math.round(offsetOf(again) - offset) : 0;
    return { sample: follow(again), jumpMs };
  }

  function slewed(forwardMs: number): Sample {
    slewedMs += forwardMs;
    return follow(sampleNow());
  }

  return { look, slewed };
}

function offsetOf({ wall, uptime }: Sample): number {
  return wall - uptime;
}
