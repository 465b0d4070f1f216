import type { ClockEnvironment } from './environment';
import { createSlewMeter } from './slew';
import { askChronyd, askKernel, isClockKept, type DaemonAnswer, type KernelTold } from './sources';
import type { Look } from './trust';

/** Looks now and then at what may know of the clock: chronyd, and else the kernel. */
export interface Looks {
  /** Looks, if enough time has passed since the last time. */
  readonly consider: () => void;
  /** The clock was set: what is being asked now is asked anew, and otherwise soon. */
  readonly clockWasSet: () => void;
  /** Tells nothing any more. */
  readonly close: () => void;
}

export interface LooksOptions {
  readonly environment: ClockEnvironment;
  /** What is waited for: nothing, any word at all, or that the clock is set. */
  readonly awaited: () => 'nothing' | 'a word' | 'the time';
  /** Whether the clock was set anew after it had been right. */
  readonly isDoubted: () => boolean;
  /** Calls `clockWasSet` if the clock was set, and nobody has noticed yet. */
  readonly noticeStep: () => void;
  readonly slewed: (forwardMs: number) => void;
  /** @param behindMs how far the clock is behind, where a daemon that slews it says so */
  readonly told: (look: Look, behindMs: number | undefined) => void;
}

/**
 * Times between two looks, each of which takes a process or two, in milliseconds: while the next one may well tell
 * something new; while readings may wait for it, so often that a clock that chronyd slews with all its might moves by
 * less than two seconds meanwhile; and otherwise.
 */
const SHORT_BETWEEN_LOOKS_MS = 10_000;
const WAITING_BETWEEN_LOOKS_MS = 15_000;
const BETWEEN_LOOKS_MS = 60_000;

/** What was asked while the clock was set is asked anew, but so often only: somebody may set it again and again. */
const MOST_QUESTIONS = 3;

const UNASKED: KernelTold = { answer: 'absent' };

export function createLooks(options: LooksOptions): Looks {
  const { environment, awaited, isDoubted, noticeStep, slewed } = options;
  const { monotonic } = environment;
  const slew = createSlewMeter();
  /** Whether it is known by how much the clock was slewed before this process began; chronyd cannot tell that. */
  let isSlewKnown = false;
  /** How often the clock was set. */
  let steps = 0;
  let isLooking = false;
  let lastLookAt = -Infinity;
  let nextLookAt = -Infinity;
  let isClosed = false;

  function tell(told: Omit<Look, 'isClockKept'>, behindMs?: number): void {
    if (!isClosed) options.told({ ...told, isClockKept: isClockKept(environment) }, behindMs);
  }

  async function consider(): Promise<void> {
    if (isLooking || monotonic() < nextLookAt) return;
    isLooking = true;
    lastLookAt = monotonic();
    nextLookAt = Infinity;
    let daemon = await look();
    for (let count = 1; !daemon && count < MOST_QUESTIONS; count += 1) daemon = await look();
    nextLookAt = Math.min(nextLookAt, monotonic() + pauseAfter(daemon));
    isLooking = false;
  }

  /** @returns what the daemon said; undefined where the clock was set meanwhile, so that nobody knows of which it spoke */
  async function look(): Promise<DaemonAnswer | undefined> {
    noticeStep();
    const stepsBefore = steps;
    const { answer: daemon, behindMs } = await askChronyd(environment);
    // No reading is to wait for an answer that takes a second on a small machine, where it is sent whatever that says.
    if (daemon === 'absent' && isClockKept(environment)) tell({ daemon, kernel: 'absent' });
    // chronyd learns only with its next question to a server that somebody else has set the clock; the kernel knows.
    const isTold = (daemon === 'set' || daemon === 'unset') && !isDoubted();
    const isFirstOfSlew = daemon === 'unset' && behindMs !== undefined && !isSlewKnown;
    const kernel = isTold && !isFirstOfSlew ? UNASKED : await askKernel(environment);
    noticeStep();
    if (steps !== stepsBefore) return undefined;
    if (behindMs === undefined || isFirstOfSlew) observe('kernel', kernel.slewedMs);
    if (behindMs !== undefined) observe('chronyd', -behindMs);
    isSlewKnown = true;
    tell({ daemon, kernel: isTold ? 'absent' : kernel.answer }, behindMs);
    return daemon;
  }

  function observe(teller: 'chronyd' | 'kernel', slewedMs: number | undefined): void {
    const forwardMs = slew.observe(teller, slewedMs, monotonic());
    if (forwardMs !== 0) slewed(forwardMs);
  }

  function pauseAfter(daemon: DaemonAnswer | undefined): number {
    const wanted = awaited();
    if (daemon === undefined || daemon === 'unset' || wanted === 'a word') return SHORT_BETWEEN_LOOKS_MS;
    return wanted === 'the time' ? WAITING_BETWEEN_LOOKS_MS : BETWEEN_LOOKS_MS;
  }

  return {
    consider: () => void consider(),
    clockWasSet: () => {
      steps += 1;
      slew.forget();
      // Whoever set the clock may know that it is right now.
      nextLookAt = Math.min(nextLookAt, lastLookAt + SHORT_BETWEEN_LOOKS_MS);
    },
    close: () => {
      isClosed = true;
    },
  };
}
