import type { Bounds, DroppedItem, Outbox } from '../outbox';
import { createThrottle, type Clock, type Throttle } from './clock';

/** Whose queue is bounded. */
export interface RetentionOptions {
  readonly outbox: Pick<Outbox, 'enforce'>;
  readonly destination: string;
  readonly clock: Clock;
  readonly closing: AbortSignal;
}

const BETWEEN_RUNS_MS = 5000;

/** The outbox drops no more at a time. */
const MOST_DROPPED = 1000;

/** Drops what is beyond the bounds when asked to, and says so. */
export function createRetention(
  { outbox, destination, clock, closing }: RetentionOptions,
  bounds: Bounds,
  dropped: (item: DroppedItem) => void,
): Throttle {
  async function enforce(): Promise<void> {
    for (let count = MOST_DROPPED; count >= MOST_DROPPED && !closing.aborted;) {
      const surplus = await outbox.enforce(destination, bounds);
      // What fails now is done the next time.
      if (!surplus.ok) return;
      count = surplus.value.length;
      for (const item of surplus.value) dropped(item);
    }
  }

  return createThrottle(clock, BETWEEN_RUNS_MS, closing, enforce);
}
