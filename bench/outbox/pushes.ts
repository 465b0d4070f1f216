/** Made-up pushes, each known again by its time wherever it arrives. */
import type { Push } from '../../src/databoom';
import type { OutboxOptions } from '../../src/outbox';

/** Where the pushes go, as a publish node's key. */
export const DESTINATION = 'databoom https://example.com account-1';

const FIRST_TIME = Date.UTC(2026, 4, 1, 12);
const BETWEEN_MS = 1000;
const BOOT = '3f0c5a52-6d0e-4d3b-9a0e-2b7c1d9f8e64';

/** The signals of a push, in the order of the bits that tell them apart. */
export const SIGNALS = ['temperature', 'humidity'] as const;

/** The push with a number, of one of so many devices: one signal or two, as current values. */
export function pushOf(number: number, devices: number): Push {
  const signals = SIGNALS.filter((signal) => hasSignal(number, signal));
  return {
    target: { device: deviceOf(number, devices) },
    timestamp: FIRST_TIME + number * BETWEEN_MS,
    content: {
      kind: 'current',
      signals: new Map(signals.map((signal) => [signal, valueOf(number, signal)])),
    },
  };
}

/** A clock that was set all the time, as the outbox asks it about timestamps: all of them are this machine's own. */
export const TIMEKEEPER: OutboxOptions['timekeeper'] = {
  stampOf: (timestamp) => ({ boot: BOOT, uptime: timestamp - FIRST_TIME, trust: 'set' }),
  boot: () => ({ id: BOOT, startedAt: FIRST_TIME, trust: 'set' }),
  onChange: () => () => {},
};

/** The number of the push that was taken at a time; a fraction where it was none. */
export function numberAt(timestamp: number): number {
  return (timestamp - FIRST_TIME) / BETWEEN_MS;
}

export function deviceOf(number: number, devices: number): string {
  return `device-${number % devices}`;
}

/** Every other push has a second signal. */
export function hasSignal(number: number, signal: (typeof SIGNALS)[number]): boolean {
  return signal === 'temperature' || number % 2 === 0;
}

export function valueOf(number: number, signal: (typeof SIGNALS)[number]): number {
  return signal === 'temperature' ? 15 + (number % 200) / 10 : 40 + (number % 81) / 4;
}
