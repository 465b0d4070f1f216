import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certainty } from '../../src/clock';
import { Machine, MINUTE, TRUE_START } from '../clock/machine';
import { createRandom, type Random } from '../support/random';
import type { PushedReading } from '../support/pushed-readings';
import { RealCalls } from '../support/real-calls';
import { NodeRed, type Outcomes } from './node-red';
import type { Boot, Change, Event, Plan, World } from './plan';
import { SimulatedService } from './service';

/** A reading that was published. */
export interface Reading {
  readonly number: number;
  /** The time with which it is to arrive. */
  readonly due: number;
  readonly isAccepted: boolean;
}

/** A reading that the service's answer came for. */
export interface Delivery {
  readonly number: number;
  readonly certainty: Certainty;
}

/** All that can be seen of a simulation from outside. */
export interface Observed {
  readonly plan: Plan;
  readonly readings: readonly Reading[];
  readonly arrivals: readonly PushedReading[];
  readonly deliveries: readonly Delivery[];
  /** The numbers of readings. */
  readonly dropped: readonly number[];
  readonly refused: readonly number[];
  /** How many readings people were told of as sent with an estimated time. */
  readonly toldEstimated: number;
  /** How many readings were sent as estimates before the wait for the time was over. */
  readonly hastyEstimates: number;
  /** How many readings wait at the end, and whether people are asked to look at the clock then. */
  readonly waiting: number;
  readonly isTimeOverdue: boolean;
  /** The longest that a reading waited in one process while the service could be reached, in milliseconds. */
  readonly longestWaitMs: number;
}

/** How long the sender has at the end: every pause of the circuit ends well within, and so does the wait for the time. */
const MOST_TAIL_MINUTES = 40;

