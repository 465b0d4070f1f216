/** Ends a request when its time is up or when its caller gives up; `end` stops the watch. */
export interface Limit {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly endedBy: () => 'timeout' | 'cancelled' | undefined;
  readonly end: () => void;
}

/** A timer of Node.js counts in 31 bits of milliseconds; one that is set to more ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createLimit(wantedMs: number, caller: AbortSignal): Limit {
  const timeoutMs = Math.min(wantedMs, LONGEST_TIMER_MS);
  const controller = new AbortController();
  let endedBy: 'timeout' | 'cancelled' | undefined;
  const endBy = (cause: 'timeout' | 'cancelled') => {
    endedBy ??= cause;
    controller.abort();
  };
  const cancel = () => endBy('cancelled');
  const timer = setTimeout(() => endBy('timeout'), timeoutMs);
  if (caller.aborted) cancel();
  else caller.addEventListener('abort', cancel, { once: true });
  const end = () => {
    clearTimeout(timer);
    caller.removeEventListener('abort', cancel);
  };
  return { signal: controller.signal, timeoutMs, endedBy: () => endedBy, end };
}
