import type { Clock } from '../../src/delivery';
import { RealCalls } from '../support/real-calls';

interface Timer {
  readonly at: number;
  readonly number: number;
  readonly task: () => void;
}

/** Time that passes as soon as nothing but time is waited for. */
export class VirtualClock implements Clock {
  #time = 0;
  #numbers = 0;
  #timers: Timer[] = [];
  /** The clock stands while they are under way. */
  readonly calls = new RealCalls();
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

  /** Lets time pass up to a moment, with all that happens meanwhile. */
  async passUntil(end: number): Promise<void> {
    await this.calls.settle();
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      const { at, task } = timer;
      this.#timers = this.#timers.filter((each) => each !== timer);
      this.#time = Math.max(this.#time, at);
      task();
      await this.calls.settle();
    }
    this.#time = end;
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
