import { meaningOf, type DeliveryProblem, type LaneState, type SenderState } from '../../delivery';
import type { Counts, Outbox, Outcome } from '../../outbox';
import { success } from '../../result';
import { parseKey, type Runtime, type OpenQueue } from '../runtime';
import type { DeferralCause, DeferredView, DestinationView } from '../contract';

/** All destinations that are used, and those whose queue holds readings. */
export async function viewDestinations(
  { queues, metrics }: Runtime,
  outbox: Outbox,
): Outcome<readonly DestinationView[]> {
  const known = await outbox.destinations();
  if (!known.ok) return known;
  const keys = [...new Set([...queues.keys(), ...known.value])].toSorted();
  const counted = await Promise.all(keys.map(async (key) => ({ key, counts: await outbox.counts(key) })));
  const views: DestinationView[] = [];
  for (const { key, counts } of counted) {
    if (!counts.ok) return counts;
    const open = [...(queues.get(key) ?? [])];
    if (isHolding(counts.value) || open.some((queue) => queue.isShownEmpty()))
      views.push({ ...metrics.report(key), ...viewOf(key, open, counts.value) });
  }
  return success(views.toSorted((one, other) => Number(isOrphan(one)) - Number(isOrphan(other))));
}

/** Whether a queue holds readings. */
function isHolding({ waiting, refused }: Counts): boolean {
  return waiting + refused > 0;
}

function isOrphan({ state }: DestinationView): boolean {
  return state === 'orphaned';
}

function viewOf(key: string, open: readonly OpenQueue[], counts: Counts) {
  const { waiting, oldest, refused, dropped, damaged, isPaused } = counts;
  const state = withFailureFirst(open.map((queue) => queue.state()));
  return {
    key,
    ...parseKey(key),
    nodes: open.map(({ node: { id, type } }) => ({ id, type })),
    state: stateOf(state, isPaused),
    waiting,
    oldest,
    refused,
    dropped,
    damaged,
    retryAt: isPaused ? undefined : state?.retryAt,
    deferredCount: state?.deferredCount ?? 0,
    deferred: (state?.deferred ?? []).map((lane) => deferredViewOf(lane, isPaused)),
    corrected: state?.corrected ?? 0,
    estimated: state?.estimated ?? 0,
    serviceAheadMs: state?.serviceAheadMs,
  };
}

function stateOf(state: SenderState | undefined, isPaused: boolean): DestinationView['state'] {
  if (!state) return 'orphaned';
  return isPaused && state.mode !== 'blocked' ? 'paused-by-user' : state.mode;
}

function deferredViewOf({ name, failure, waiting, retryAt }: LaneState, isPaused: boolean): DeferredView {
  return {
    name,
    cause: CAUSES[failure.kind],
    message: failure.message,
    needsPerson: meaningOf(failure).needsPerson,
    waiting,
    retryAt: isPaused ? undefined : retryAt,
  };
}

/** The last seven concern the whole queue or one reading, and defer no device. */
const CAUSES: Readonly<Record<DeliveryProblem, DeferralCause>> = {
  timeout: 'timeout',
  throttled: 'throttled',
  unavailable: 'unavailable',
  unreadable: 'unreadable',
  unauthorised: 'unauthorised',
  missing: 'missing',
  misdirected: 'misdirected',
  offline: 'unavailable',
  untrusted: 'unavailable',
  untimely: 'unavailable',
  misconfigured: 'unavailable',
  refused: 'unavailable',
  busy: 'unavailable',
  cancelled: 'unavailable',
};

/** Where two config nodes lead to one destination, a failure of either must be shown. */
function withFailureFirst(states: readonly SenderState[]): SenderState | undefined {
  return states.find(isFailing) ?? states[0];
}

function isFailing({ outboxFailure, failure, deferredCount }: SenderState): boolean {
  return outboxFailure !== undefined || failure !== undefined || deferredCount > 0;
}
