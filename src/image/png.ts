/** PNG (W3C, third edition, 5 and 11.2). */
import { skip, take, type SizeListener, type Walk } from './walk';

const SUM_BYTES = 4;
const HEADER_BYTES = 13;

export function* walkPng(report: SizeListener): Walk {
  yield* skip(8);
  const first = yield* take(8);
  if (first.toString('latin1', 4) !== 'IHDR' || first.readUInt32BE() !== HEADER_BYTES) return false;
  const header = yield* take(HEADER_BYTES);
  const [width, height] = [header.readUInt32BE(), header.readUInt32BE(4)];
  if (width === 0 || height === 0) return false;
  report({ width, height });
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
