/** WebP (RFC 9649, 2). */
import { skip, take, type HeaderListener, type ImageHeader, type ImageSize, type Walk } from './walk';

/** The bytes of each chunk that tell the image's size. */
const SIZE_BYTES: Readonly<Record<string, number>> = { VP8X: 10, 'VP8 ': 10, VP8L: 5 };

export function* walkWebp(report: HeaderListener): Walk {
  const head = yield* take(12);
  let left = head.readUInt32LE(4) - 4;
  let hasSize = false;
  let hasImage = false;
  while (left >= 8) {
    const chunk = yield* take(8);
    const type = chunk.toString('latin1', 0, 4);
    const bytes = chunk.readUInt32LE(4);
    const padded = bytes + (bytes % 2);
    left -= 8 + padded;
    const count = SIZE_BYTES[type] ?? 0;
    if (left < 0 || bytes < count) return false;
    const content = yield* take(count);
    // The first of them holds for the whole file.
    if (count > 0 && !hasSize) {
      report(headerOf(type, content));
      hasSize = true;
    }
    hasImage ||= type === 'VP8 ' || type === 'VP8L' || type === 'ANMF';
    yield* skip(padded - count);
  }
  yield* skip(Math.max(left, 0));
  return hasSize && hasImage;
}

function headerOf(type: string, content: Buffer): ImageHeader {
  const size = sizeOf(type, content);
  return { ...size, heldBytes: size.width * size.height * heldBytesPerPixel(type, content) };
}

/**
 * Only plain lossy pictures come row by row. Lossless ones, and those with an alpha plane, refer to pixels anywhere before
 * (4 bytes) and are long; images of an animation are drawn over those before them.
 */
function heldBytesPerPixel(type: string, content: Buffer): number {
  if (type === 'VP8 ') return 0;
  const isAnimation = type === 'VP8X' && (content.readUInt8() & 2) !== 0;
  return isAnimation ? 8 : 6;
}

function sizeOf(type: string, content: Buffer): ImageSize {
  if (type === 'VP8X') return { width: content.readUIntLE(4, 3) + 1, height: content.readUIntLE(7, 3) + 1 };
  if (type === 'VP8L') {
    const bits = content.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return { width: content.readUInt16LE(6) & 0x3fff, height: content.readUInt16LE(8) & 0x3fff };
}
