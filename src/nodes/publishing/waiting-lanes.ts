import { meaningOf, type LaneState, type SenderMode, type SenderState } from '../../delivery';

/** In any other mode the whole queue waits, for a reason of its own. */
const SENDING_OTHERS: ReadonlySet<SenderMode> = new Set(['idle', 'sending', 'retrying']);

/** The lanes that wait while the others of their queue are sent; only the first ones where they are many. */
export function waitingLanes({ mode, deferred }: SenderState): readonly LaneState[] {
  return SENDING_OTHERS.has(mode) ? deferred : [];
}

/** Whether a lane waits for something that a person has to correct. */
export function needsPerson({ failure }: LaneState): boolean {
  return meaningOf(failure).needsPerson;
}

/** Whether a lane is deferred no more. Of one that the state leaves out, because they are many, nobody knows. */
export function isReleased(lane: string, { deferred, deferredCount }: SenderState): boolean {
  return deferredCount <= deferred.length && !deferred.some((each) => each.lane === lane);
}
