/** Time, as the sender is given it. */
export interface Clock {
  /** The wall clock, in milliseconds since 1970: only for what people read. */
  readonly now: () => number;
  /** Milliseconds since any moment; never jumps, so that delays are what they say. */
  readonly monotonic: () => number;
  /** Runs `task` once, `ms` milliseconds from now; returns what cancels that. */
  readonly schedule: (ms: number, task: () => void) => () => void;
}

/** This machine's time. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds, or as soon as `signal` is aborted; leaves no timer and no listener behind. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.schedule(ms, end);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Something that is done soon after it is asked for, but with a pause after each time. */
export interface Throttle {
  /** Asks for it; while it is under way or pauses, any number of requests lead to one more time. */
  request(): void;
  /** Resolves when nothing is under way; after the signal's abort that stays so. */
  finished(): Promise<void>;
}

/** @param run what is done; must not reject */
export function createThrottle(
  clock: Clock,
  gapMs: number,
  signal: AbortSignal,
  run: () => Promise<void>,
): Throttle {
  let isRequested = false;
  let rounds: Promise<void> | undefined;

  async function goRound(): Promise<void> {
    while (isRequested && !signal.aborted) {
      isRequested = false;
      await run();
      await wait(clock, gapMs, signal);
    }
    rounds = undefined;
  }

  function request(): void {
    isRequested = true;
    // Begins a moment later, so that a request which `run` itself makes finds the round under way.
    if (!signal.aborted) rounds ??= Promise.resolve().then(goRound);
  }

  return { request, finished: () => rounds ?? Promise.resolve() };
}

/** Does `task` every `ms` milliseconds until the returned function is called. */
export function repeat(clock: Clock, ms: number, task: () => void): () => void {
  let cancel = clock.schedule(ms, next);
  function next(): void {
    cancel = clock.schedule(ms, next);
    task();
  }
  return () => cancel();
}
