import type { DaemonAnswer, KernelAnswer } from './sources';

/**
 * How far this machine's clock can be trusted.
 * - `set`: it was synchronised with a time server since the boot.
 * - `unset`: it is going to be set, but was not yet; or it shows an impossible time.
 * - `unknown`: nothing speaks for it or against it (a PC or a virtual machine without a time daemon, no Linux); it is
 *   trusted.
 */
export type Trust = 'set' | 'unset' | 'unknown';

/** What one look at all that may know of the clock told. */
export interface Look {
  readonly daemon: DaemonAnswer;
  readonly kernel: KernelAnswer;
  /** Whether the clock goes on while the machine is off. */
  readonly isClockKept: boolean;
}

/** What the looks of this boot have told so far. */
export interface Assessment {
  readonly trust: Trust;
  /** Whether anything has told that the clock is set, or is not. */
  readonly isKnown: boolean;
  /** Looks in a row that told nothing. */
  readonly silentLooks: number;
}

/** Before the first look. */
export const UNASSESSED: Assessment = { trust: 'unset', isKnown: false, silentLooks: 0 };

/** After so many looks that told nothing, the clock is taken at its word: a daemon that starts has answered by then. */
const MOST_SILENT_LOOKS = 3;

/** The same where a daemon runs and does not answer: within five minutes it has set the clock, where it can. */
const MOST_SILENT_LOOKS_AT_DAEMON = 30;

/** Whether it is still open whether anything knows of the clock. */
export function isUndecided({ trust, isKnown }: Assessment): boolean {
  return trust === 'unset' && !isKnown;
}

/**
 * What is known after one more look. Trust never falls because of one: what was set stays set, and what was not stays
 * so until something says that it is. A daemon that is gone, as on DietPi after the boot, is not one that never was.
 */
export function assess(before: Assessment, look: Look): Assessment {
  if (before.trust === 'set') return before;
  const told = verdictOf(look);
  if (told === 'set' || told === 'unset') return { trust: told, isKnown: true, silentLooks: 0 };
  const silentLooks = told === undefined ? before.silentLooks + 1 : 0;
  const most = look.daemon === 'silent' ? MOST_SILENT_LOOKS_AT_DAEMON : MOST_SILENT_LOOKS;
  const isTakenAtItsWord = told === 'unknown' || silentLooks >= most;
  return { ...before, silentLooks, trust: isTakenAtItsWord && !before.isKnown ? 'unknown' : before.trust };
}

/**
 * What a look tells by itself; undefined where the next one may tell more.
 *
 * An unsynchronised kernel means nothing on a PC, or on a virtual machine whose host sets its clock: many of them stay
 * so for ever, and their clocks are right. Where the clock does not go on while the machine is off, somebody has to set
 * it: a daemon of the host, for a container on a Raspberry Pi. Should nobody do so, readings wait for some minutes
 * after each start, and are sent then.
 */
export function verdictOf({ daemon, kernel, isClockKept }: Look): Trust | undefined {
  if (daemon === 'set' || daemon === 'unset') return daemon;
  if (kernel === 'set') return 'set';
  if (kernel === 'unset' && (daemon === 'silent' || !isClockKept)) return 'unset';
  const isNobodyThere = daemon === 'absent' && (isClockKept || kernel !== 'silent');
  return isNobodyThere ? 'unknown' : undefined;
}
