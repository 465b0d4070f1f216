import type { Bounds, Counts, DroppedItem, Outbox } from '../outbox';
import { createThrottle, type Clock, type Throttle } from './clock';
import type { Activity, SenderState } from './state';

/** Whose queue is tended. */
export interface Tended {
  readonly outbox: Pick<Outbox, 'counts' | 'enforce'>;
  readonly destination: string;
  readonly clock: Clock;
  readonly closing: AbortSignal;
}

const BETWEEN_REPORTS_MS = 250;
const BETWEEN_BOUNDS_MS = 5000;

/** The outbox drops no more at a time. */
const MOST_DROPPED = 1000;

/** The counts before the outbox was asked. */
const NO_COUNTS: Counts = {
  waiting: 0,
  bytes: 0,
  oldest: undefined,
  refused: 0,
  dropped: 0,
  damaged: 0,
  isPaused: false,
};

/** Says what changed, where anything did. */
export interface Report extends Throttle {
  /** The counts when they were last asked for. */
  counts(): Counts;
}

export function createReport(
  { outbox, destination, clock, closing }: Tended,
  activity: () => Activity,
  changed: (state: SenderState) => void,
): Report {
  let counts = NO_COUNTS;
  let last: SenderState | undefined;

  async function look(): Promise<void> {
    const found = await outbox.counts(destination);
    if (found.ok) counts = found.value;
    const state = { ...counts, ...activity() };
    if (closing.aborted || (last && isSame(state, last))) return;
    last = state;
    changed(state);
  }

  const throttle = createThrottle(clock, BETWEEN_REPORTS_MS, closing, look);
  return { ...throttle, counts: () => counts };
}

/** Whether nothing differs that anybody can see. */
function isSame(one: SenderState, other: SenderState): boolean {
  return Object.entries(one).every(([name, value]) => Object.is(value, Reflect.get(other, name)));
}

/** Drops what is beyond the bounds when asked to, and says so. */
export function createBoundsKeeper(
  { outbox, destination, clock, closing }: Tended,
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

  return createThrottle(clock, BETWEEN_BOUNDS_MS, closing, enforce);
}
