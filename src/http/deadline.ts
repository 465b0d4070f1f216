/** When a request ends at the latest: when its time is up, or when its caller gives up. */
export interface Deadline {
  readonly timeoutMs: number;
  /** What ended the request, if anything has. */
  readonly endedBy: () => 'timeout' | 'cancelled' | undefined;
  /** Has `listener` called at that end. */
  readonly onEnd: (listener: () => void) => void;
  /** Stops the watch. */
  readonly clear: () => void;
}

/** A timer of Node.js counts in 31 bits of milliseconds; one that is set to more ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A deadline `wantedMs` from now, or as soon as `caller` is aborted. */
export function createDeadline(wantedMs: number, caller: AbortSignal): Deadline {
  const timeoutMs = Math.min(wantedMs, LONGEST_TIMER_MS);
  // Functions in place of another AbortSignal, which costs more than all the rest of a deadline.
  const listeners: (() => void)[] = [];
  let endedBy: 'timeout' | 'cancelled' | undefined;
  const endBy = (cause: 'timeout' | 'cancelled') => {
    endedBy ??= cause;
    for (const listener of listeners) listener();
  };
  const cancel = () => endBy('cancelled');
  const timer = setTimeout(endBy, timeoutMs, 'timeout');
  if (caller.aborted) cancel();
  else caller.addEventListener('abort', cancel);
  const clear = () => {
    clearTimeout(timer);
    caller.removeEventListener('abort', cancel);
    // A connection that is kept may keep this deadline, and must not keep the whole request with it.
    listeners.length = 0;
  };
  return {
    timeoutMs,
    endedBy: () => endedBy,
    onEnd: (listener) => void listeners.push(listener),
    clear,
  };
}
