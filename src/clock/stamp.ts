import type { Trust } from './trust';

/** The state of this machine's clocks at the moment of a timestamp. */
export interface Stamp {
  /** The boot's id. */
  readonly boot: string;
  /** Whole milliseconds since the boot, suspended time included, by the monotonic clock. */
  readonly uptime: number;
  /** How far the wall clock could be trusted at that moment. */
  readonly trust: Trust;
}

/** The current boot of this machine. */
export interface Boot {
  readonly id: string;
  /** When it began, in milliseconds: by the clock at its synchronisation, or else by the clock now. */
  readonly startedAt: number;
  readonly trust: Trust;
}
