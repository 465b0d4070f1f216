/**
 * A baseline JPEG encoder (ITU-T T.81) for drawings: YCbCr without subsampling, 8 × 8 pixels at a time, so that no
 * picture ever lies in memory as pixels. Blocks of one colour, most of a drawing, are done without arithmetic.
 */
import { setImmediate } from 'node:timers/promises';
import { quantiserScale } from './quality';
import {
  CHROMINANCE_AC,
  CHROMINANCE_DC,
  CHROMINANCE_QUANTISERS,
  LUMINANCE_AC,
  LUMINANCE_DC,
  LUMINANCE_QUANTISERS,
  ZIGZAG,
  type HuffmanTable,
} from './tables';

/** A colour as JPEG counts: luminance and two chrominances, 0 to 255 each. */
export type Colour = readonly [y: number, cb: number, cr: number];

/** A drawing, pixel by pixel. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** The colour at a place, the same array for the same colour. */
  readonly colourAt: (x: number, y: number) => Colour;
}

/** Conversion from red, green and blue, 0 to 255 each: JFIF 1.02, "Color space". */
export function colour(red: number, green: number, blue: number): Colour {
  return [
    0.299 * red + 0.587 * green + 0.114 * blue,
    128 - 0.168_74 * red - 0.331_26 * green + 0.5 * blue,
    128 + 0.5 * red - 0.418_69 * green - 0.081_31 * blue,
  ];
}

/**
 * Encodes `drawing`, one row of blocks at a time with a pause for the rest of the process in between.
 * @param quality 1 to 100
 * @param comment ASCII text for the file's comment
 * @returns the file, or `undefined` where `signal` was aborted
 */
export async function encodeJpeg(
  drawing: Drawing,
  quality: number,
  comment: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const planes = planesAt(quality);
  const bits = createBitWriter();
  for (let top = 0; top < drawing.height; top += 8) {
    await setImmediate();
    if (signal.aborted) return undefined;
    for (let left = 0; left < drawing.width; left += 8)
      encodeBlock(blockAt(drawing, left, top), planes, bits);
  }
  return Buffer.concat([headers(drawing, planes, comment), bits.end(), Buffer.from([0xff, 0xd9])]);
}

/** One of the three colour planes: its tables, and the last block's mean, from which the next one's is counted. */
interface Plane {
  readonly quantisers: readonly number[];
  readonly dcCodes: readonly Code[];
  readonly acCodes: readonly Code[];
  lastDc: number;
}

function planesAt(quality: number): [Plane, Plane, Plane] {
  const scaled = (base: readonly number[]) =>
    base.map((value) => Math.min(Math.max(Math.floor((value * quantiserScale(quality) + 50) / 100), 1), 255));
  const plane = (quantisers: readonly number[], dc: HuffmanTable, ac: HuffmanTable): Plane => {
    return { quantisers: scaled(quantisers), dcCodes: codesOf(dc), acCodes: codesOf(ac), lastDc: 0 };
  };
  return [
    plane(LUMINANCE_QUANTISERS, LUMINANCE_DC, LUMINANCE_AC),
    plane(CHROMINANCE_QUANTISERS, CHROMINANCE_DC, CHROMINANCE_AC),
    plane(CHROMINANCE_QUANTISERS, CHROMINANCE_DC, CHROMINANCE_AC),
  ];
}

/** The 64 colours of a block; beyond the edge, the drawing's last ones are repeated. */
function blockAt({ width, height, colourAt }: Drawing, left: number, top: number): Colour[] {
  const block: Colour[] = [];
  for (let y = top; y < top + 8; y += 1) {
    for (let x = left; x < left + 8; x += 1)
      block.push(colourAt(Math.min(x, width - 1), Math.min(y, height - 1)));
  }
  return block;
}

function encodeBlock(block: readonly Colour[], planes: readonly Plane[], bits: BitWriter): void {
  const isFlat = block.every((pixel) => pixel === block[0]);
  planes.forEach((plane, index) => {
    const samples = (isFlat ? block.slice(0, 1) : block).map((pixel) => (pixel[index] ?? 0) - 128);
    writeCoefficients(isFlat ? [(samples[0] ?? 0) * 8] : transform(samples), plane, bits);
  });
}

/** cos((2x + 1)uπ/16) / 2, with the factor 1/√2 where u is 0: T.81, A.3.3. Index 8u + x. */
const COSINES = Array.from({ length: 64 }, (_, index) => {
  const [u, x] = [index >> 3, index & 7];
  return (Math.cos(((2 * x + 1) * u * Math.PI) / 16) / 2) * (u === 0 ? Math.SQRT1_2 : 1);
});

