/**
 * Frames as sensors of the family send them, made for the tests: timings are those of recorded sensors, values are
 * free. Times are nanoseconds after the release of the pin.
 */

/** How one kind of sensor times its frame. */
export interface Timing {
  readonly response: number;
  readonly firstBit: number;
  readonly zero: number;
  readonly one: number;
  /** How much longer the last bit of each byte takes. */
  readonly byteGap: number;
  readonly dummyBits: number;
}

export const TIMINGS: Readonly<Record<'AM2302' | 'AM2301' | 'DHT11', Timing>> = {
  AM2302: { response: 44_000, firstBit: 187_000, zero: 79_000, one: 126_000, byteGap: 14_000, dummyBits: 0 },
  AM2301: { response: 44_000, firstBit: 184_000, zero: 85_500, one: 134_000, byteGap: 3_000, dummyBits: 24 },
  DHT11: { response: 44_000, firstBit: 182_000, zero: 78_000, one: 124_000, byteGap: 0, dummyBits: 0 },
};

/** Five bytes with the right checksum. */
export function withChecksum(a: number, b: number, c: number, d: number): number[] {
  return [a, b, c, d, (a + b + c + d) & 0xff];
}

/** Every falling edge of a frame, the response first. */
export function fallingEdges(bytes: readonly number[], timing: Timing): number[] {
  const edges = [timing.response, timing.firstBit];
  const dummies = Array.from({ length: timing.dummyBits / 8 }, () => 0);
  let at = timing.firstBit;
  for (const byte of [...bytes, ...dummies]) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      at += ((byte >> bit) & 1) === 1 ? timing.one : timing.zero;
      if (bit === 0) at += timing.byteGap;
      edges.push(at);
    }
  }
  return edges;
}

/** The edges that a kernel sees which takes that long after the release until it listens. */
export function seenAfter(edges: readonly number[], listening: number): number[] {
  return edges.filter((edge) => edge >= listening);
}
