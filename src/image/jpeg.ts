/** JPEG (ITU-T T.81, annex B). */
import { skip, take, type SizeListener, type Step, type Walk } from './walk';

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const NUMBER_OF_LINES = 0xdc;
const START_OF_IMAGE = 0xd8;

/**
 * Walks to the end of the first image. What cameras write behind that is not looked at: padding of motion JPEG, the
 * further images of MPF, the trailers and films of phones.
 */
export function* walkJpeg(report: SizeListener): Walk {
  yield* skip(2);
  let [width, height] = [0, 0];
  let hasScan = false;
  for (;;) {
    const marker = yield* nextMarker();
    if (marker === END_OF_IMAGE) return width > 0 && height > 0 && hasScan;
    if (standsAlone(marker)) continue;
    const left = (yield* take(2)).readUInt16BE() - 2;
    if (left < 0) return false;
    const isFrame = isFrameHeader(marker);
    if (!isFrame && marker !== NUMBER_OF_LINES) {
      hasScan ||= marker === START_OF_SCAN;
      yield* skip(left);
      continue;
    }
    const size = isFrame ? 5 : 2;
    if (left < size) return false;
    const content = yield* take(size);
    // A height of 0 comes behind the first scan: T.81, B.2.5.
    height = content.readUInt16BE(size - (isFrame ? 4 : 2));
    if (isFrame) width = content.readUInt16BE(3);
    if (width > 0 && height > 0) report({ width, height });
    yield* skip(left - size);
  }
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
