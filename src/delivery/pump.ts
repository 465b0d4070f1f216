import type { ItemId, KeptItem, LeaseLimits } from '../outbox';
import { createAside } from './aside';
import type { Books } from './books';
import { wait, type Clock } from './clock';
import type { Codec } from './codec';
import { afterAnswer, afterFailure, hurried, LINK_UP } from './link';
import { createPacker, idsOf, type Parcel } from './parcel';
import { delayMs, meaningOf, spacingMs, type Policy } from './policy';
import { forEachInSteps, sharesOf, ship } from './shipping';
import type { Activity, SenderMode } from './state';
import type { Supply } from './supply';
import { createSuspects } from './suspects';
import { createTimeGate } from './time-gate';
import { createTimeRecord } from './time-record';
import type { Acceptance, DeliveryFailure, Transport } from './transport';

/** What the pump tells. */
export interface PumpEvents {
  readonly delivered: (item: KeptItem, acceptance: Acceptance) => void;
  readonly refused: (item: KeptItem, failure: DeliveryFailure) => void;
  /** The activity may have changed. */
  readonly moved: () => void;
}

export interface PumpOptions<Item extends object> {
  readonly transport: Transport<Item>;
  readonly codec: Codec<Item>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly books: Books;
  readonly supply: Supply;
  readonly closing: AbortSignal;
  readonly events: PumpEvents;
}

/** Single items leased ahead so that no request waits for the outbox, and how few of them are left when it is asked. */
const AHEAD: LeaseLimits = { count: 256, bytes: 4 * 2 ** 20 };
const FEW_AHEAD = 128;

/** While this many delivered items are not yet deleted, no more are sent: they would go twice after a power cut. */
const MOST_UNACKNOWLEDGED = 20_000;

/** Failures in a row after which what was leased ahead goes back, so that the bounds reach it. */
const LONG_OUTAGE = 3;

/** How long the transport may take to end what `end` aborts, in milliseconds. */
const GRACE_MS = 2000;

/** Moves items from the supply through the transport. Every change calls `advance`, which does whatever can be done. */
export class Pump<Item extends object> {
  readonly #options: PumpOptions<Item>;
  readonly #packer;
  readonly #gate;
  readonly #times = createTimeRecord();
  readonly #aside = createAside();
  readonly #suspects = createSuspects();
  readonly #underWay = new Map<Parcel, Promise<void>>();
  /** Counts how often times may have changed. */
  #timeChanges = 0;
  /** Parcels under way whose items may have other times now. */
  readonly #outdated = new WeakSet<Parcel>();
  /** Leased parcels to be sent next, oldest first. */
  #hand: Parcel[] = [];
  #link = LINK_UP;
  #isProbing = false;
  #isHeld = false;
  #isOver = false;
  #nextStartAt = -Infinity;
  /** When a suspect is due again. */
  #wakeAt = Infinity;
  #fetching: Promise<void> | undefined;
  #cancelTimer: () => void = () => {};
  #lastSentAt: number | undefined;
  #lastFailure: DeliveryFailure | undefined;

  constructor(options: PumpOptions<Item>) {
    this.#options = options;
    this.#packer = createPacker(options.codec.merge !== undefined, this.#suspects.strikesOf);
    this.#gate = createTimeGate(options, () => this.advance());
  }

