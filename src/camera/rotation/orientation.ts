/**
 * The orientation in a JPEG's EXIF data (Exif 2.32, 4.6.4; TIFF 6.0, section 2): viewers turn the picture, and its pixels
 * stay as they are, so that nothing is lost.
 */

/** How a viewer must turn the picture, clockwise, in degrees, as tag 0x0112 has it. */
const ORIENTATIONS = { 90: 6, 270: 8 } as const;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

const EXIF_HEADER = Buffer.from('Exif\0\0', 'latin1');
const START_OF_IMAGE_BYTES = 2;
const APP0 = 0xe0;
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
/** A segment's length has 16 bits and counts itself. */
const LONGEST_SEGMENT = 65_535;

/**
 * The whole JPEG `picture` with this turn in its EXIF data; all other data stays.
 * @returns `undefined` where its EXIF data leaves no room for one more tag
 */
export function withOrientation(picture: Buffer, degrees: 90 | 270): Buffer | undefined {
  const { exif, insertAt } = findExif(picture);
  const orientation = ORIENTATIONS[degrees];
  const tiff = exif === undefined ? undefined : oriented(picture.subarray(exif.begin, exif.end), orientation);
  const segment = exifSegment(tiff ?? freshTiff(orientation));
  if (segment === undefined) return undefined;
  const [before, behind] =
    exif === undefined ? [insertAt, insertAt] : [exif.begin - EXIF_HEADER.length - 4, exif.end];
  return Buffer.concat([picture.subarray(0, before), segment, picture.subarray(behind)]);
}

interface Found {
  /** Where the TIFF data of the EXIF segment begins and ends. */
  readonly exif: { readonly begin: number; readonly end: number } | undefined;
  /** Where a new segment belongs: behind the start, and behind JFIF's own segment. */
  readonly insertAt: number;
}

function findExif(picture: Buffer): Found {
  let insertAt = START_OF_IMAGE_BYTES;
  let offset = START_OF_IMAGE_BYTES;
  while (offset + 4 <= picture.length && picture[offset] === 0xff) {
    const marker = picture[offset + 1];
    if (marker === 0xff) {
      offset += 1; // a fill byte, any number of which may stand before a marker
      continue;
    }
    const end = offset + 2 + picture.readUInt16BE(offset + 2);
    if (marker === START_OF_SCAN) break;
    if (marker === APP0 && offset === START_OF_IMAGE_BYTES) insertAt = end;
    const begin = offset + 4 + EXIF_HEADER.length;
    if (marker === APP1 && end >= begin && picture.subarray(offset + 4, begin).equals(EXIF_HEADER))
      return { exif: { begin, end }, insertAt };
    offset = end;
  }
  return { exif: undefined, insertAt };
}

function exifSegment(tiff: Buffer): Buffer | undefined {
  const length = 2 + EXIF_HEADER.length + tiff.length;
  if (length > LONGEST_SEGMENT) return undefined;
  return Buffer.concat([Buffer.from([0xff, APP1, length >> 8, length & 0xff]), EXIF_HEADER, tiff]);
}

/** EXIF data with the orientation alone; big-endian. */
function freshTiff(orientation: number): Buffer {
  return Buffer.concat([
    Buffer.from('MM\0\u002A\0\0\0\u0008', 'latin1'),
    directory([], 0, orientation, false),
  ]);
}

/** EXIF data with this orientation; `undefined` where it is damaged. */
function oriented(tiff: Buffer, orientation: number): Buffer | undefined {
  const order = tiff.toString('latin1', 0, 2);
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return undefined;
  const isLittle = order === 'II';
  const uint16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const uint32 = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const begin = uint32(4);
  if (begin + 2 > tiff.length) return undefined;
  const end = begin + 2 + uint16(begin) * ENTRY_BYTES;
  if (end + 4 > tiff.length) return undefined;
  const entries: Buffer[] = [];
  for (let at = begin + 2; at < end; at += ENTRY_BYTES)
    if (uint16(at) !== ORIENTATION_TAG) entries.push(tiff.subarray(at, at + ENTRY_BYTES));
  // A new directory at the end: what entries point at is counted from the beginning, and nothing else moves.
  const padding = Buffer.alloc(tiff.length % 2);
  const copy = Buffer.from(tiff);
  const place = tiff.length + padding.length;
  if (isLittle) copy.writeUInt32LE(place, 4);
  else copy.writeUInt32BE(place, 4);
  return Buffer.concat([copy, padding, directory(entries, uint32(end), orientation, isLittle)]);
}

/** A directory of these entries and the orientation, in order of their tags. */
function directory(entries: readonly Buffer[], next: number, orientation: number, isLittle: boolean): Buffer {
  const own = Buffer.alloc(ENTRY_BYTES);
  const [count, following] = [Buffer.alloc(2), Buffer.alloc(4)];
  const uint16 = (buffer: Buffer, value: number, at = 0) =>
    isLittle ? buffer.writeUInt16LE(value, at) : buffer.writeUInt16BE(value, at);
  const uint32 = (buffer: Buffer, value: number, at = 0) =>
    isLittle ? buffer.writeUInt32LE(value, at) : buffer.writeUInt32BE(value, at);
  uint16(own, ORIENTATION_TAG);
  uint16(own, SHORT, 2);
  uint32(own, 1, 4);
  uint16(own, orientation, 8);
  uint16(count, entries.length + 1);
  uint32(following, next);
  const tagOf = (entry: Buffer) => (isLittle ? entry.readUInt16LE() : entry.readUInt16BE());
  return Buffer.concat([count, ...[...entries, own].toSorted((a, b) => tagOf(a) - tagOf(b)), following]);
}
