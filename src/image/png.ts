/** PNG (W3C, third edition, 5 and 11.2). */
import { skip, take, type HeaderListener, type Walk } from './walk';

const SUM_BYTES = 4;
const HEADER_BYTES = 13;

/** The channels of each colour type once it is unpacked, each with an alpha channel, which a later chunk may bring. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 2, 2: 4, 3: 4, 4: 2, 6: 4 };

export function* walkPng(report: HeaderListener): Walk {
  yield* skip(8);
  const first = yield* take(8);
  if (first.toString('latin1', 4) !== 'IHDR' || first.readUInt32BE() !== HEADER_BYTES) return false;
  const header = yield* take(HEADER_BYTES);
  const [width, height] = [header.readUInt32BE(), header.readUInt32BE(4)];
  if (width === 0 || height === 0) return false;
  report({ width, height, heldBytes: heldBytesOf(header, width * height) });
  yield* skip(SUM_BYTES);
  for (let hasData = false; ;) {
    const chunk = yield* take(8);
    const type = chunk.toString('latin1', 4);
    if (!/^[A-Za-z]{4}$/.test(type)) return false;
    yield* skip(chunk.readUInt32BE() + SUM_BYTES);
    if (type === 'IEND') return hasData;
    hasData ||= type === 'IDAT';
  }
}

/** An interlaced picture comes in seven passes over all of its rows. */
function heldBytesOf(header: Buffer, pixels: number): number {
  const [depth, colourType, interlace] = [header.readUInt8(8), header.readUInt8(9), header.readUInt8(12)];
  return interlace === 0 ? 0 : pixels * (CHANNELS[colourType] ?? 4) * (depth > 8 ? 2 : 1);
}