/** The discrete cosine transform of 64 samples: along the rows, then along the columns. */
function transform(samples: readonly number[]): number[] {
  return alongRows(alongRows(samples));
}

/** Transforms each row, and gives rows as columns. */
function alongRows(values: readonly number[]): number[] {
  return Array.from({ length: 64 }, (_, index) => {
    const [u, row] = [index >> 3, index & 7];
    let sum = 0;
    for (let x = 0; x < 8; x += 1) sum += (values[8 * row + x] ?? 0) * (COSINES[8 * u + x] ?? 0);
    return sum;
  });
}

/** Quantises and writes a block: T.81, F.1.2. What `coefficients` lacks is zero. */
function writeCoefficients(coefficients: readonly number[], plane: Plane, bits: BitWriter): void {
  const quantised = (place: number) =>
    Math.round((coefficients[place] ?? 0) / (plane.quantisers[place] ?? 1));
  const dc = quantised(0);
  writeNumber(dc - plane.lastDc, 0, plane.dcCodes, bits);
  plane.lastDc = dc;
  let zeros = 0;
  for (const place of coefficients.length === 1 ? [] : ZIGZAG.slice(1)) {
    const value = quantised(place);
    if (value === 0) {
      zeros += 1;
    } else {
      for (; zeros > 15; zeros -= 16) bits.write(plane.acCodes[0xf0]);
      writeNumber(value, zeros, plane.acCodes, bits);
      zeros = 0;
    }
  }
  if (zeros > 0 || coefficients.length === 1) bits.write(plane.acCodes[0]);
}

/** A Huffman code for the number of zeros before it and of its bits, then the bits; negative ones count from below. */
function writeNumber(value: number, zeros: number, codes: readonly Code[], bits: BitWriter): void {
  const length = value === 0 ? 0 : 32 - Math.clz32(Math.abs(value));
  bits.write(codes[zeros * 16 + length]);
  bits.write({ length, bits: value < 0 ? value + 2 ** length - 1 : value });
}

/** Some bits to write, the first one in the highest place. */
interface Code {
  readonly length: number;
  readonly bits: number;
}

/** The code of each value: T.81, C.2. */
function codesOf({ counts, values }: HuffmanTable): Code[] {
  const codes: Code[] = [];
  let bits = 0;
  let next = 0;
  for (const [index, count] of counts.entries()) {
    for (const value of values.subarray(next, next + count)) {
      codes[value] = { length: index + 1, bits };
      bits += 1;
    }
    next += count;
    bits *= 2;
  }
  return codes;
}

interface BitWriter {
  readonly write: (code: Code | undefined) => void;
  /** The bytes written, the last one filled up with ones. */
  readonly end: () => Buffer;
}

function createBitWriter(): BitWriter {
  let buffer = Buffer.alloc(65_536);
  let length = 0;
  let pending = 0;
  let pendingLength = 0;
  const writeByte = (byte: number) => {
    if (length + 2 > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
    buffer[length++] = byte;
    if (byte === 0xff) buffer[length++] = 0; // so that it is no marker: T.81, F.1.2.3
  };
  const write = (code: Code = { length: 0, bits: 0 }) => {
    pending = (pending << code.length) | code.bits;
    pendingLength += code.length;
    for (; pendingLength >= 8; pendingLength -= 8) writeByte((pending >> (pendingLength - 8)) & 0xff);
    pending &= (1 << pendingLength) - 1;
  };
  return {
    write,
    end: () => {
      write({ length: 7, bits: 0x7f });
      return buffer.subarray(0, length);
    },
  };
}

/** Everything before the first block: T.81, B.2, and JFIF 1.02 for APP0. */
function headers(
  { width, height }: Drawing,
  [luminance, chrominance]: readonly [Plane, Plane, Plane],
  comment: string,
): Buffer {
  const zigzagged = ({ quantisers }: Plane) => ZIGZAG.map((place) => quantisers[place] ?? 1);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, 0, 0]),
    segment(0xfe, [...Buffer.from(comment, 'latin1')]),
    segment(0xdb, [0, ...zigzagged(luminance), 1, ...zigzagged(chrominance)]),
    segment(0xc0, [8, ...uint16(height), ...uint16(width), 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]),
    segment(0xc4, [...huffman(0x00, LUMINANCE_DC), ...huffman(0x10, LUMINANCE_AC)]),
    segment(0xc4, [...huffman(0x01, CHROMINANCE_DC), ...huffman(0x11, CHROMINANCE_AC)]),
    segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]);
}

function huffman(id: number, { counts, values }: HuffmanTable): number[] {
  return [id, ...counts, ...values];
}

function segment(marker: number, body: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...uint16(body.length + 2), ...body]);
}

function uint16(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
