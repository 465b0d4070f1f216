import type { Result } from '../result';
import type { Answer } from './plausibility';
import type { Reading, ReadingFailure } from './types';
import { unlessAborted } from './unless-aborted';

/**
 * What the sensors of one process share: for each pin, who may use it when, what is being read, and what was
 * read last. Bounded by the number of pins and of different settings on one pin.
 */

type CycleResult = Result<Reading, ReadingFailure>;

/** Time that a pin rests after every attempt: the sensor needs 2 s, and the driver's cache lasts 2 s. */
const REST_MS = 2200;

/** The clocks that pins need. */
interface Clock {
  monotonic(): number;
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** A cycle in progress and those who wait for it. */
interface SharedCycle {
  readonly result: Promise<CycleResult>;
  readonly abort: AbortController;
  waiting: number;
}

/** A pin as the sensors on it share it. */
export interface SharedPin {
  /** The last accepted reading, whoever asked for it. */
  lastAccepted: Answer | undefined;
  /** Monotonic time of the last answer, also of one that was discarded; undefined before the first. */
  lastAnswer: number | undefined;
  /**
   * Runs one attempt when no other runs on this pin and it has rested.
   * Gives undefined, without an attempt, when the signal aborts before.
   */
  runInTurn<T>(clock: Clock, signal: AbortSignal, run: () => Promise<T>): Promise<T | undefined>;
  /**
   * Joins the cycle that already runs for the same settings, or starts one. A cycle ends early only when all
   * who wait for it have cancelled. `undefined` means that this caller cancelled.
   */
  share(
    settings: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<CycleResult>,
  ): Promise<CycleResult | undefined>;
}

/** All pins of a process, by BCM number. */
export type SharedPins = (gpio: number) => SharedPin;

/** Shared pins on which nothing has happened yet. */
export function createSharedPins(): SharedPins {
  const pins = new Map<number, SharedPin>();
  return (gpio) => {
    const known = pins.get(gpio) ?? createSharedPin();
    pins.set(gpio, known);
    return known;
  };
}

function createSharedPin(): SharedPin {
  let tail: Promise<unknown> = Promise.resolve();
  let restedAt = Number.NEGATIVE_INFINITY;
  const cycles = new Map<string, SharedCycle>();

  async function runInTurn<T>(
    clock: Clock,
    signal: AbortSignal,
    run: () => Promise<T>,
  ): Promise<T | undefined> {
    const before = tail;
    const turn = before.then(async () => {
      const rest = restedAt - clock.monotonic();
      if (rest > 0) await clock.wait(rest, signal);
      if (signal.aborted) return undefined;
      try {
        return await run();
      } finally {
        restedAt = clock.monotonic() + REST_MS;
      }
    });
    tail = turn.catch(() => undefined);
    return turn;
  }

  function begin(settings: string, start: (signal: AbortSignal) => Promise<CycleResult>): SharedCycle {
    const abort = new AbortController();
    const cycle: SharedCycle = {
      abort,
      waiting: 0,
      result: start(abort.signal).finally(() => forget(settings, cycle)),
    };
    cycles.set(settings, cycle);
    return cycle;
  }

  function forget(settings: string, cycle: SharedCycle): void {
    if (cycles.get(settings) === cycle) cycles.delete(settings);
  }

  async function share(
    settings: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<CycleResult>,
  ): Promise<CycleResult | undefined> {
    if (signal.aborted) return undefined;
    const cycle = cycles.get(settings) ?? begin(settings, start);
    cycle.waiting += 1;
    const result = await unlessAborted(cycle.result, signal);
    cycle.waiting -= 1;
    if (cycle.waiting === 0) {
      forget(settings, cycle);
      cycle.abort.abort();
    }
    return result;
  }

  return { lastAccepted: undefined, lastAnswer: undefined, runInTurn, share };
}
