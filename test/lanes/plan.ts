import type { DeliveryFailure } from '../../src/delivery';
import { createRandom, type Random } from '../support/random';
import type { Behaviour, Outage, Phase } from './service';

/** A device that reports at regular times. */
export interface DevicePlan {
  readonly name: string;
  readonly intervalMs: number;
  /** When its first reading is taken, in milliseconds since the start. */
  readonly firstAt: number;
  readonly phases: readonly Phase[];
}

/** What happens in a simulation. */
export interface Plan {
  readonly devices: readonly DevicePlan[];
  readonly outages: readonly Outage[];
  /** For how long readings are taken; afterwards the sender has time to deliver the rest. */
  readonly durationMs: number;
}

const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export const FAILURES = {
  missing: { kind: 'missing', message: '404', statusCode: 404 },
  unauthorised: { kind: 'unauthorised', message: '401', statusCode: 401 },
  forbidden: { kind: 'unauthorised', message: '403', statusCode: 403 },
  misdirected: { kind: 'misdirected', message: '405', statusCode: 405 },
  unavailable: { kind: 'unavailable', message: '503', statusCode: 503 },
  unreadable: { kind: 'unreadable', message: '200 with HTML', statusCode: 200 },
  throttled: { kind: 'throttled', message: '429', statusCode: 429 },
  throttledLong: { kind: 'throttled', message: '429', statusCode: 429, retryAfterMs: 900_000 },
  offline: { kind: 'offline', message: 'no connection' },
  untrusted: { kind: 'untrusted', message: 'certificate' },
} as const satisfies Record<string, DeliveryFailure>;

/** A device that behaves in one way from the start. */
export function steady(name: string, behaviour: Behaviour, intervalMs = MINUTE_MS): DevicePlan {
  return { name, intervalMs, firstAt: 0, phases: [{ from: 0, behaviour }] };
}

export const GOOD: Behaviour = { kind: 'good', answersAfterMs: 50 };

export function failing(failure: DeliveryFailure): Behaviour {
  return { kind: 'fails', failure, answersAfterMs: 50 };
}

/** As much as one simulation may hold, so that it takes seconds. */
const MOST_READINGS = 2500;

/** 1 to 50 devices that are each good, slow, failing, picky, or change between them; and the account away at times. */
export function drawPlan(seed: number): Plan {
  const random = createRandom(seed);
  const count = random.chance(0.5) ? random.integer(1, 6) : random.integer(7, 50);
  const durationMs = HOUR_MS * random.integer(1, 3);
  const devices = Array.from({ length: count }, (_, index) => {
    const wanted = MINUTE_MS * random.pick(0.25, 1, 1, 5);
    const intervalMs = Math.max(wanted, Math.ceil((durationMs * count) / MOST_READINGS / 1000) * 1000);
    const firstAt = random.integer(0, 59) * 1000;
    return { name: `device ${index}`, intervalMs, firstAt, phases: drawPhases(random, durationMs) };
  });
  return { devices, outages: drawOutages(random, durationMs), durationMs };
}

function drawPhases(random: Random, durationMs: number): readonly Phase[] {
  const phases = [{ from: 0, behaviour: drawBehaviour(random) }];
  while (random.chance(0.3))
    phases.push({ from: random.integer(0, durationMs), behaviour: drawBehaviour(random) });
  return phases.toSorted((a, b) => a.from - b.from);
}

function drawBehaviour(random: Random): Behaviour {
  const answersAfterMs = random.integer(20, 500);
  const drawn = random.next();
  if (drawn < 0.45) return { kind: 'good', answersAfterMs };
  if (drawn < 0.55) return { kind: 'slow', answersAfterMs: random.integer(2000, 20_000) };
  if (drawn < 0.65) return { kind: 'picky', every: random.integer(3, 40), answersAfterMs };
  const failure = random.pick<DeliveryFailure>(
    FAILURES.missing,
    FAILURES.unauthorised,
    FAILURES.forbidden,
    FAILURES.misdirected,
    FAILURES.unavailable,
    FAILURES.unreadable,
    FAILURES.throttled,
    FAILURES.throttledLong,
  );
  return { kind: 'fails', failure, answersAfterMs };
}

function drawOutages(random: Random, durationMs: number): readonly Outage[] {
  const outages: Outage[] = [];
  while (random.chance(0.4)) {
    const from = random.integer(0, durationMs);
    const until = from + random.integer(1, 40) * MINUTE_MS;
    const failure = random.pick<DeliveryFailure>(
      FAILURES.offline,
      FAILURES.unavailable,
      FAILURES.unauthorised,
      FAILURES.throttled,
      FAILURES.untrusted,
    );
    outages.push({ from, until, failure });
  }
  return outages;
}
