import type { Counts, Outbox } from '../outbox';
import { createThrottle, type Clock, type Throttle } from './clock';
import type { Codec } from './codec';
import type { Activity, LaneState, SenderState } from './state';

/** Whose state is reported. */
export interface ReportOptions {
  readonly outbox: Pick<Outbox, 'counts' | 'countLanes'>;
  readonly destination: string;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly nameOfLane: Codec<object>['nameOfLane'];
}

/** Says what changed, where anything did. */
export interface Report extends Throttle {
  /** The state now, with the counts when they were last asked for. */
  state(): SenderState;
}

const BETWEEN_REPORTS_MS = 250;

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

export function createReport(
  { outbox, destination, clock, closing, nameOfLane }: ReportOptions,
  activity: () => Activity,
  changed: (state: SenderState) => void,
): Report {
  let counts = NO_COUNTS;
  let laneCounts: ReadonlyMap<string, number> = new Map();
  let last: SenderState | undefined;

  async function count(): Promise<void> {
    const found = await outbox.counts(destination);
    if (found.ok) counts = found.value;
    const lanes = activity().deferred.map(({ lane }) => lane);
    if (lanes.length === 0) {
      laneCounts = new Map();
      return;
    }
    const counted = await outbox.countLanes(destination, lanes);
    if (counted.ok) laneCounts = new Map(lanes.map((lane, index) => [lane, counted.value[index] ?? 0]));
  }

  function state(): SenderState {
    const now = activity();
    const deferred = now.deferred.map((each): LaneState => ({
      ...each,
      name: nameOfLane?.(each.lane) ?? each.lane,
      waiting: laneCounts.get(each.lane) ?? 0,
    }));
    return { ...counts, ...now, deferred };
  }

  async function look(): Promise<void> {
    await count();
    const now = state();
    if (closing.aborted || (last && isSame(now, last))) return;
    last = now;
    changed(now);
  }

  return { ...createThrottle(clock, BETWEEN_REPORTS_MS, closing, look), state };
}

/** Whether nothing differs that anybody can see. */
function isSame(one: SenderState, other: SenderState): boolean {
  const { deferred, ...rest } = one;
  const isRestSame = Object.entries(rest).every(([name, value]) =>
    Object.is(value, Reflect.get(other, name)),
  );
  return (
    isRestSame && deferred.length === other.deferred.length && deferred.every(isSameLane(other.deferred))
  );
}

function isSameLane(others: readonly LaneState[]): (lane: LaneState, index: number) => boolean {
  return ({ lane, waiting, retryAt, failure }, index) => {
    const other = others[index];
    return (
      other?.lane === lane &&
      other.waiting === waiting &&
      other.retryAt === retryAt &&
      other.failure === failure
    );
  };
}
