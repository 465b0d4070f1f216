import type { Random } from '../../support/random';
import { withChecksum } from '../frames';
import type { Values } from './place';

/** Five bytes. */
export type Frame = readonly number[];

const tenths = (value: number) => Math.round(value * 10);

/** A DHT22's frame: both values in tenths, the temperature as sign and magnitude. */
export function frameOf({ temperature, humidity }: Values): Frame {
  const [damp, warm] = [tenths(humidity), tenths(temperature)];
  const coded = warm < 0 ? 0x8000 - warm : warm;
  return withChecksum(damp >> 8, damp & 0xff, coded >> 8, coded & 0xff);
}

const wordsOf = ([a = 0, b = 0, c = 0, d = 0]: Frame) => [a * 256 + b, c * 256 + d] as const;

function ofWords(damp: number, warm: number): Frame {
  return withChecksum((damp >> 8) & 0xff, damp & 0xff, (warm >> 8) & 0xff, warm & 0xff);
}

/** Makes a wrong answer with a sound checksum of a right one; `earlier` are the right ones before, the newest last. */
export type Glitch = (right: Frame, random: Random, earlier: readonly Frame[]) => Frame;

/** What has been seen in reports and recordings of sensors that sent wrong values. */
export const GLITCHES: Readonly<Record<string, Glitch>> = {
  'a bit flipped': (right, random) => {
    const [damp, warm] = wordsOf(right);
    const bit = random.integer(0, 31);
    return bit < 16 ? ofWords(damp ^ (1 << bit), warm) : ofWords(damp, warm ^ (1 << (bit - 16)));
  },
  doubled: (right) => {
    const [damp, warm] = wordsOf(right);
    return ofWords(damp * 2, warm * 2);
  },
  halved: (right) => {
    const [damp, warm] = wordsOf(right);
    return ofWords(damp >> 1, warm >> 1);
  },
  'an old value': (right, random, earlier) => earlier.at(-random.integer(2, 20)) ?? right,
  '60 °C and 90 %': () => frameOf({ temperature: 60, humidity: 90 }),
  zeros: () => withChecksum(0, 0, 0, 0),
  'all ones': () => withChecksum(0xff, 0xff, 0xff, 0xff),
  'saturated humidity': (right) => ofWords(999, wordsOf(right)[1]),
  'humidity of a dead element': (right, random) => ofWords(random.pick(0, 1, 10), wordsOf(right)[1]),
  "another sensor's values": (_, random) =>
    frameOf({ temperature: random.integer(-100, 400) / 10, humidity: random.integer(200, 950) / 10 }),
  "a DHT11's frame": (_, random) => withChecksum(random.integer(20, 90), 0, random.integer(0, 50), 0),
};

/** One of the kinds. */
export function drawGlitch(random: Random): Glitch {
  const kinds = Object.values(GLITCHES);
  const glitch = kinds[random.integer(0, kinds.length - 1)];
  if (glitch === undefined) throw new Error('there is no such glitch');
  return glitch;
}
