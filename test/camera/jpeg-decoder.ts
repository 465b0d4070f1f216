/**
 * A decoder for the simplest JPEG files (ITU-T T.81): baseline, three components without subsampling, one scan. It
 * knows nothing of the encoder: tables and sizes come from the file alone.
 */
import assert from 'node:assert/strict';

export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** Luminance and two chrominances at a place, not rounded. */
  readonly at: (x: number, y: number) => [number, number, number];
}

interface Component {
  quantisers: number;
  dc: number;
  ac: number;
}

/** The place of each coefficient in the order of the file: T.81, figure A.6, walked along its diagonals. */
const PLACES = Array.from({ length: 64 }, (_, index) => index).toSorted((a, b) => {
  const [diagonalA, diagonalB] = [(a >> 3) + (a & 7), (b >> 3) + (b & 7)];
  if (diagonalA !== diagonalB) return diagonalA - diagonalB;
  return diagonalA % 2 === 0 ? (a & 7) - (b & 7) : (a >> 3) - (b >> 3);
});

/** Decodes `file`, and fails where it breaks a rule or where anything is missing or left over. */
export function decodeJpeg(file: Buffer): DecodedPicture {
  const quantisers = new Map<number, Buffer>();
  const codes = new Map<number, Map<string, number>>();
  const components: Component[] = [];
  let [width, height] = [0, 0];
  let offset = 2;
  for (let marker = 0; marker !== 0xda;) {
    assert.equal(file[offset], 0xff);
    marker = file[offset + 1] ?? 0;
    const body = file.subarray(offset + 4, offset + 2 + file.readUInt16BE(offset + 2));
    offset += 4 + body.length;
    if (marker === 0xdb)
      for (let at = 0; at < body.length; at += 65)
        quantisers.set(body.readUInt8(at), body.subarray(at + 1, at + 65));
    if (marker === 0xc4) readCodes(body, codes);
    if (marker === 0xc0) {
      [height, width] = [body.readUInt16BE(1), body.readUInt16BE(3)];
      for (let at = 6; at < body.length; at += 3)
        components.push({ quantisers: body.readUInt8(at + 2), dc: 0, ac: 0 });
    }
    if (marker === 0xda) {
      components.forEach((component, index) => {
        const selectors = body.readUInt8(2 + 2 * index);
        Object.assign(component, { dc: selectors >> 4, ac: 0x10 | (selectors & 15) });
      });
    }
  }
  const bits = bitsOf(file.subarray(offset, -2));
  const across = Math.ceil(width / 8);
  const last = components.map(() => 0);
  const blocks = Array.from({ length: across * Math.ceil(height / 8) }, () =>
    components.map((component, index) => {
      const block = readBlock(bits, codes.get(component.dc), codes.get(component.ac));
      last[index] = block[0] = (block[0] ?? 0) + (last[index] ?? 0);
      return block.map(
        (value, place) => value * (quantisers.get(component.quantisers)?.[PLACES.indexOf(place)] ?? 0),
      );
    }),
  );
  bits.assertEnd();
  const at = (x: number, y: number): [number, number, number] => {
    const block = blocks[(y >> 3) * across + (x >> 3)] ?? [];
    const [luma = 0, blue = 0, red = 0] = block.map((coefficients) => sampleOf(coefficients, x & 7, y & 7));
    return [luma, blue, red];
  };
  return { width, height, at };
}

function readCodes(body: Buffer, codes: Map<number, Map<string, number>>): void {
  for (let at = 0; at < body.length;) {
    const table = new Map<string, number>();
    let values = at + 17;
    let code = 0;
    for (let length = 1; length <= 16; length += 1) {
      for (let count = body.readUInt8(at + length); count > 0; count -= 1) {
        assert.ok(code < 2 ** length - 1, 'a code of ones only');
        table.set(code.toString(2).padStart(length, '0'), body.readUInt8(values));
        values += 1;
        code += 1;
      }
      code *= 2;
    }
    codes.set(body.readUInt8(at), table);
    at = values;
  }
}

function bitsOf(data: Buffer) {
  const bytes: number[] = [];
  for (let index = 0; index < data.length; index += 1) {
    bytes.push(data.readUInt8(index));
    if (data[index] === 0xff) assert.equal(data[(index += 1)], 0, 'a marker between the blocks');
  }
  let position = 0;
  const take = () => {
    assert.ok(position < bytes.length * 8, 'the blocks have no end');
    const bit = ((bytes[position >> 3] ?? 0) >> (7 - (position & 7))) & 1;
    position += 1;
    return String(bit);
  };
  return {
    take,
    assertEnd: () => {
      assert.ok(bytes.length * 8 - position < 8, 'something is left behind the last block');
      while (position < bytes.length * 8) assert.equal(take(), '1');
    },
  };
}

/** The 64 quantised coefficients of a block, by their places; the first one is a difference. */
function readBlock(
  { take }: ReturnType<typeof bitsOf>,
  dc: Map<string, number> | undefined,
  ac: Map<string, number> | undefined,
): number[] {
  const symbol = (table: Map<string, number> | undefined) => {
    let code = '';
    for (;;) {
      code += take();
      assert.ok(code.length <= 16, 'no such code');
      const value = table?.get(code);
      if (value !== undefined) return value;
    }
  };
  const number = (length: number) => {
    if (length === 0) return 0;
    const digits = Array.from({ length }, take).join('');
    const value = Number.parseInt(digits, 2);
    return digits.startsWith('1') ? value : value - 2 ** length + 1;
  };
  const block = Array.from({ length: 64 }, () => 0);
  block[0] = number(symbol(dc));
  for (let index = 1; index < 64; index += 1) {
    const code = symbol(ac);
    if (code === 0) break;
    index += code >> 4;
    assert.ok(index < 64, 'a coefficient beyond the block');
    block[PLACES[index] ?? 0] = number(code & 15);
  }
  return block;
}

function basis(frequency: number, place: number): number {
  return (frequency === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * place + 1) * frequency * Math.PI) / 16);
}

/** The inverse transform at one place: T.81, A.3.3. */
function sampleOf(coefficients: readonly number[], x: number, y: number): number {
  let sum = 0;
  coefficients.forEach((value, place) => {
    if (value !== 0) sum += value * basis(place & 7, x) * basis(place >> 3, y);
  });
  return sum / 4 + 128;
}
