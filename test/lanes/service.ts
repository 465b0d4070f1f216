import type { Acceptance, Clock, DeliveryFailure, Transport } from '../../src/delivery';
import type { Push } from '../../src/databoom';
import { failed, success, type Result } from '../../src/result';
import { readingsOf, type PushedReading } from '../support/pushed-readings';

/** How a device behaves for a time. */
export type Behaviour =
  | { readonly kind: 'good' | 'slow'; readonly answersAfterMs: number }
  | { readonly kind: 'fails'; readonly failure: DeliveryFailure; readonly answersAfterMs: number }
  /** Readings whose value is a multiple of `every` are refused, and all that come in one request with them. */
  | { readonly kind: 'picky'; readonly every: number; readonly answersAfterMs: number };

/** A behaviour, and when it begins, in milliseconds since the start. */
export interface Phase {
  readonly from: number;
  readonly behaviour: Behaviour;
}

/** A time in which the whole account answers nothing but this, whatever is sent. */
export interface Outage {
  readonly from: number;
  readonly until: number;
  readonly failure: DeliveryFailure;
}

/** A reading as it arrived. */
export interface Arrival {
  readonly device: string;
  readonly timestamp: number;
  readonly value: number;
  /** In milliseconds since the start. */
  readonly at: number;
  /** The token that the request came with. */
  readonly token: string;
}

/** A request as the service saw it. */
export interface Request {
  readonly device: string;
  readonly at: number;
  /** Undefined where it was accepted. */
  readonly failure: DeliveryFailure | undefined;
  readonly readings: number;
  /** The time of its only reading; undefined where it holds several. */
  readonly only: number | undefined;
}

export interface ServiceOptions {
  readonly clock: Clock;
  readonly phasesOf: (device: string) => readonly Phase[];
  readonly outages: readonly Outage[];
}

/** A simulated service with Databoom's habits: one account, and devices that each behave as they were drawn. */
export class SimulatedService {
  readonly arrivals: Arrival[] = [];
  readonly requests: Request[] = [];
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** The way of one config node, with its token, to the service. */
  transport(token: string): Transport<Push> {
    return { deliver: (push, signal) => this.#deliver(push, token, signal) };
  }

  /** What answers a device at a moment. */
  behaviourAt(device: string, at: number): Behaviour {
    const phases = this.#options.phasesOf(device).filter(({ from }) => from <= at);
    return phases.at(-1)?.behaviour ?? { kind: 'good', answersAfterMs: 50 };
  }

  outageAt(at: number): Outage | undefined {
    return this.#options.outages.find(({ from, until }) => from <= at && at < until);
  }

  async #deliver(
    push: Push,
    token: string,
    signal: AbortSignal,
  ): Promise<Result<Acceptance, DeliveryFailure>> {
    const { clock } = this.#options;
    const at = clock.monotonic();
    const device = 'device' in push.target ? push.target.device : push.target.unique;
    const readings = readingsOf(push);
    const outage = this.outageAt(at);
    const behaviour = this.behaviourAt(device, at);
    await this.#wait(outage ? 100 : behaviour.answersAfterMs, signal);
    const failure = signal.aborted
      ? ({ kind: 'cancelled', message: 'cancelled' } as const)
      : (outage?.failure ?? failureOf(behaviour, readings));
    const only = readings.length === 1 ? readings[0]?.timestamp : undefined;
    this.requests.push({ device, at, failure, readings: readings.length, only });
    if (failure) return failed(failure);
    for (const reading of readings) this.arrivals.push({ device, ...reading, at: clock.monotonic(), token });
    return success({ statusCode: 200, answer: {} });
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.schedule(ms, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }
}

function failureOf(behaviour: Behaviour, readings: readonly PushedReading[]): DeliveryFailure | undefined {
  if (behaviour.kind === 'fails') return behaviour.failure;
  if (behaviour.kind !== 'picky' || !readings.some(({ value }) => value % behaviour.every === 0))
    return undefined;
  return { kind: 'refused', message: '400: a value is not allowed', statusCode: 400 };
}
