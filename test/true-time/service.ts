import type { Push } from '../../src/databoom';
import type { Acceptance, DeliveryFailure, Transport } from '../../src/delivery';
import { aheadOf } from '../../src/http/dates';
import { failed, success, type Result } from '../../src/result';
import { HOUR, MINUTE, type Machine } from '../clock/machine';
import { readingsOf, type PushedReading } from '../support/pushed-readings';

const FURTHEST_AHEAD_MS = 24 * HOUR;

const OFFLINE: DeliveryFailure = { kind: 'offline', message: 'no connection', isUnsent: true };
const LOST: DeliveryFailure = { kind: 'timeout', message: 'no complete answer' };

/** As the station answers whose clock is not known to be right. */
const BEHIND: DeliveryFailure = {
  kind: 'unavailable',
  statusCode: 503,
  retryAfterMs: MINUTE,
  message: 'the time is ahead of this station',
};

/** A service that takes readings by their numbers, and can be reached or not. */
export class SimulatedService {
  /** What it has taken, in the order of arrival. */
  readonly arrivals: PushedReading[] = [];
  answersAfterMs = 50;
  /** Whether its answers are lost on the way. */
  losesAnswers = false;
  #isOnline = true;
  #behindMs = 0;
  readonly #machine: Machine;
  /** Since when it can be reached, and takes the right time; undefined while it does not. */
  #reachableSince: number | undefined;
  #reachableMs = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The network of the machine, or the service, is there or away. */
  set isOnline(isOnline: boolean) {
    this.#countReachable();
    this.#isOnline = isOnline;
    this.#reachableSince = this.#reachableFrom();
  }

  /** How far its clock is behind the true time, in milliseconds. */
  set behindMs(behindMs: number) {
    this.#countReachable();
    this.#behindMs = behindMs;
    this.#reachableSince = this.#reachableFrom();
  }

  /** For how long it could be reached since the process began. */
  get reachableMs(): number {
    return this.#reachableMs + this.#now() - (this.#reachableSince ?? this.#now());
  }

  /** A process begins that knows nothing of before. */
  forgetReachable(): void {
    this.#reachableMs = 0;
    this.#reachableSince = this.#reachableFrom();
  }

  #countReachable(): void {
    this.#reachableMs = this.reachableMs;
  }

  #reachableFrom(): number | undefined {
    return this.#isOnline && this.#behindMs === 0 ? this.#now() : undefined;
  }

  readonly transport: Transport<Push> = {
    deliver: (push, signal) => this.#deliver(push, signal),
    reach: async () => this.#isOnline,
  };

  async #deliver(push: Push, signal: AbortSignal): Promise<Result<Acceptance, DeliveryFailure>> {
    const { answersAfterMs, losesAnswers } = this;
    const readings = readingsOf(push);
    const sentAt = this.#machine.wall;
    await this.#wait(this.#isOnline ? answersAfterMs : 100, signal);
    if (signal.aborted) return failed({ kind: 'cancelled', message: 'cancelled' });
    if (!this.#isOnline) return failed(OFFLINE);
    const now = this.#machine.truth - this.#behindMs;
    const aheadMs = aheadOf(new Date(now).toUTCString(), { sentAt, answeredAt: this.#machine.wall });
    const told = aheadMs === undefined ? {} : { aheadMs };
    if (readings.some(({ timestamp }) => timestamp > now + FURTHEST_AHEAD_MS))
      return failed({ ...BEHIND, ...told });
    this.arrivals.push(...readings);
    if (losesAnswers) return failed(LOST);
    return success({ statusCode: 200, answer: {}, ...told });
  }

  #now(): number {
    return this.#machine.environment.monotonic();
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#machine.environment.schedule(ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }
}
