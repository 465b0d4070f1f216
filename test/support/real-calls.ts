/** Simulated time stands while something real is done, such as a call of an outbox, which really writes to the disk. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Outbox, OutboxQueue } from '../../src/outbox';

/** Turns of the event loop after a call in which all that follows from it without time or the disk is done. */
const TURNS = 6;

/** The real calls that are under way. */
export class RealCalls {
  readonly #calls = new Set<Promise<unknown>>();

  /** Simulated time stands until this has come to its end. */
  awaited<Value>(call: Promise<Value>): Promise<Value> {
    this.#calls.add(call);
    void call.finally(() => this.#calls.delete(call));
    return call;
  }

  /** Resolves when nothing but time is waited for. */
  readonly settle = async (): Promise<void> => {
    // Mostly a timer has nothing to do.
    await nextTurn();
    while (this.#calls.size > 0) {
      await Promise.all(this.#calls);
      for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
    }
  };

  /**
   * The same outbox, for whose answers time stands. What rides in a later commit (deletions, refusals, bounds) is not
   * waited for.
   */
  queueOf(outbox: Outbox): OutboxQueue {
    return {
      accept: (item) => this.awaited(outbox.accept(item)),
      acceptAll: (items) => this.awaited(outbox.acceptAll(items)),
      lease: (destination, limits) => this.awaited(outbox.lease(destination, limits)),
      leaseLane: (destination, limits) => this.awaited(outbox.leaseLane(destination, limits)),
      acknowledge: (ids) => outbox.acknowledge(ids),
      release: (ids) => this.awaited(outbox.release(ids)),
      releaseSent: (items) => this.awaited(outbox.releaseSent(items)),
      refuse: (ids, reason) => outbox.refuse(ids, reason),
      newest: (destination, limits) => this.awaited(outbox.newest(destination, limits)),
      counts: (destination) => this.awaited(outbox.counts(destination)),
      countLanes: (destination, lanes) => this.awaited(outbox.countLanes(destination, lanes)),
      enforce: (destination, bounds) => outbox.enforce(destination, bounds),
      onTimesChanged: (listener) => outbox.onTimesChanged(listener),
    };
  }
}