  /** Starts what can be started, leases what is needed, and sets the timer for what comes by time. */
  advance(): void {
    this.#cancelTimer();
    if (this.#isEnding()) return;
    // One look at the clock for all: what comes due between two of them would be neither done nor waited for.
    const now = this.#options.clock.monotonic();
    if (now >= this.#wakeAt) this.#options.supply.wake();
    for (let parcel = this.#next(now); parcel; parcel = this.#next(now)) this.#start(parcel, now);
    const wanted = this.#wanted(now);
    if (wanted) this.#fetching = this.#fetch(wanted);
    this.#setTimer(now);
    this.#options.events.moved();
  }

  /** Tries at once what would be tried later. */
  hurry(): void {
    const { supply, clock } = this.#options;
    this.#link = hurried(this.#link, clock.monotonic());
    this.#aside.hurry();
    this.#suspects.hurry();
    supply.hurry();
    supply.wake();
    this.#gate.release();
    this.advance();
  }

  /** What was leased may have another time now, and this machine's clock was set, which ends more than one trouble. */
  renewTimes(): void {
    this.#times.clockWasSet();
    this.#timeChanges += 1;
    for (const parcel of this.#underWay.keys()) this.#outdated.add(parcel);
    this.#putBack();
    this.hurry();
  }

  /** Starts nothing more until `resume`; what is under way ends by itself. */
  hold(): void {
    this.#isHeld = true;
    this.#putBack();
    this.advance();
  }

  resume(): void {
    this.#isHeld = false;
    this.hurry();
  }

  /** Ends what is under way, which `closing` has aborted, and gives back what was not sent. */
  async end(): Promise<void> {
    this.#cancelTimer();
    const patience = new AbortController();
    const grace = wait(this.#options.clock, GRACE_MS, patience.signal);
    await Promise.race([Promise.all(this.#underWay.values()), grace]);
    patience.abort();
    this.#isOver = true;
    this.#putBack();
    for (const parcel of this.#underWay.keys()) this.#release(parcel);
    await this.#fetching;
  }

  activity(): Activity {
    const { clock, books, supply } = this.#options;
    const mode = this.#mode();
    const retryAt = this.#retryAtOf(mode);
    return {
      mode,
      underWay: this.#underWay.size,
      failure: mode === 'retrying' ? this.#lastFailure : this.#link.failure,
      outboxFailure: books.failure() ?? supply.failure(),
      retryAt: retryAt === undefined ? undefined : Math.round(clock.now() + retryAt - clock.monotonic()),
      lastSentAt: this.#lastSentAt,
      ...this.#times.summary(),
    };
  }

  #mode(): SenderMode {
    const { books, supply, closing } = this.#options;
    if (closing.aborted) return 'closed';
    if (this.#isHeld) return 'held';
    if (books.failure() ?? supply.failure()) return 'blocked';
    if (this.#link.condition === 'paused') return 'paused';
    if (this.#link.condition === 'down')
      return this.#link.failure?.kind === 'throttled' ? 'throttled' : 'offline';
    if (this.#underWay.size > 0 || this.#hand.length > 0) return 'sending';
    if (this.#gate.isHolding()) return 'awaiting-time';
    return this.#nextTryAt() === undefined ? 'idle' : 'retrying';
  }

  #retryAtOf(mode: SenderMode): number | undefined {
    const { supply } = this.#options;
    if (mode === 'blocked') return supply.failure() && supply.retryAt();
    if (mode === 'retrying') return this.#nextTryAt();
    if (mode === 'awaiting-time') return this.#gate.opensAt();
    return ['paused', 'offline', 'throttled'].includes(mode) ? this.#link.retryAt : undefined;
  }

  /** When the next of the items is due that failed while the service took others. */
  #nextTryAt(): number | undefined {
    const next = Math.min(this.#aside.nextDueAt() ?? Infinity, this.#wakeAt);
    return Number.isFinite(next) ? next : undefined;
  }

  #isEnding(): boolean {
    return this.#options.closing.aborted;
  }

  /** Whether anything may be leased or started at all. */
  #isFree(): boolean {
    const { books } = this.#options;
    return !this.#isHeld && !books.failure() && books.unacknowledged() < MOST_UNACKNOWLEDGED;
  }

  /** The parcel to be started now, taken from where it was. */
  #next(now: number): Parcel | undefined {
    const { policy } = this.#options;
    const isFull = this.#underWay.size >= policy.concurrent;
    if (isFull || !this.#isFree() || now < this.#nextStartAt) return undefined;
    if (this.#link.condition === 'up') return this.#aside.takeDue(now) ?? this.#hand.shift();
    if (this.#isProbing || now < this.#link.retryAt) return undefined;
    return this.#nextProbe(now);
  }

  /** One item that was not tried yet, so that one the service stumbles over does not keep it from being found back. */
  #nextProbe(now: number): Parcel | undefined {
    const [parcel, ...others] = this.#hand;
    const [first, ...rest] = parcel?.items ?? [];
    if (parcel && first) {
      const remaining = rest.length > 0 ? [{ ...parcel, items: rest }] : [];
      this.#hand = [...remaining, ...others];
      return { ...parcel, items: [first] };
    }
    const { supply } = this.#options;
    return supply.isAsking() || supply.isOpen(now) ? undefined : this.#aside.takeDue(now);
  }

  /** What to lease now. */
  #wanted(now: number): LeaseLimits | undefined {
    const { policy, codec, supply } = this.#options;
    if (!this.#isFree() || this.#gate.isHolding() || !supply.isOpen(now)) return undefined;
    if (this.#link.condition !== 'up') {
      const isDue = !this.#isProbing && now >= this.#link.retryAt && this.#hand.length === 0;
      return isDue ? { ...AHEAD, count: 1, except: this.#suspects.notToProbe() } : undefined;
    }
    // What merges is not leased ahead: the later it is leased, the more there is to merge.
    const isNeeded = codec.merge
      ? this.#hand.length === 0 && this.#underWay.size < policy.concurrent
      : this.#hand.length < FEW_AHEAD;
    const limits = codec.merge ? policy.merge : AHEAD;
    return isNeeded ? { ...limits, except: this.#suspects.notDue(now) } : undefined;
  }

  async #fetch(limits: LeaseLimits): Promise<void> {
    const { supply, codec } = this.#options;
    const way = codec.merge && limits.count > 1 ? 'leaseGroup' : 'lease';
    const timeChanges = this.#timeChanges;
    const items = await supply.ask(limits, way);
    // An answer that was under way has the times from before a change.
    const isOutdated = timeChanges !== this.#timeChanges;
    if (this.#isEnding() || this.#isHeld || isOutdated) void this.#giveBack(idsOf({ items }));
    else this.#take(items);
    const isProbe = limits.count === 1;
    if (isProbe && this.#suspects.probeFound(items.length > 0)) supply.wake();
    this.advance();
  }

  #take(items: readonly KeptItem[]): void {
    const count = this.#gate.admit(items);
    this.#hand.push(...this.#packer.pack(items.slice(0, count)));
    if (count < items.length) void this.#giveBack(idsOf({ items: items.slice(count) }));
  }

  #setTimer(now: number): void {
    const { clock, supply } = this.#options;
    this.#wakeAt = this.#suspects.nextDueAt(now) ?? Infinity;
    const times = [this.#nextStartAt, this.#link.retryAt, supply.retryAt(), this.#nextTryAt() ?? now];
    const next = Math.min(...times.filter((time) => time > now));
    if (!Number.isFinite(next)) return;
    this.#cancelTimer = clock.schedule(Math.ceil(next - now), () => this.advance());
  }

  #start(parcel: Parcel, now: number): void {
    const { policy } = this.#options;
    const isProbe = this.#link.condition !== 'up';
    if (isProbe) this.#isProbing = true;
    this.#nextStartAt = Math.max(this.#nextStartAt, now) + spacingMs(policy);
    const underWay = this.#send(parcel, isProbe).finally(() => {
      this.#underWay.delete(parcel);
      if (isProbe) this.#isProbing = false;
      this.advance();
    });
    this.#underWay.set(parcel, underWay);
  }

  async #send(parcel: Parcel, isProbe: boolean): Promise<void> {
    const { codec, supply, transport, closing } = this.#options;
    const { spoiled, outcome } = await ship(parcel, { codec, transport, signal: closing });
    if (this.#isOver) return;
    for (const { kept, reason } of spoiled) void this.#refuse(kept, { kind: 'refused', message: reason });
    const sent = { ...parcel, items: outcome.items };
    if (outcome.became === 'delivered') await this.#delivered(sent, outcome.acceptance);
    else if (outcome.became === 'failed' && this.#outdated.has(parcel)) this.#release(sent);
    else if (outcome.became === 'failed') this.#failed(sent, outcome.failure, isProbe);
    else if (outcome.became === 'unread') {
      supply.fail(outcome.failure);
      this.#release(sent);
    }
  }

  async #delivered(parcel: Parcel, acceptance: Acceptance): Promise<void> {
    const { books, clock, events } = this.#options;
    const ids = idsOf(parcel);
    this.#times.heard(acceptance);
    books.acknowledge(ids);
    this.#forget(ids);
    this.#link = afterAnswer(this.#link, clock.monotonic());
    this.#lastSentAt = clock.now();
    const shareOf = sharesOf(acceptance, parcel.items.length);
    await forEachInSteps(parcel.items, (item) => {
      this.#times.delivered(item);
      events.delivered(item, shareOf());
    });
  }

  #failed(parcel: Parcel, failure: DeliveryFailure, isProbe: boolean): void {
    const { clock } = this.#options;
    if (this.#isEnding()) {
      this.#release(parcel);
      return;
    }
    this.#times.heard(failure);
    this.#lastFailure = failure;
    if (meaningOf(failure).verdict !== 'refuse') {
      this.#setBack(parcel, failure, isProbe);
      return;
    }
    this.#link = afterAnswer(this.#link, clock.monotonic());
    const [first, second] = parcel.items;
    if (second) {
      this.#packer.halve(parcel);
      this.#hand.unshift(...this.#packer.pack(parcel.items));
    } else if (first) void this.#refuse(first, failure);
  }

  /** Not now: a single item steps aside, a merged request goes back and comes in halves. */
  #setBack(parcel: Parcel, failure: DeliveryFailure, isProbe: boolean): void {
    const { clock, policy, random } = this.#options;
    const now = clock.monotonic();
    const wasUp = this.#link.condition === 'up';
    const { mayBeItem } = meaningOf(failure);
    // The service took others since this one failed first: it says something about itself, not about the service.
    if (!wasUp || !mayBeItem || parcel.strikes === 0)
      this.#link = afterFailure(this.#link, { failure, now, isProbe, random: random(), policy });
    const strikes = parcel.strikes + (wasUp ? 1 : 0);
    const dueAt = wasUp ? now + delayMs(failure, strikes, random(), policy) : now;
    if (parcel.items.length > 1 && mayBeItem) this.#packer.halve(parcel);
    const [only, second] = parcel.items;
    const isAside = !second && this.#aside.add({ ...parcel, strikes }, dueAt);
    if (only && !second && !isAside) this.#suspects.add(only.id, strikes, dueAt);
    if (!isAside) this.#release(parcel);
    if (this.#link.condition === 'paused' || this.#link.failures >= LONG_OUTAGE) this.#putBackHand();
  }

  async #refuse(item: KeptItem, failure: DeliveryFailure): Promise<void> {
    const { books, events } = this.#options;
    this.#forget([item.id]);
    if (await books.refuse(item.id, failure.message)) events.refused(item, failure);
  }

  #forget(ids: readonly ItemId[]): void {
    this.#packer.forget(ids);
    this.#suspects.forget(ids);
  }

  #putBack(): void {
    this.#putBackHand();
    for (const parcel of this.#aside.takeAll()) this.#release(parcel);
  }

  #putBackHand(): void {
    const ids = this.#hand.flatMap((parcel) => idsOf(parcel));
    this.#hand = [];
    if (ids.length > 0) void this.#giveBack(ids);
  }

  #release(parcel: Parcel): void {
    void this.#giveBack(idsOf(parcel));
  }

  async #giveBack(ids: readonly ItemId[]): Promise<void> {
    const { books, supply } = this.#options;
    await books.release(ids);
    supply.wake();
    this.advance();
  }
}
