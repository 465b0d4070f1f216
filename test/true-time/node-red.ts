import { createTimekeeper, type ClockEnvironment, type Timekeeper } from '../../src/clock';
import { parsePush, pushCodec, type Push } from '../../src/databoom';
import {
  createSender,
  createTimeWait,
  type HandledItem,
  type Sender,
  type SenderState,
  type TimeWait,
} from '../../src/delivery';
import { withTime } from '../../src/nodes/publishing/message-time';
import { DEFAULT_BOUNDS, openOutbox, type Outbox, type OutboxQueue } from '../../src/outbox';
import { success } from '../../src/result';
import { valueOf } from '../support/results';
import type { RealCalls } from '../support/real-calls';
import { within } from '../support/waiting';
import { SECOND, type Machine } from '../clock/machine';
import type { SimulatedService } from './service';

const QUEUE = 'databoom https://api.example.com';

/** How much longer than any wait of `close`. */
const CLOSING_MS = 5 * SECOND;

/** What becomes of readings, by their numbers. */
export interface Outcomes {
  readonly delivered: (number: number, item: HandledItem) => void;
  readonly dropped: (number: number) => void;
  readonly refused: (number: number) => void;
  /** A sender ends, and what it has told people so far. */
  readonly ended: (state: SenderState) => void;
}

export interface NodeRedOptions {
  readonly machine: Machine;
  readonly architecture: string;
  readonly calls: RealCalls;
  readonly folder: string;
  readonly service: SimulatedService;
  readonly random: () => number;
  readonly timeWaitMs: number;
  readonly outcomes: Outcomes;
}

/** One process of Node-RED: the rooms as its nodes use them. */
export class NodeRed {
  readonly timekeeper: Timekeeper;
  readonly #options: NodeRedOptions;
  readonly #environment: ClockEnvironment;
  readonly #outbox: Outbox;
  readonly #queue: OutboxQueue;
  readonly #timeWait: TimeWait = createTimeWait();
  readonly #deletions = new Set<Promise<unknown>>();
  #sender: Sender<Push>;
  #isGone = false;

  constructor(options: NodeRedOptions) {
    const { machine, architecture, calls, folder } = options;
    this.#options = options;
    this.#environment = { ...machine.environment, architecture, schedule: this.#schedule };
    this.timekeeper = createTimekeeper(this.#environment);
    this.#outbox = openOutbox({
      folder,
      now: this.timekeeper.now,
      isClockSet: this.timekeeper.isSet,
      uptime: this.timekeeper.uptime,
      schedule: this.#schedule,
      timekeeper: this.timekeeper,
      report: () => {},
    });
    const queue = calls.queueOf(this.#outbox);
    this.#queue = { ...queue, acknowledge: (ids) => this.#noteDeletion(queue.acknowledge(ids)) };
    this.#sender = this.#createSender();
  }

  /** What a publish node does with a message. @returns whether it was accepted */
  async publish(number: number, timestamp: unknown): Promise<boolean> {
    const { message, present } = valueOf(withTime({ timestamp }, this.timekeeper));
    const target = { device: 'thermometer' };
    const push = parsePush({ payload: number, timestamp: message.timestamp, signal: 't', target }, present);
    if (!push.ok) return false;
    const accepted = await this.#sender.accept(push.value, JSON.stringify({ number }));
    return accepted.ok;
  }

  state(): SenderState {
    return this.#sender.state();
  }

  async waiting(): Promise<number> {
    return valueOf(await this.#outbox.counts(QUEUE)).waiting;
  }

  /** Enforces the bounds, as is done after each acceptance, and waits for it. */
  async enforceBounds(): Promise<void> {
    const { dropped } = this.#options.outcomes;
    for (const { origin } of valueOf(await this.#outbox.enforce(QUEUE, DEFAULT_BOUNDS)))
      dropped(numberIn(origin));
  }

  /** The flows are deployed: another sender goes on with the queue. */
  async deploy(): Promise<void> {
    await this.#endSender();
    this.#sender = this.#createSender();
  }

  /** Ends as after a signal to end. */
  async stop(): Promise<void> {
    await this.#endSender();
    await this.#end();
  }

  /** Ends in the middle of whatever is under way. */
  async cutOff(): Promise<void> {
    this.#options.outcomes.ended(this.#sender.state());
    await this.#end();
  }

  async #end(): Promise<void> {
    this.timekeeper.close();
    this.#isGone = true;
    await within('the outbox to close', this.#outbox.close());
  }

  async #endSender(): Promise<void> {
    await within('deletions', Promise.all(this.#deletions));
    const closed = this.#sender.close();
    await this.#options.machine.pass(CLOSING_MS);
    await within('the sender to close', closed);
    this.#options.outcomes.ended(this.#sender.state());
  }

  #createSender(): Sender<Push> {
    const { machine, service, random, timeWaitMs, outcomes } = this.#options;
    return createSender<Push>({
      outbox: this.#queue,
      destination: QUEUE,
      transport: success(service.transport),
      codec: pushCodec,
      policy: { timeWaitMs },
      clock: {
        now: this.timekeeper.now,
        monotonic: machine.environment.monotonic,
        schedule: this.#schedule,
      },
      random,
      timeWait: this.#timeWait,
      events: {
        delivered: (item) => outcomes.delivered(numberIn(item.origin), item),
        refused: ({ origin }) => outcomes.refused(numberIn(origin)),
        dropped: ({ origin }) => outcomes.dropped(numberIn(origin)),
        changed: () => {},
      },
    });
  }

  /** Timers of a process that is gone do nothing more. */
  readonly #schedule = (ms: number, task: () => void): (() => void) => {
    if (this.#isGone) return () => {};
    return this.#options.machine.environment.schedule(ms, () => {
      if (!this.#isGone) task();
    });
  };

  #noteDeletion(deletion: ReturnType<OutboxQueue['acknowledge']>): ReturnType<OutboxQueue['acknowledge']> {
    this.#deletions.add(deletion);
    void deletion.finally(() => this.#deletions.delete(deletion));
    return deletion;
  }
}

function numberIn(origin: string): number {
  const { number }: { readonly number: number } = JSON.parse(origin);
  return number;
}
