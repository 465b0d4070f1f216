import type { Timekeeper } from '../../src/clock';
import type { Machine } from '../clock/machine';
import type { Random } from '../support/random';
import type { NodeRed } from './node-red';
import type { SimulatedService } from './service';

/** What is simulated: a machine with its clock, what is installed on it, and the service. */
export interface World {
  readonly machine: Machine;
  readonly service: SimulatedService;
  /** The process that runs now; undefined while none does. */
  nodeRed: NodeRed | undefined;
}

/** Something that happens in the world. */
export type Change = (world: World) => void | Promise<void>;

/** A change, and when it comes: in milliseconds since the boot. */
export interface Event {
  readonly at: number;
  readonly change: Change;
}

/** One boot of the machine, from power on to power off. */
export interface Boot {
  /** How long the machine was off before, in milliseconds. */
  readonly offMs: number;
  /** What the wall clock shows at the boot. */
  readonly wall: (machine: Machine) => number;
  readonly hasTimesyncd: boolean;
  /** The processor's architecture, as Node.js calls it: a Raspberry Pi's has no clock battery. */
  readonly architecture: string;
  /** When Node-RED starts, in milliseconds since the boot. */
  readonly nodeRedAt: number;
  /** When it is restarted, in the same way. */
  readonly restartsAt: readonly number[];
  /** How long the machine is up, in milliseconds; longer in the last boot, where readings wait. */
  readonly upMs: number;
  /** Whether Node-RED ends as after a signal, or in the middle of everything. */
  readonly isCutOff: boolean;
  /** What happens at the boot itself, and later. */
  readonly events: readonly Event[];
}

/** The time that a flow gives a reading, and the one with which it is to arrive. */
export interface GivenTime {
  readonly timestamp: unknown;
  readonly due: number;
}

/** How the readings of a flow get their time; the time that passes between a reading and the publish node passes here. */
export type ReadingTime = (
  world: Pick<World, 'machine'> & { readonly timekeeper: Timekeeper },
  random: Random,
) => Promise<GivenTime>;

/** What happens in a simulation. */
export interface Plan {
  /** The true time at its beginning. */
  readonly truth?: number;
  readonly intervalMs: number;
  readonly readingTime: ReadingTime;
  /** The setting: how long readings wait for the time while the service can be reached. */
  readonly timeWaitMs: number;
  readonly boots: readonly Boot[];
}

/** A plan, what may come of it, and why. */
export interface Situation {
  readonly name: string;
  readonly draw: (random: Random) => Plan;
  /** Why the errors of readings that are sent as certain are shown here, and not judged. */
  readonly unjudged?: string;
  /** The time is not known before the wait for it is over, or of an earlier boot never: estimates may be sent. */
  readonly mayEstimate?: true;
  /** Not even a first guess is there: everything waits, and the user is asked for help. */
  readonly keepsAll?: true;
}
