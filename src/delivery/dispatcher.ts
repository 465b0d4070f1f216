import type { ClockChange } from '../clock';
import type { KeptItem, Outbox } from '../outbox';
import type { Acknowledgements } from './acknowledgements';
import { idsOf, type Batch } from './batch';
import { wait, type Clock } from './clock';
import type { Codec } from './codec';
import { Health } from './health';
import { createLeasedItems } from './leased-items';
import type { LeaseSource } from './lease-source';
import { createPace, type Pace } from './pace';
import { meaningOf, type Policy } from './policy';
import { createPreview, type Preview } from './preview';
import { forEachInSteps, sendBatch, sharesOf } from './send';
import { activityOf, type Activity } from './state';
import { createTimeGate } from './time-gate';
import { createTimeRecord } from './time-record';
import type { TimeWait } from './time-wait';
import type { Trace } from './trace';
import type { Acceptance, DeliveryFailure, NextRequest, Transport } from './transport';
import { createTurns, type Turn } from './turns';

/** What the dispatcher tells. */
export interface DispatcherEvents {
  readonly delivered: (item: KeptItem, acceptance: Acceptance) => void;
  readonly refused: (item: KeptItem, failure: DeliveryFailure) => void;
  /** The activity may have changed. */
  readonly moved: () => void;
  /** Items are back in the outbox, where its bounds reach them. */
  readonly returned: () => void;
}

export interface DispatcherOptions<Item extends object> {
  readonly outbox: Pick<Outbox, 'newest'>;
  readonly destination: string;
  readonly transport: Transport<Item>;
  readonly codec: Codec<Item>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly acknowledgements: Acknowledgements;
  readonly source: LeaseSource;
  /** Whether another sender of the same queue works, so that this one need not look whether its key is right again. */
  readonly standsAside: () => boolean;
  readonly timeWait: TimeWait;
  readonly closing: AbortSignal;
  readonly events: DispatcherEvents;
  readonly trace: Trace;
}

/** While this many delivered items are not yet deleted, no more are sent: they would go twice after a power cut. */
const MOST_UNACKNOWLEDGED = 20_000;

/** How long the transport may take to end what `end` aborts, in milliseconds. */
const GRACE_MS = 2000;

/** By so much, in milliseconds, a clock is not off whose machine is well. */
const LARGE_JUMP_MS = 10_000;

/** With the right date certificates are valid, and a machine that learns the time has a network. */
function mayEndTrouble({ jumpMs, isNowRight }: ClockChange): boolean {
  return isNowRight || Math.abs(jumpMs) > LARGE_JUMP_MS;
}

/** What becomes of a delivery whose transport does not end in time. */
const GIVEN_UP: DeliveryFailure = { kind: 'cancelled', message: 'Stopped before there was an answer' };

/** What does not merge goes one by one, so that each lane has its turn after every item. */
function policyFor<Item extends object>({ codec, policy }: DispatcherOptions<Item>): Policy {
  return codec.merge ? policy : { ...policy, batch: { ...policy.batch, count: 1 } };
}

/** Moves items from the outbox through the transport. Every change calls `advance`, which does whatever can be done. */
export class Dispatcher<Item extends object> {
  readonly #options: DispatcherOptions<Item>;
  readonly #gate;
  readonly #preview: Preview;
  readonly #health;
  readonly #turns;
  readonly #leased;
  readonly #times = createTimeRecord();
  readonly #underWay = new Map<Batch, Promise<void>>();
  /** Counts how often times may have changed. */
  #timeChanges = 0;
  /** Batches under way whose items may have other times now. */
  readonly #outdated = new WeakSet<Batch>();
  #isHeld = false;
  #isOver = false;
  readonly #pace: Pace;
  /** When an item is due again that failed alone. */
  #wakeAt = Infinity;
  #fetching: Promise<void> | undefined;
  #cancelTimer: () => void = () => {};
  #lastSentAt: number | undefined;

