import { delayMs, meaningOf, retryAfterMs, type Policy } from './policy';
import type { DeliveryFailure } from './transport';

/** Whether requests to the service make sense at all. Times are of the monotonic clock, in milliseconds. */
export interface Circuit {
  /** `open`: nothing is sent but a probe at `retryAt`; `half-open`: the probe is under way. */
  readonly state: 'closed' | 'open' | 'half-open';
  /** Failures in a row. */
  readonly failures: number;
  /** What opened it; undefined while it is closed. */
  readonly failure: DeliveryFailure | undefined;
  /** When one probe may start. */
  readonly retryAt: number;
  /** Until then, a delivery that was under way already and works after all does not close it. */
  readonly floorAt: number;
  /** Until then the service asked to be left alone (Retry-After): only a person ends that sooner. */
  readonly askedUntil: number;
}

/** Nothing is known to be wrong. */
export const CLOSED: Circuit = {
  state: 'closed',
  failures: 0,
  failure: undefined,
  retryAt: -Infinity,
  floorAt: -Infinity,
  askedUntil: -Infinity,
};

/** The service answered an item, whether it took it or not. @param isProbe as in `Trip` */
export function afterAnswer(circuit: Circuit, now: number, isProbe: boolean): Circuit {
  return isProbe || now >= circuit.floorAt ? CLOSED : circuit;
}

/** A failure that opens the circuit, and when. */
export interface Trip {
  readonly failure: DeliveryFailure;
  readonly now: number;
  /** Whether its request was started to see if the service is back. */
  readonly isProbe: boolean;
  /** From 0 up to 1. */
  readonly random: number;
  readonly policy: Policy;
}

/** Several requests that were under way when the service went away are one failure, not several. */
export function afterFailure(circuit: Circuit, { failure, now, isProbe, random, policy }: Trip): Circuit {
  const { needsPerson } = meaningOf(failure);
  const isStraggler = circuit.state !== 'closed' && !isProbe;
  const failures = isStraggler ? circuit.failures : circuit.failures + 1;
  const delay = delayMs(failure, failures, random, policy);
  const isFirm = needsPerson || failure.kind === 'throttled';
  const askedMs = retryAfterMs(failure, policy);
  const floorAt = Math.max(circuit.floorAt, now + (isFirm ? delay : askedMs));
  const askedUntil = Math.max(circuit.askedUntil, now + askedMs);
  if (isStraggler && !needsPerson)
    return { ...circuit, floorAt, askedUntil, retryAt: Math.max(circuit.retryAt, floorAt) };
  return {
    state: isStraggler && circuit.state === 'half-open' ? 'half-open' : 'open',
    failures,
    failure,
    retryAt: Math.max(now + delay, floorAt),
    floorAt,
    askedUntil,
  };
}

/** The same with its probe under way. */
export function probing(circuit: Circuit): Circuit {
  return { ...circuit, state: 'half-open' };
}

/** The same where the probe ended without telling anything: the next one may start. */
export function probeEnded(circuit: Circuit): Circuit {
  return circuit.state === 'half-open' ? { ...circuit, state: 'open' } : circuit;
}

/** A probe may start at once. */
export function hurried(circuit: Circuit, now: number): Circuit {
  return withoutBackOff({ ...circuit, askedUntil: -Infinity }, now);
}

/** A probe may start as soon as the service allows it. */
export function withoutBackOff(circuit: Circuit, now: number): Circuit {
  const at = Math.max(now, circuit.askedUntil);
  return { ...circuit, retryAt: Math.min(circuit.retryAt, at), floorAt: Math.min(circuit.floorAt, at) };
}