/** Runs the real rooms on a simulated machine, in simulated time. */
export async function simulate(plan: Plan, seed: number): Promise<Observed> {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'true-time-'));
  try {
    const simulation = new Simulation(plan, createRandom(seed), folder);
    for (const boot of plan.boots) await simulation.run(boot);
    return simulation.observed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Simulation {
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #folder: string;
  readonly #calls = new RealCalls();
  readonly #world: World;
  readonly #readings: Reading[] = [];
  readonly #deliveries: Delivery[] = [];
  readonly #dropped: number[] = [];
  readonly #refused: number[] = [];
  #toldEstimated = 0;
  #hastyEstimates = 0;
  #waiting = 0;
  #isTimeOverdue = false;
  #longestWaitMs = 0;
  #isReadingMissed = false;
  /** What waits, and since when by the time for which the process could reach the service. */
  readonly #waitingSince = new Map<number, number>();

  constructor(plan: Plan, random: Random, folder: string) {
    this.#plan = plan;
    this.#random = random;
    this.#folder = folder;
    const machine = new Machine({ truth: plan.truth ?? TRUE_START, settle: this.#calls.settle });
    this.#world = { machine, service: new SimulatedService(machine), nodeRed: undefined };
  }

  get observed(): Observed {
    return {
      plan: this.#plan,
      readings: this.#readings,
      arrivals: this.#world.service.arrivals,
      deliveries: this.#deliveries,
      dropped: this.#dropped,
      refused: this.#refused,
      toldEstimated: this.#toldEstimated,
      hastyEstimates: this.#hastyEstimates,
      waiting: this.#waiting,
      isTimeOverdue: this.#isTimeOverdue,
      longestWaitMs: this.#longestWaitMs,
    };
  }

  /** One boot, from power on to power off. */
  async run(boot: Boot): Promise<void> {
    const { machine } = this.#world;
    const { offMs, hasTimesyncd } = boot;
    machine.truth += offMs;
    machine.boot({ wall: boot.wall(machine), hasTimesyncd });
    for (const { at, change } of this.#agenda(boot)) {
      await this.#passUntil(at);
      await change(this.#world);
      if (this.#isReadingMissed && !machine.isStopped) await this.#read(this.#world);
    }
    await this.#passUntil(boot.upMs);
    if (boot === this.#plan.boots.at(-1)) await this.#deliverTheRest();
    await this.#endNodeRed(boot);
  }

  /** What came before may have taken longer. */
  #passUntil(at: number): Promise<void> {
    const { machine } = this.#world;
    return machine.pass(Math.max(at - machine.environment.monotonic(), 0));
  }

  get #nodeRed(): NodeRed {
    const { nodeRed } = this.#world;
    if (!nodeRed) throw new Error('Node-RED does not run');
    return nodeRed;
  }

  /** All that happens in a boot, in its order. */
  #agenda(boot: Boot): readonly Event[] {
    const { nodeRedAt, restartsAt, upMs, events } = boot;
    const { intervalMs } = this.#plan;
    const start: Event = { at: nodeRedAt, change: () => this.#startNodeRed(boot) };
    const restarts = restartsAt.map((at): Event => ({ at, change: () => this.#restartNodeRed(boot) }));
    const agenda: Event[] = [...events, start, ...restarts];
    for (let at = nodeRedAt + this.#random.integer(0, intervalMs); at < upMs; at += intervalMs)
      agenda.push({ at, change: this.#read });
    return agenda.toSorted((one, other) => one.at - other.at);
  }

  async #restartNodeRed(boot: Boot): Promise<void> {
    await this.#endNodeRed(boot);
    this.#startNodeRed(boot);
  }

  async #endNodeRed({ isCutOff }: Boot): Promise<void> {
    await (isCutOff ? this.#nodeRed.cutOff() : this.#nodeRed.stop());
    for (const number of this.#waitingSince.keys()) this.#noteWait(number);
    this.#world.nodeRed = undefined;
  }

  #startNodeRed({ architecture }: Boot): void {
    const { machine, service } = this.#world;
    service.forgetReachable();
    for (const number of this.#waitingSince.keys()) this.#waitingSince.set(number, 0);
    this.#world.nodeRed = new NodeRed({
      machine,
      service,
      architecture,
      calls: this.#calls,
      folder: this.#folder,
      random: this.#random.next,
      timeWaitMs: this.#plan.timeWaitMs,
      outcomes: this.#outcomes,
    });
  }

  readonly #outcomes: Outcomes = {
    delivered: (number, { certainty }) => {
      this.#deliveries.push({ number, certainty });
      const isWaitOver = this.#world.service.reachableMs >= this.#plan.timeWaitMs;
      if (certainty === 'awaited' && !isWaitOver) this.#hastyEstimates += 1;
      this.#noteWait(number);
      this.#waitingSince.delete(number);
    },
    dropped: (number) => {
      this.#dropped.push(number);
      this.#waitingSince.delete(number);
    },
    refused: (number) => {
      this.#refused.push(number);
      this.#waitingSince.delete(number);
    },
    ended: ({ estimated }) => {
      this.#toldEstimated += estimated;
    },
  };

  /** A reading is taken, later if the process is stopped. */
  readonly #read: Change = async ({ machine, service, nodeRed }) => {
    // A timer that came due meanwhile fires once, late.
    this.#isReadingMissed = machine.isStopped;
    if (!nodeRed || machine.isStopped) return;
    const { timekeeper } = nodeRed;
    const number = this.#readings.length;
    const { timestamp, due } = await this.#plan.readingTime({ machine, timekeeper }, this.#random);
    this.#waitingSince.set(number, service.reachableMs);
    // Accepting it takes no time that is simulated, so that nothing comes in between.
    const isAccepted = await nodeRed.publish(number, timestamp);
    if (!isAccepted) this.#waitingSince.delete(number);
    this.#readings.push({ number, due, isAccepted });
  };

  async #deliverTheRest(): Promise<void> {
    const { machine } = this.#world;
    for (let minute = 0; minute < MOST_TAIL_MINUTES && this.#waitingSince.size > 0; minute += 1)
      await machine.pass(MINUTE);
    this.#waiting = this.#waitingSince.size;
    this.#isTimeOverdue = this.#nodeRed.state().isTimeOverdue;
  }

  #noteWait(number: number): void {
    const since = this.#waitingSince.get(number);
    if (since === undefined) return;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, this.#world.service.reachableMs - since);
  }
}
