import type { Accepted } from './shared-pins';
import type { Reading } from './types';

type Values = Pick<Reading, 'temperature' | 'humidity'>;

/** Within a minute a room changes by less than this: °C and percent of humidity. */
const JUMP_CELSIUS = 5;
const JUMP_HUMIDITY = 20;
/** A minute, and the retries that a reading of every minute may take. */
const JUMP_WINDOW_MS = 90_000;
/** Two readings a few seconds apart agree when they differ by no more than this. */
const AGREE_CELSIUS = 1;
const AGREE_HUMIDITY = 5;

/**
 * Why a reading is suspicious after the last accepted one, in words that follow "the sensor sent"; undefined when
 * it is not. `at` is the monotonic time of the reading in milliseconds.
 */
export function suspicion(last: Accepted | undefined, values: Values, at: number): string | undefined {
  if (last === undefined) return undefined;
  const before = last.reading;
  const change = `${describe(values)} after ${describe(before)}`;
  if (isShifted(before.temperature, values.temperature) || isShifted(before.humidity, values.humidity))
    return `${change}, which is exactly double or half`;
  const jumps =
    Math.abs(values.temperature - before.temperature) > JUMP_CELSIUS ||
    Math.abs(values.humidity - before.humidity) > JUMP_HUMIDITY;
  return jumps && at - last.at <= JUMP_WINDOW_MS ? `${change} a short time before` : undefined;
}

/** Whether two readings taken one right after the other say the same. */
export function agree(one: Values, other: Values): boolean {
  return (
    Math.abs(one.temperature - other.temperature) <= AGREE_CELSIUS &&
    Math.abs(one.humidity - other.humidity) <= AGREE_HUMIDITY
  );
}

/** A frame shifted by one bit doubles or halves its values. */
function isShifted(before: number, now: number): boolean {
  const [a, b] = [Math.round(before * 10), Math.round(now * 10)];
  return a !== b && (a === 2 * b || b === 2 * a);
}

function describe({ temperature, humidity }: Values): string {
  return `${temperature} °C and ${humidity} %`;
}
