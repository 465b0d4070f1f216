import type { Clock } from '../../delivery';

const HOUR_MS = 3_600_000;

/** A week: a timer of Node.js runs for no more than 24 days. */
const MOST_HOURS = 168;

/**
 * Tries again what was refused, every so many hours from now on.
 * @param hours 0 for never. A flow that was written by hand may hold any number
 * @returns ends that
 */
export function retryRefusedEvery(
  hours: number,
  retryAll: () => Promise<unknown>,
  { schedule }: Pick<Clock, 'schedule'>,
): () => void {
  const ms = Math.min(hours, MOST_HOURS) * HOUR_MS;
  let cancel: (() => void) | undefined;

  function wait(): void {
    cancel = schedule(ms, () => {
      // The outbox reports what goes wrong, and its promises do not reject.
      void retryAll();
      wait();
    });
  }

  if (hours >= 1) wait();
  return () => cancel?.();
}
