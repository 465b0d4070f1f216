/** JPEG (ITU-T T.81, annex B). */
import { skip, take, type HeaderListener, type ImageSize, type Step, type Walk } from './walk';

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const NUMBER_OF_LINES = 0xdc;
const START_OF_IMAGE = 0xd8;

/** SOF2, 6, 10 and 14: T.81, table B.1. */
const PROGRESSIVE: readonly number[] = [0xc2, 0xc6, 0xca, 0xce];

/** A frame header has at most four components in what decoders read, with three bytes each: T.81, B.2.2. */
const MOST_COMPONENTS = 4;
const BEFORE_COMPONENTS = 6;

/** The bytes of a coefficient, of which there is one for each sample: decoders keep those of all scans until the last. */
const COEFFICIENT_BYTES = 2;

/** Pictures for printing have four components, and are not read at a smaller size: libvips keeps half of their pixels. */
const CMYK_BYTES = 2;

interface Frame extends ImageSize {
  readonly isProgressive: boolean;
  readonly components: number;
  /** Samples of all components for each pixel: 3 without subsampling, 1.5 with the usual one. */
  readonly samples: number;
}

/**
 * Walks to the end of the first image. What cameras write behind that is not looked at: padding of motion JPEG, the
 * further images of MPF, the trailers and films of phones.
 */
export function* walkJpeg(report: HeaderListener): Walk {
  yield* skip(2);
  let frame: Frame | undefined;
  let scanned: number | undefined;
  const tell = () => {
    if (frame && scanned !== undefined && isSized(frame)) report(headerOf(frame, scanned));
  };
  for (;;) {
    const marker = yield* nextMarker();
    if (marker === END_OF_IMAGE) return frame !== undefined && isSized(frame) && scanned !== undefined;
    if (standsAlone(marker)) continue;
    const left = (yield* take(2)).readUInt16BE() - 2;
    if (left < 0) return false;
    if (isFrameHeader(marker)) {
      if (left < 5) return false;
      frame = yield* takeFrame(marker, left);
    } else if (marker === NUMBER_OF_LINES) {
      // A height of 0 comes behind the first scan: T.81, B.2.5.
      if (left < 2) return false;
      const height = (yield* take(2)).readUInt16BE();
      if (frame) frame = { ...frame, height };
      tell();
      yield* skip(left - 2);
    } else if (marker === START_OF_SCAN && scanned === undefined && left > 0) {
      scanned = (yield* take(1)).readUInt8();
      tell();
      yield* skip(left - 1);
    } else yield* skip(left);
  }
}

function isSized({ width, height }: ImageSize): boolean {
  return width > 0 && height > 0;
}

/** @param scanned the components of the first scan: where it has not all of them, others follow */
function headerOf({ width, height, isProgressive, components, samples }: Frame, scanned: number) {
  const pixels = width * height;
  const hasFurtherScans = isProgressive || scanned < components;
  if (hasFurtherScans) return { width, height, heldBytes: Math.ceil(pixels * samples) * COEFFICIENT_BYTES };
  return { width, height, heldBytes: components < MOST_COMPONENTS ? 0 : pixels * CMYK_BYTES };
}

function* takeFrame(marker: number, left: number): Generator<Step, Frame, Buffer> {
  const content = yield* take(Math.min(left, BEFORE_COMPONENTS + 3 * MOST_COMPONENTS));
  yield* skip(left - content.length);
  const components = content.length < BEFORE_COMPONENTS ? MOST_COMPONENTS : content.readUInt8(5);
  return {
    width: content.readUInt16BE(3),
    height: content.readUInt16BE(1),
    isProgressive: PROGRESSIVE.includes(marker),
    components,
    samples: samplesOf(content, components),
  };
}

/** What a pixel has on average where each component has its own share of rows and columns: T.81, A.1.1. */
function samplesOf(content: Buffer, components: number): number {
  if (components > MOST_COMPONENTS || content.length < BEFORE_COMPONENTS + 3 * components)
    return MOST_COMPONENTS;
  const factors = Array.from({ length: components }, (_, index) =>
    content.readUInt8(BEFORE_COMPONENTS + 3 * index + 1),
  );
  const [horizontal, vertical] = [factors.map((factor) => factor >> 4), factors.map((factor) => factor & 15)];
  const all = Math.max(1, ...horizontal) * Math.max(1, ...vertical);
  return factors.reduce((sum, factor) => sum + ((factor >> 4) * (factor & 15)) / all, 0);
}

function* nextMarker(): Generator<Step, number, Buffer> {
  return (yield { kind: 'marker' }).readUInt8();
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), which share their range: T.81, table B.1. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** TEM and SOI carry no length: T.81, table B.1. Restart markers are part of the compressed data. */
function standsAlone(marker: number): boolean {
  return marker === 0x01 || marker === START_OF_IMAGE;
}
