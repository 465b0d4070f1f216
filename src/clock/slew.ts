/** Follows how far the clock is slewed: a daemon has it run faster or slower until it is right. */
export interface SlewMeter {
  /**
   * @param slewedMs by how much the clock has been slewed forward, in milliseconds, counted from a moment that only
   *   `teller` knows; undefined where nobody can tell
   * @param at when that was, by the monotonic clock, in milliseconds
   * @returns by how much it was slewed forward since the same teller told it last; 0 where another one did meanwhile
   */
  observe(teller: 'chronyd' | 'kernel', slewedMs: number | undefined, at: number): number;
  /** The clock was set: what was told before says nothing any more. */
  forget(): void;
}

/**
 * A smaller share is how much the hardware beneath the clock is off, which daemons make up for all the time; more than
 * the larger one nobody slews (chronyd at most 1/10), so whoever told it has changed their mind.
 */
const SMALLEST_SHARE = 0.0003;
const LARGEST_SHARE = 0.12;

/** A meter for the tellers `chronyd` and `kernel`. */
export function createSlewMeter(): SlewMeter {
  // The kernel counts from the boot on, also what was slewed before this process began.
  let last: { readonly teller: string; readonly slewedMs: number; readonly at: number } | undefined = {
    teller: 'kernel',
    slewedMs: 0,
    at: 0,
  };

  return {
    observe(teller, slewedMs, at) {
      if (slewedMs === undefined) return 0;
      const before = last?.teller === teller ? last : { slewedMs, at };
      last = { teller, slewedMs, at };
      const share = Math.abs(slewedMs - before.slewedMs) / (at - before.at);
      return share > SMALLEST_SHARE && share < LARGEST_SHARE ? slewedMs - before.slewedMs : 0;
    },
    forget() {
      last = undefined;
    },
  };
}
