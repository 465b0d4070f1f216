/**
 * Judges a picture by its content: whether it is one whole JPEG, and how large it says it is.
 */

/** What some bytes are. `cut` begins as a JPEG and is not complete; `other` never was one. */
export type JpegVerdict =
  | { readonly kind: 'complete'; readonly width: number; readonly height: number }
  | { readonly kind: 'empty' | 'cut' | 'other' };

interface Size {
  readonly width: number;
  readonly height: number;
}

// Marker codes and segment layout: ITU-T T.81, Annex B.
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share their range: T.81, table B.1. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** TEM and the restart markers carry no length: T.81, table B.1. */
function standsAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/**
 * Looks at the whole of `bytes`: begins FF D8, has a frame header with a size and a scan, ends FF D9.
 *
 * The headers are walked through, because a picture that was cut right behind an embedded thumbnail begins and ends
 * like a whole one. Never throws, whatever the bytes are.
 */
export function inspectJpeg(bytes: Uint8Array): JpegVerdict {
  if (bytes.length === 0) return { kind: 'empty' };
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) return { kind: 'other' };
  const headers = readHeaders(bytes);
  const ended = bytes.at(-2) === 0xff && bytes.at(-1) === END_OF_IMAGE;
  if (headers === undefined || !ended || headers.scanOffset > bytes.length - 2) return { kind: 'cut' };
  return { kind: 'complete', width: headers.width, height: headers.height };
}

/** The picture's size, and where the first scan's data begin; `undefined` where the bytes end or break before that. */
function readHeaders(bytes: Uint8Array): (Size & { readonly scanOffset: number }) | undefined {
  let size: Size | undefined;
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    if (bytes[offset] !== 0xff) return undefined;
    const marker = bytes[offset + 1] ?? 0;
    if (marker === 0xff) {
      offset += 1; // a fill byte: T.81, B.1.1.2
    } else if (standsAlone(marker)) {
      offset += 2;
    } else {
      const length = uint16(bytes, offset + 2);
      const next = offset + 2 + length;
      if (marker === END_OF_IMAGE || length < 2) return undefined;
      if (isFrameHeader(marker))
        size = { height: uint16(bytes, offset + 5), width: uint16(bytes, offset + 7) };
      if (marker === START_OF_SCAN) return isUsable(size) ? { ...size, scanOffset: next } : undefined;
      offset = next;
    }
  }
  return undefined;
}

function isUsable(size: Size | undefined): size is Size {
  return size !== undefined && size.width > 0 && size.height > 0;
}

function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 256 + (bytes[offset + 1] ?? 0);
}
