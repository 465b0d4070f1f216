import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/delivery';

interface Timer {
  readonly at: number;
  readonly number: number;
  readonly task: () => void;
}

/** Turns of the event loop in which all that waits neither for time nor for the disk is done. */
const TURNS = 6;

/**
 * Time that passes as soon as nothing but time is waited for. Calls of the real outbox, which really write to the disk,
 * are waited for while the clock stands.
 */
export class VirtualClock implements Clock {
  #time = 0;
  #numbers = 0;
  #timers: Timer[] = [];
  readonly #calls = new Set<Promise<unknown>>();
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  readonly now = () => this.#start + this.#time;
  readonly monotonic = () => this.#time;
  readonly schedule = (ms: number, task: () => void) => {
    const timer = { at: this.#time + ms, number: (this.#numbers += 1), task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };

  /** The clock stands until this has come to its end. */
  awaited<Value>(call: Promise<Value>): Promise<Value> {
    this.#calls.add(call);
    void call.finally(() => this.#calls.delete(call));
    return call;
  }

  /** Lets time pass up to a moment, with all that happens meanwhile. */
  async passUntil(end: number): Promise<void> {
    await this.#settle();
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      const { at, task } = timer;
      this.#timers = this.#timers.filter((each) => each !== timer);
      this.#time = Math.max(this.#time, at);
      task();
      await this.#settle();
    }
    this.#time = end;
  }

  async #settle(): Promise<void> {
    do {
      await Promise.all(this.#calls);
      for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    } while (this.#calls.size > 0);
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (
        timer.at <= end &&
        (!next || timer.at < next.at || (timer.at === next.at && timer.number < next.number))
      )
        next = timer;
    return next;
  }
}