  constructor(options: DispatcherOptions<Item>) {
    const { codec } = options;
    const hasLanes = codec.laneOf !== undefined;
    const policy = policyFor(options);
    this.#options = { ...options, policy };
    this.#pace = createPace(policy, options.clock);
    this.#health = new Health({ ...this.#options, hasLanes });
    const isShown = () => this.#preview.mayBeShown();
    this.#gate = createTimeGate({ ...options, isShown }, () => this.wake());
    const heldTimes = () => (this.#isHeld ? [] : this.#gate.heldTimes());
    this.#preview = createPreview({ ...options, heldTimes, onChange: options.events.moved });
    const { lanes, retries } = this.#health;
    this.#turns = createTurns(hasLanes, policy, { lanes, retries, heldTimes: this.#gate.heldTimes });
    const { acknowledgements, events } = options;
    const onReturned = () => {
      events.returned();
      this.wake();
    };
    this.#leased = createLeasedItems({ acknowledgements, turns: this.#turns, onReturned });
  }

  /** Starts what can be started, leases what is needed, and sets the timer for what comes by time. */
  advance(): void {
    this.#cancelTimer();
    if (this.#isEnding()) return;
    // First, so that nothing is sent while it is still shown as waiting.
    this.#preview.update();
    // One look at the clock for all: what comes due between two of them would be neither done nor waited for.
    const now = this.#options.clock.monotonic();
    if (now >= this.#wakeAt) this.#turns.wake();
    this.#considerAccount(now);
    for (let batch = this.#next(now); batch; batch = this.#next(now)) this.#start(batch, now);
    const turn = this.#wanted(now);
    if (turn) this.#fetching = this.#fetch(turn);
    this.#setTimer(now);
    this.#options.events.moved();
  }

  /** Something may be due that was not before. */
  wake(): void {
    this.#turns.wake();
    this.advance();
  }

  /** Tries at once what would be tried later. */
  hurry(): void {
    const { source, clock } = this.#options;
    this.#health.hurry(clock.monotonic());
    source.hurry();
    this.#gate.release();
    this.wake();
  }

  /** This machine's clock was set, or is known to be right only now: what was leased may have another time. */
  renewTimes(change: ClockChange): void {
    this.#times.clockWasSet();
    this.#timeChanges += 1;
    for (const batch of this.#underWay.keys()) this.#outdated.add(batch);
    this.#leased.putBack();
    if (mayEndTrouble(change)) this.#health.endBackOff(this.#options.clock.monotonic());
    if (change.isNowRight) this.#options.timeWait.end();
    this.#gate.release();
    this.wake();
  }

  /** Starts nothing more until `resume`; what is under way ends by itself. */
  hold(): void {
    this.#isHeld = true;
    this.#leased.putBack();
    this.advance();
  }

  resume(): void {
    this.#isHeld = false;
    this.hurry();
  }

  /** Ends what is under way, which `closing` has aborted, and gives back what was not sent. */
  async end(): Promise<void> {
    this.#cancelTimer();
    const previewed = this.#preview.end();
    const patience = new AbortController();
    const grace = wait(this.#options.clock, GRACE_MS, patience.signal);
    await Promise.race([Promise.all(this.#underWay.values()), grace]);
    patience.abort();
    this.#isOver = true;
    this.#leased.putBack();
    for (const batch of this.#underWay.keys()) this.#leased.giveBackFailed(batch, GIVEN_UP);
    await this.#fetching;
    await previewed;
  }

  activity(): Activity {
    const { clock, acknowledgements, source, timeWait, closing } = this.#options;
    return activityOf({
      isClosed: closing.aborted,
      isHeld: this.#isHeld,
      outboxFailure: acknowledgements.failure() ?? source.failure(),
      outboxRetryAt: source.failure() ? source.retryAt() : undefined,
      circuit: { ...this.#health.circuit, retryAt: this.#health.probeAt(this.#turns.mayHaveOthers()) },
      underWay: this.#underWay.size,
      ready: this.#leased.readyCount(),
      isAwaitingTime: this.#gate.isHolding(),
      isPreviewed: this.#preview.isShown(),
      isTimeOverdue: this.#isAwaitingTime() && timeWait.isOverdue(clock.monotonic()),
      gateOpensAt: this.#gate.opensAt(),
      deferred: this.#turns.hasLanes ? this.#health.lanes.deferred() : [],
      itemsDueAt: Number.isFinite(this.#wakeAt) ? this.#wakeAt : undefined,
      lastFailure: this.#health.lastFailure,
      lastSentAt: this.#lastSentAt,
      times: this.#times.summary(),
      toWallTime: (at) => Math.round(clock.now() + at - clock.monotonic()),
    });
  }

  #isAwaitingTime(): boolean {
    return this.#gate.isHolding() || this.#health.circuit.failure?.kind === 'untimely';
  }

  #isEnding(): boolean {
    return this.#options.closing.aborted;
  }

  /** Whether anything may be leased or started at all. */
  #isFree(): boolean {
    const { acknowledgements } = this.#options;
    return (
      !this.#isHeld && !acknowledgements.failure() && acknowledgements.unacknowledged() < MOST_UNACKNOWLEDGED
    );
  }

  #isClosed(): boolean {
    return this.#health.circuit.state === 'closed';
  }

  #considerAccount(now: number): void {
    const areOthers = !this.#turns.isDry() || this.#underWay.size > 0 || this.#leased.readyCount() > 0;
    this.#noteTrip(() => this.#health.considerAccount(areOthers, now));
  }

  /** Does what may open the circuit; then what is leased goes back, so that the bounds reach it. */
  #noteTrip<Value>(act: () => Value): Value {
    const { failures } = this.#health.circuit;
    const value = act();
    if (this.#health.circuit.failures > failures) this.#leased.putBack();
    return value;
  }

  #mayProbe(now: number): boolean {
    return this.#health.mayProbe(now, this.#turns.mayHaveOthers());
  }

  /** The batch to be started now, taken from where it was. */
  #next(now: number): Batch | undefined {
    const { policy } = this.#options;
    const isFull = this.#underWay.size >= policy.concurrent;
    if (isFull || !this.#isFree() || now < this.#pace.nextAt()) return undefined;
    if (!this.#isClosed() && !this.#mayProbe(now)) return undefined;
    return this.#leased.takeReady(this.#maySend);
  }

  /** Whether no batch of a lane is under way, which the next one of the lane must not overtake. */
  readonly #maySend = (lane: string): boolean =>
    !this.#turns.hasLanes || !this.#lanesUnderWay().includes(lane);

  #lanesUnderWay(): readonly string[] {
    return [...this.#underWay.keys()].map(({ lane }) => lane);
  }

  /** What to lease now. */
  #wanted(now: number): Turn | undefined {
    const { policy, source } = this.#options;
    if (!this.#isFree() || !source.isReady(now)) return undefined;
    if (!this.#isClosed()) {
      const isDue = this.#leased.readyCount() === 0 && this.#mayProbe(now);
      return isDue ? this.#turns.probe(now) : undefined;
    }
    const ready = this.#leased.readyCount();
    const room = policy.concurrent - this.#underWay.size - this.#leased.startableCount(this.#maySend);
    return this.#turns.next(now, { room, ready, sending: this.#lanesUnderWay() });
  }

  async #fetch(turn: Turn): Promise<void> {
    const { source, trace } = this.#options;
    const timeChanges = this.#timeChanges;
    const returns = this.#leased.returns();
    const items = await source.lease(turn.request);
    if (items.length > 0) trace('leased', idsOf({ items }));
    this.#turns.took(turn, items, source.failure() === undefined);
    // An answer that was under way has the times from before a change.
    const isOutdated = timeChanges !== this.#timeChanges;
    // What was leased for a closed circuit goes back where it has opened meanwhile.
    const isSurplus = !this.#isClosed() && !turn.isProbe;
    // What was leased behind items that went back would overtake them.
    const isTooEarly = turn.isAhead && returns !== this.#leased.returns();
    if (this.#isEnding() || this.#isHeld || isOutdated || isSurplus || isTooEarly)
      this.#leased.giveBack(items);
    else this.#take(items);
    this.advance();
  }

  #take(items: readonly KeptItem[]): void {
    const { admitted, held } = this.#gate.admit(items);
    this.#leased.makeReady(admitted);
    this.#leased.giveBack(held);
  }

  #setTimer(now: number): void {
    const { clock, source } = this.#options;
    this.#wakeAt = this.#health.retries.nextDueAt(now) ?? Infinity;
    const times = [
      this.#pace.nextAt(),
      this.#isClosed() ? now : this.#health.probeAt(this.#turns.mayHaveOthers()),
      source.retryAt(),
      this.#health.lanes.nextDueAt(now) ?? now,
      this.#wakeAt,
    ];
    const next = Math.min(...times.filter((time) => time > now));
    if (!Number.isFinite(next)) return;
    this.#cancelTimer = clock.schedule(Math.ceil(next - now), () => this.advance());
  }

  #start(batch: Batch, now: number): void {
    const isProbe = this.#health.start(now);
    const underWay = this.#send(batch, isProbe, this.#pace.start(now)).finally(() => {
      this.#underWay.delete(batch);
      this.#turns.vacate(batch.lane);
      if (isProbe) this.#health.probeEnded();
      this.advance();
    });
    this.#underWay.set(batch, underWay);
  }

  async #send(batch: Batch, isProbe: boolean, nextRequest: NextRequest): Promise<void> {
    const { codec, source, transport, closing, trace } = this.#options;
    trace('sent', idsOf(batch));
    const { unsendable, outcome } = await sendBatch(batch, {
      codec,
      transport,
      signal: closing,
      nextRequest,
    });
    if (this.#isOver) return;
    for (const { kept, reason } of unsendable) void this.#refuse(kept, { kind: 'refused', message: reason });
    const sent = { ...batch, items: outcome.items };
    if (outcome.type === 'delivered') await this.#delivered(sent, outcome.acceptance, isProbe);
    else if (outcome.type === 'failed' && this.#outdated.has(batch))
      this.#leased.giveBackFailed(sent, outcome.failure);
    else if (outcome.type === 'failed') this.#failed(sent, outcome.failure, isProbe);
    else if (outcome.type === 'unread') {
      source.fail(outcome.failure);
      this.#leased.giveBackBatch(sent);
    }
  }

  async #delivered(batch: Batch, acceptance: Acceptance, isProbe: boolean): Promise<void> {
    const { acknowledgements, clock, events, trace } = this.#options;
    const ids = idsOf(batch);
    trace('answered', ids, { statusCode: acceptance.statusCode });
    this.#times.heard(acceptance);
    acknowledgements.acknowledge(ids);
    this.#health.answered(batch.lane, ids, clock.monotonic(), isProbe);
    this.#lastSentAt = clock.now();
    const shareOf = sharesOf(acceptance, batch.items.length);
    await forEachInSteps(batch.items, (item) => {
      this.#times.delivered(item);
      events.delivered(item, shareOf());
    });
  }

  #failed(batch: Batch, failure: DeliveryFailure, isProbe: boolean): void {
    if (this.#isEnding()) {
      this.#leased.giveBackFailed(batch, failure);
      return;
    }
    const ids = idsOf(batch);
    this.#options.trace('answered', ids, { problem: failure.kind, statusCode: failure.statusCode });
    this.#times.heard(failure);
    if (meaningOf(failure).scope === 'item') this.#refused(batch, failure, isProbe);
    else {
      this.#defer(batch, failure, isProbe);
      this.#leased.giveBackFailed(batch, failure);
    }
  }

  #defer(batch: Batch, failure: DeliveryFailure, isProbe: boolean): void {
    const { clock, timeWait, trace } = this.#options;
    const now = clock.monotonic();
    if (failure.kind === 'untimely') timeWait.begin(now);
    const dueAt = this.#noteTrip(() => this.#health.failed(batch, failure, now, isProbe));
    const until = Math.round(clock.now() + dueAt - now);
    trace('deferred', idsOf(batch), { problem: failure.kind, until });
  }

  /** The service will not take a batch as it is: it goes in halves, until the one item is found and refused. */
  #refused(batch: Batch, failure: DeliveryFailure, isProbe: boolean): void {
    const [first, second] = batch.items;
    const taken = second ? [] : idsOf(batch);
    this.#health.answered(batch.lane, taken, this.#options.clock.monotonic(), isProbe);
    if (second) {
      this.#health.lanes.halve(batch.lane, batch.items.length);
      this.#leased.giveBackBatch(batch);
    } else if (first) void this.#refuse(first, failure);
  }

  async #refuse(item: KeptItem, failure: DeliveryFailure): Promise<void> {
    const { acknowledgements, events, trace } = this.#options;
    this.#health.retries.forget([item.id]);
    if (!(await acknowledgements.refuse(item.id, failure.message))) return;
    trace('refused', [item.id], { problem: failure.kind });
    events.refused(item, failure);
  }
}
