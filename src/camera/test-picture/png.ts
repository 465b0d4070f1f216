/** A PNG encoder (W3C, third edition) for drawings: eight bits for each of red, green and blue, rows without a filter. */
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import type { Colour, Drawing } from '../jpeg';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Eight bits, truecolour, and the only methods of compression, filtering and interlacing: 11.2.1. */
const HEADER_END = [8, 2, 0, 0, 0];

const compress = promisify(deflate);

/**
 * Encodes `drawing`, one row at a time with a pause for the rest of the process in between.
 * @returns the file, or `undefined` where `signal` was aborted
 */
export async function encodePng(drawing: Drawing, signal: AbortSignal): Promise<Buffer | undefined> {
  const { width, height, colourAt } = drawing;
  const bytesPerRow = 1 + width * 3;
  const rows = Buffer.alloc(bytesPerRow * height);
  for (let y = 0; y < height; y += 1) {
    await setImmediate();
    if (signal.aborted) return undefined;
    for (let x = 0; x < width; x += 1) {
      const at = y * bytesPerRow + 1 + x * 3;
      rgbOf(colourAt(x, y)).forEach((value, index) => (rows[at + index] = value));
    }
  }
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  const header = Buffer.concat([size, Buffer.from(HEADER_END)]);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', await compress(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}

/** Conversion to red, green and blue, 0 to 255 each: JFIF 1.02, "Color space". */
function rgbOf([y, cb, cr]: Colour): number[] {
  const blue = cb - 128;
  const red = cr - 128;
  const values = [y + 1.402 * red, y - 0.344_14 * blue - 0.714_14 * red, y + 1.772 * blue];
  return values.map((value) => Math.min(Math.max(Math.round(value), 0), 255));
}
