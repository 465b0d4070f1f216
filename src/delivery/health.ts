import type { ItemId } from '../outbox';
import { createAccountEvidence } from './account-evidence';
import type { Batch } from './batch';
import {
  afterAnswer,
  afterFailure,
  CLOSED,
  hurried,
  probeEnded,
  probing,
  type Circuit,
} from './circuit-breaker';
import { createItemRetries, type ItemRetries } from './item-retries';
import { createLanes, type Lanes } from './lanes';
import { laneDelayMs, meaningOf, type Policy } from './policy';
import type { DeliveryFailure } from './transport';

export interface HealthOptions {
  /** Whether the service may refuse each lane on its own; without, there is one lane, and it is the account's. */
  readonly hasLanes: boolean;
  readonly policy: Policy;
  readonly random: () => number;
  /** Whether another sender of the same queue works, so that this one need not look whether its key is right again. */
  readonly standsAside: () => boolean;
}

/** Who is at fault: what answers and failures tell of the account, its lanes and single items. Times are monotonic. */
export interface Health {
  readonly lanes: Lanes;
  readonly retries: ItemRetries;
  readonly circuit: () => Circuit;
  /** The last failure that was not about an item alone. */
  readonly lastFailure: () => DeliveryFailure | undefined;
  /** A request starts. @returns whether it is a probe, which tells whether the service is back */
  start(now: number): boolean;
  /** A probe ended, whatever it told. */
  probeEnded(): void;
  /** When the next probe may start, while the circuit is open. @param areOthers as in `considerAccount` */
  probeAt(areOthers: boolean): number;
  /** Whether a probe may start now. */
  mayProbe(now: number, areOthers: boolean): boolean;
  /** The service took or refused these items of a lane: it works. */
  answered(lane: string, ids: readonly ItemId[], now: number, isProbe: boolean): void;
  /** A failure that may be about this item, its lane or the whole account. @returns when it is tried again */
  failed(batch: Batch, failure: DeliveryFailure, now: number, isProbe: boolean): number;
  /**
   * Opens the circuit where every lane that has something to send has failed since the last answer.
   * @param areOthers whether lanes that have not failed may have something to send, or are being sent
   */
  considerAccount(areOthers: boolean, now: number): void;
  /** All may be tried at once. */
  hurry(now: number): void;
}

/** While the circuit is open because lanes failed, they are tried so many milliseconds apart, at most. */
const BETWEEN_LANES_MS = 60_000;

/** While the circuit is open, lanes that have not failed yet are tried one at a time, so many milliseconds apart. */
const NEXT_LANE_MS = 5000;

/**
 * After so many failures of a lane's oldest item another one is tried. Where items merge, their order is kept, so that
 * a short trouble must not let one overtake the oldest.
 */
const TRIES_OF_OLDEST = { merging: 3, single: 1 };

export function createHealth({ hasLanes, policy, random, standsAside }: HealthOptions): Health {
  const evidence = createAccountEvidence();
  const lanes = createLanes(hasLanes ? policy.batch.count : 1, evidence);
  const retries = createItemRetries(hasLanes ? TRIES_OF_OLDEST.merging : TRIES_OF_OLDEST.single);
  let circuit = CLOSED;
  let lastFailure: DeliveryFailure | undefined;
  let lastStartAt = -Infinity;

  function start(now: number): boolean {
    const isProbe = circuit.state !== 'closed';
    if (isProbe) circuit = probing(circuit);
    lastStartAt = now;
    return isProbe;
  }

  function probeAt(areOthers: boolean): number {
    const { failure, retryAt } = circuit;
    if (!hasLanes) return retryAt;
    if (!areOthers) return Math.max(retryAt, lanes.firstDueAt() ?? retryAt);
    const isOfAccount = !failure || meaningOf(failure).scope === 'account';
    return isOfAccount ? retryAt : Math.min(retryAt, lastStartAt + NEXT_LANE_MS);
  }

  function mayProbe(now: number, areOthers: boolean): boolean {
    if (circuit.state !== 'open' || now < probeAt(areOthers)) return false;
    const { failure } = circuit;
    if (!failure || !meaningOf(failure).needsPerson || !standsAside()) return true;
    circuit = { ...circuit, retryAt: now + policy.pausedMs };
    return false;
  }

  function answered(lane: string, ids: readonly ItemId[], now: number, isProbe: boolean): void {
    const wasClosed = circuit.state === 'closed';
    circuit = afterAnswer(circuit, now, isProbe);
    lanes.answered(lane, ids.length);
    const together = evidence.answered(lane, now);
    if (!wasClosed && circuit.state === 'closed') lanes.makeDue(together);
    retries.answered(lane, ids, now);
  }

  function failed(batch: Batch, failure: DeliveryFailure, now: number, isProbe: boolean): number {
    lastFailure = failure;
    if (meaningOf(failure).scope === 'lane') return laneFailed(batch, failure, now, isProbe);
    trip(failure, now, isProbe);
    return circuit.retryAt;
  }

  function laneFailed(
    { lane, items }: Batch,
    failure: DeliveryFailure,
    now: number,
    isProbe: boolean,
  ): number {
    let dueAt = now;
    const delay = (failures: number) => {
      const delayMs = laneDelayMs(failure, failures, random(), policy);
      dueAt = now + delayMs;
      return delayMs;
    };
    const [only, second] = items;
    const mayBeItem = only && !second && meaningOf(failure).mayBeItem;
    const laneWorks = circuit.state === 'closed' && !lanes.isFailing(lane);
    if (mayBeItem && laneWorks && retries.isDeferred(only.id)) {
      retries.failedAgain(only.id, now, delay);
      return dueAt;
    }
    if (mayBeItem) retries.failedAlone(lane, only.id);
    lanes.failed(lane, failure, now, delay);
    // Of several lanes one says nothing of the account, unless it was to tell whether the account is back.
    if (isProbe || !hasLanes || circuit.state !== 'closed') trip(failure, now, isProbe);
    return hasLanes ? dueAt : circuit.retryAt;
  }

  function trip(failure: DeliveryFailure, now: number, isProbe: boolean): void {
    const pauses = circuitPolicy(policy, hasLanes, failure);
    circuit = afterFailure(circuit, { failure, now, isProbe, random: random(), policy: pauses });
  }

  function considerAccount(areOthers: boolean, now: number): void {
    if (circuit.state !== 'closed' || !lastFailure) return;
    if (evidence.isAccountAtFault(areOthers, now)) trip(lastFailure, now, false);
  }

  return {
    lanes,
    retries,
    circuit: () => circuit,
    lastFailure: () => lastFailure,
    start,
    probeEnded: () => {
      circuit = probeEnded(circuit);
    },
    probeAt,
    mayProbe,
    answered,
    failed,
    considerAccount,
    hurry: (now) => {
      circuit = hurried(circuit, now);
      lanes.hurry();
      retries.hurry();
    },
  };
}

/**
 * Where each lane has pauses of its own, as long as its answers ask for, the circuit only spaces them: many that fail
 * for themselves must not keep one that works from being found.
 */
function circuitPolicy(policy: Policy, hasLanes: boolean, failure: DeliveryFailure): Policy {
  if (!hasLanes || meaningOf(failure).scope !== 'lane') return policy;
  return { ...policy, backoffCapMs: Math.min(policy.backoffCapMs, BETWEEN_LANES_MS), retryAfterCapMs: 0 };
}
