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
  withoutBackOff,
  type Circuit,
} from './circuit-breaker';
import { createItemRetries, type ItemRetries } from './item-retries';
import { createLanes, type Lanes } from './lanes';
import { laneDelayMs, meaningOf, retryAfterMs, type Policy } from './policy';
import type { DeliveryFailure } from './transport';

export interface HealthOptions {
  /** Whether the service may refuse each lane on its own; without, there is one lane, and it is the account's. */
  readonly hasLanes: boolean;
  readonly policy: Policy;
  readonly random: () => number;
  /** Whether another sender of the same queue works, so that this one need not look whether its key is right again. */
  readonly standsAside: () => boolean;
}

/** While the circuit is open because lanes failed, they are tried so many milliseconds apart, at most. */
const BETWEEN_LANES_MS = 60_000;

/** While the circuit is open, lanes that have not failed yet are tried one at a time, so many milliseconds apart. */
const NEXT_LANE_MS = 5000;

/**
 * After so many failures of a lane's oldest item another one is tried. The order of a lane is kept, so that a short
 * trouble must not let one overtake the oldest; without lanes, items have no order.
 */
const TRIES_OF_OLDEST = { inLane: 3, single: 1 };

/** Who is at fault: what answers and failures tell of the account, its lanes and single items. Times are monotonic. */
export class Health {
  readonly lanes: Lanes;
  readonly retries: ItemRetries;
  readonly #options: HealthOptions;
  readonly #evidence = createAccountEvidence();
  #circuit = CLOSED;
  #lastFailure: DeliveryFailure | undefined;
  #lastStartAt = -Infinity;

  constructor(options: HealthOptions) {
    const { hasLanes, policy } = options;
    this.#options = options;
    this.lanes = createLanes(hasLanes ? policy.batch.count : 1, this.#evidence);
    this.retries = createItemRetries(hasLanes ? TRIES_OF_OLDEST.inLane : TRIES_OF_OLDEST.single);
  }

  get circuit(): Circuit {
    return this.#circuit;
  }

  /** The last failure that was not about an item alone. */
  get lastFailure(): DeliveryFailure | undefined {
    return this.#lastFailure;
  }

  /** A request starts. @returns whether it is a probe, which tells whether the service is back */
  start(now: number): boolean {
    const isProbe = this.#circuit.state !== 'closed';
    if (isProbe) this.#circuit = probing(this.#circuit);
    this.#lastStartAt = now;
    return isProbe;
  }

  /** A probe ended, whatever it told. */
  probeEnded(): void {
    this.#circuit = probeEnded(this.#circuit);
  }

  /** When the next probe may start, while the circuit is open. @param areOthers as in `considerAccount` */
  probeAt(areOthers: boolean): number {
    const { failure, retryAt } = this.#circuit;
    if (!this.#options.hasLanes) return retryAt;
    if (!areOthers) return Math.max(retryAt, this.lanes.firstDueAt() ?? retryAt);
    const isOfAccount = !failure || meaningOf(failure).scope === 'account';
    return isOfAccount ? retryAt : Math.min(retryAt, this.#lastStartAt + NEXT_LANE_MS);
  }

  /** Whether a probe may start now. */
  mayProbe(now: number, areOthers: boolean): boolean {
    if (this.#circuit.state !== 'open' || now < this.probeAt(areOthers)) return false;
    const { failure } = this.#circuit;
    const { policy, standsAside } = this.#options;
    if (!failure || !meaningOf(failure).needsPerson || !standsAside()) return true;
    this.#circuit = { ...this.#circuit, retryAt: now + policy.pausedMs };
    return false;
  }

  /** The service took or refused these items of a lane: it works. */
  answered(lane: string, ids: readonly ItemId[], now: number, isProbe: boolean): void {
    const wasClosed = this.#circuit.state === 'closed';
    this.#circuit = afterAnswer(this.#circuit, now, isProbe);
    this.lanes.answered(lane, ids.length);
    const together = this.#evidence.answered(lane, now);
    if (!wasClosed && this.#circuit.state === 'closed') this.lanes.makeDue(together);
    this.retries.answered(lane, ids, now);
  }

  /** A failure that may be about this item, its lane or the whole account. @returns when it is tried again */
  failed(batch: Batch, failure: DeliveryFailure, now: number, isProbe: boolean): number {
    this.#lastFailure = failure;
    if (meaningOf(failure).scope === 'lane') return this.#laneFailed(batch, failure, now, isProbe);
    this.#trip(failure, now, isProbe);
    return this.#circuit.retryAt;
  }

  /**
   * Opens the circuit where every lane that has something to send has failed since the last answer.
   * @param areOthers whether lanes that have not failed may have something to send, or are being sent
   */
  considerAccount(areOthers: boolean, now: number): void {
    if (this.#circuit.state !== 'closed' || !this.#lastFailure) return;
    if (this.#evidence.isAccountAtFault(areOthers, now)) this.#trip(this.#lastFailure, now, false);
  }

  /** All may be tried at once. */
  hurry(now: number): void {
    this.#circuit = hurried(this.#circuit, now);
    this.lanes.hurry();
    this.retries.hurry();
  }

  /** All may be tried as soon as the service allows it: what caused the trouble may be over. */
  endBackOff(now: number): void {
    this.#circuit = withoutBackOff(this.#circuit, now);
    this.lanes.endBackOff();
    this.retries.endBackOff();
  }

  #laneFailed({ lane, items }: Batch, failure: DeliveryFailure, now: number, isProbe: boolean): number {
    const { hasLanes, policy, random } = this.#options;
    let dueAt = now;
    const pause = {
      delayMs: (failures: number) => {
        const delayMs = laneDelayMs(failure, failures, random(), policy);
        dueAt = now + delayMs;
        return delayMs;
      },
      askedMs: retryAfterMs(failure, policy),
    };
    const [only, second] = items;
    const mayBeItem = only && !second && meaningOf(failure).mayBeItem;
    const laneWorks = this.#circuit.state === 'closed' && !this.lanes.isFailing(lane);
    if (mayBeItem && laneWorks && this.retries.isDeferred(only.id)) {
      this.retries.failedAgain(only.id, now, pause);
      return dueAt;
    }
    if (mayBeItem) this.retries.failedAlone(lane, only.id);
    this.lanes.failed(lane, failure, now, pause);
    // Of several lanes one says nothing of the account, unless it was to tell whether the account is back.
    if (isProbe || !hasLanes || this.#circuit.state !== 'closed') this.#trip(failure, now, isProbe);
    return hasLanes ? dueAt : this.#circuit.retryAt;
  }

  #trip(failure: DeliveryFailure, now: number, isProbe: boolean): void {
    const { hasLanes, policy, random } = this.#options;
    const pauses = circuitPolicy(policy, hasLanes, failure);
    this.#circuit = afterFailure(this.#circuit, { failure, now, isProbe, random: random(), policy: pauses });
  }
}

/**
 * Where each lane has pauses of its own, as long as its answers ask for, the circuit only spaces them: many that fail
 * for themselves must not keep one that works from being found.
 */
function circuitPolicy(policy: Policy, hasLanes: boolean, failure: DeliveryFailure): Policy {
  if (!hasLanes || meaningOf(failure).scope !== 'lane') return policy;
  return { ...policy, backoffCapMs: Math.min(policy.backoffCapMs, BETWEEN_LANES_MS), retryAfterCapMs: 0 };
}
