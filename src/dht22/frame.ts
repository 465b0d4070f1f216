import { failed, success, type Failure, type Result } from '../result';

/**
 * Decodes a frame from its falling edges. Nothing is searched for: the checksum lets every tenth to third frame pass
 * that is shifted by one bit, so that each edge must be where it belongs, counted from the release of the pin.
 *
 * After its release the pin falls once for the response and 80 + 80 µs later for the first bit; each bit then lasts
 * from one fall to the next. Times are in nanoseconds unless their name says otherwise, thresholds are measured on
 * recorded frames of the family and on Raspberry Pis.
 */

/** What one question to the sensor gave: nanoseconds, counted from just before the call that released the pin. */
export interface Captured {
  /** How long after its call a change of the pin takes effect, at most. */
  readonly call: number;
  /** Every falling edge. */
  readonly edges: readonly number[];
}

/** Why no bits could be taken, and how many edges were seen, without that of the response. */
export interface FrameFailure extends Failure<'no-answer' | 'short-frame' | 'corrupt-frame' | 'checksum'> {
  readonly edges: number;
  /** The frame whose checksum does not hold; undefined where there is not even that. */
  readonly frame?: Frame;
}

/** Five bytes; their checksum holds, unless they are part of a failure. */
export interface Frame {
  readonly bytes: readonly [number, number, number, number, number];
  /** Leading bits that were not seen, because the kernel was still preparing to listen; they are always zero. */
  readonly restoredBits: number;
}

const BITS = 40;
/** AM2301 send 24 more bits after the frame, which mean nothing. */
const BITS_WITH_DUMMIES = 64;

/** From the release to the fall that begins the first bit: 180 to 190 µs on recordings. */
const FIRST_BIT = 188_000;
/** A zero bit, as the leading ones are: 77 to 86 µs. */
const ZERO_BIT = 82_000;
/** An edge before this, counted from the release, is the response; it is normally over before the kernel listens. */
const RESPONSE_END = 110_000;
const SHORTEST_RESPONSE = 120_000;
const LONGEST_RESPONSE = 190_000;
/** The six leading bits of a humidity of at most 100.0 % are zero. */
const MOST_LOST = 6;

/**
 * Zero bits last 77 to 95 µs from fall to fall, ones 122 to 142 µs. What lies between or far outside is refused: a
 * threshold in the middle would turn late edges into wrong values (see bench/dht22.ts, which chose these).
 */
const ZERO = { shortest: 60_000, longest: 102_000 };
const ONE = { shortest: 114_000, longest: 158_000 };

/** The five bytes of a captured frame, or why there are none. */
export function decodeFrame(captured: Captured): Result<Frame, FrameFailure> {
  const edges = withoutResponse(captured);
  const fail = (kind: FrameFailure['kind'], message: string): Result<Frame, FrameFailure> =>
    failed({ kind, message, edges: (edges ?? captured.edges).length });

  const [first] = edges ?? [];
  if (edges === undefined) return fail('corrupt-frame', 'its response is distorted');
  if (first === undefined) return fail('no-answer', 'no signal at all');
  const lost = Math.floor((first - captured.call - FIRST_BIT) / ZERO_BIT + 0.5);
  if (lost < 0) return fail('corrupt-frame', 'its first bit comes too early');
  if (lost > MOST_LOST || edges.length <= BITS - lost) return fail('short-frame', 'bits are missing');
  if (edges.length !== BITS - lost + 1 && edges.length !== BITS_WITH_DUMMIES - lost + 1)
    return fail('corrupt-frame', 'it has more bits than a frame');

  const bits = bitsBetween(edges.slice(0, BITS - lost + 1));
  if (bits === undefined) return fail('corrupt-frame', 'a bit is neither a zero nor a one');
  const bytes = bytesOf([...Array.from({ length: lost }, () => 0), ...bits]);
  const [a, b, c, d, checksum] = bytes;
  const frame = { bytes, restoredBits: lost };
  if (((a + b + c + d) & 0xff) === checksum) return success(frame);
  return failed({ kind: 'checksum', message: 'its checksum is wrong', edges: edges.length, frame });
}

/** The edges from the first bit on; undefined when what comes before is not one response. */
function withoutResponse({ call, edges }: Captured): readonly number[] | undefined {
  const early = edges.filter((edge) => edge - call < RESPONSE_END);
  const [response] = early;
  if (response === undefined) return edges;
  const rest = edges.slice(1);
  const duration = (rest[0] ?? Number.NaN) - response;
  if (early.length > 1 || duration < SHORTEST_RESPONSE || duration > LONGEST_RESPONSE) return undefined;
  return rest;
}

function bitsBetween(edges: readonly number[]): number[] | undefined {
  const bits = edges.slice(1).map((edge, index) => bitOf(edge - (edges[index] ?? 0)));
  return bits.every((bit) => bit !== undefined) ? bits : undefined;
}

function bitOf(duration: number): number | undefined {
  if (duration >= ZERO.shortest && duration <= ZERO.longest) return 0;
  if (duration >= ONE.shortest && duration <= ONE.longest) return 1;
  return undefined;
}

function bytesOf(bits: readonly number[]): Frame['bytes'] {
  const byte = (index: number): number =>
    bits.slice(index * 8, index * 8 + 8).reduce((value, bit) => value * 2 + bit, 0);
  return [byte(0), byte(1), byte(2), byte(3), byte(4)];
}
