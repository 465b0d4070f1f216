import type { Environment } from './environment';
import type { Sample } from './types';

const DAY_MS = 86_400_000;

/** A day of a room: coolest and dampest at 03:00 UTC, warmest and driest at 15:00 UTC. */
function dailyCourse(timestamp: number): { temperature: number; humidity: number } {
  const warmth = -Math.cos(((timestamp / DAY_MS - 3 / 24) % 1) * 2 * Math.PI);
  return { temperature: 20.5 + 3 * warmth, humidity: 52 - 9 * warmth };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The sensor for trying things out: invented values, always marked with the source `demo`. */
export function demoSample(environment: Environment): Sample {
  const timestamp = environment.now();
  const { temperature, humidity } = dailyCourse(timestamp);
  return {
    temperature: tenths(temperature + (environment.random() - 0.5) * 0.2),
    humidity: tenths(humidity + (environment.random() - 0.5) * 0.6),
    timestamp,
    source: 'demo',
    gpio: undefined,
    raw: { invented: true },
  };
}
