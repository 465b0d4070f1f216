/** Made-up frames of sensors, and how long decoding takes. Reproducible: chance comes from a fixed seed. */
import { performance } from 'node:perf_hooks';
import { decodeFrame } from '../../src/dht22/frame';
import { packingOf, rejectionReason, unpack } from '../../src/dht22/values';
import { fallingEdges, TIMINGS, withChecksum } from '../../test/dht22/frames';

const CALL = 17_000;

/** A frame. */
export interface Sent {
  readonly bytes: readonly number[];
  /** As the kernel sees them: without the response. */
  readonly edges: readonly number[];
}

/** Mulberry32, a small generator of numbers from 0 up to but not including 1. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** From 0 up to but not including 1. */
export const chance = chanceFrom(20_260_501);
export const between = (low: number, high: number): number => low + chance() * (high - low);

/** Indoor and outdoor values, of every kind of sensor. */
export function madeFrames(): Sent[] {
  return Array.from({ length: 80 }, (_, index) => {
    const humidity = Math.floor(between(200, 990));
    const temperature = Math.floor(between(-200, 400));
    const raw = temperature < 0 ? 0x8000 - temperature : temperature;
    const bytes = withChecksum(humidity >> 8, humidity & 0xff, raw >> 8, raw & 0xff);
    return { bytes, edges: fallingEdges(bytes, index % 2 === 0 ? TIMINGS.AM2302 : TIMINGS.AM2301).slice(1) };
  });
}

/** What a node would say: the values in tenths, or nothing. */
export function valuesOf(edges: readonly number[]): string | undefined {
  const frame = decodeFrame({ call: CALL, edges: edges.map((edge) => edge + CALL) });
  if (!frame.ok) return undefined;
  const values = unpack(frame.value.bytes, packingOf(frame.value.bytes));
  return rejectionReason(values) === undefined ? JSON.stringify(values) : undefined;
}

/** Microseconds that decoding one frame takes, once the code is warm. */
export function decodeTime(frames: readonly Sent[]): number {
  const rounds = 50;
  const run = (): void => frames.forEach(({ edges }) => valuesOf(edges));
  for (let round = 0; round < rounds; round += 1) run();
  const start = performance.now();
  for (let round = 0; round < rounds; round += 1) run();
  return ((performance.now() - start) * 1000) / (rounds * frames.length);
}
