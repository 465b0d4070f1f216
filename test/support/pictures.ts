/** Pictures built byte by byte, as the formats' own documents have them: nothing here knows the code that inspects them. */
import { crc32, deflateSync } from 'node:zlib';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A PNG of one colour: small however many pixels it has. @param dataChunks how many chunks its data are in */
export function pngOf({ width, height }: Size, dataChunks = 1): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.alloc(1), Buffer.alloc(Math.ceil(width / 8), 0xff)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const part = Math.ceil(pixels.length / dataChunks);
  const parts = Array.from({ length: dataChunks }, (_, index) =>
    pngChunk('IDAT', pixels.subarray(index * part, (index + 1) * part)),
  );
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('tEXt', Buffer.from('Comment\0IEND')),
    ...parts,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

export interface JpegParts extends Size {
  /** The compressed data of each scan, before zeros are stuffed behind its FFs. */
  readonly scans: readonly Uint8Array[];
  /** A picture within the picture, as cameras put one into Exif. */
  readonly thumbnail: Uint8Array;
  /** FFs before each marker. */
  readonly fill: number;
  /** Whether the height comes behind the first scan, in a DNL segment. */
  readonly isHeightLate: boolean;
}

/** The parts of a JPEG in their order; no decoder would find an image in its data. */
export function jpegOf({ width, height, scans, thumbnail, fill, isHeightLate }: JpegParts): Buffer {
  const marker = (code: number) => Buffer.from([...Array.from({ length: fill }, () => 0xff), 0xff, code]);
  const segment = (code: number, ...content: readonly Uint8Array[]) => {
    const bytes = Buffer.concat(content);
    return Buffer.concat([marker(code), twoBytes(bytes.length + 2), bytes]);
  };
  const frame = Buffer.concat([
    Buffer.from([8]),
    twoBytes(isHeightLate ? 0 : height),
    twoBytes(width),
    Buffer.from([1, 1, 0x11, 0]),
  ]);
  const scan = (data: Uint8Array, index: number) => [
    segment(0xda, Buffer.from([1, 1, 0, 0, 0x3f, 0])),
    Buffer.from([...data].flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte]))),
    // A restart marker belongs to the data.
    Buffer.from([0xff, 0xd0 + (index % 8), 0x55]),
    ...(isHeightLate && index === 0 ? [segment(0xdc, twoBytes(height))] : []),
  ];
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe1, Buffer.from('Exif\0\0'), thumbnail),
    segment(0xc2, frame),
    ...scans.flatMap(scan),
    marker(0xd9),
  ]);
}

function twoBytes(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

/** A GIF of some images, each with these data. */
export function gifOf({ width, height }: Size, images: readonly Uint8Array[], hasTable: boolean): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  const table = hasTable ? Buffer.alloc(3 * 4, 0x3b) : Buffer.alloc(0);
  const flags = hasTable ? 0x81 : 0;
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    Buffer.from([flags, 0, 0]),
    table,
    ...images.flatMap((data) => [
      Buffer.from([0x21, 0xf9, 4, 0, 0, 0, 0, 0]),
      Buffer.from([0x2c, 0, 0, 0, 0]),
      size,
      Buffer.from([flags]),
      table,
      Buffer.from([2]),
      ...gifBlocks(data),
    ]),
    Buffer.from([0x3b]),
  ]);
}

function gifBlocks(data: Uint8Array): readonly Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.from([block.length]), Buffer.from(block));
  }
  return [...blocks, Buffer.from([0])];
}

/** A WebP of one of the three kinds: lossy, lossless, or extended with metadata. */
export function webpOf({ width, height }: Size, kind: 'lossy' | 'lossless' | 'extended', data: Uint8Array) {
  const lossy = Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a, 0, 0, 0, 0]), data]);
  lossy.writeUInt16LE(width, 6);
  lossy.writeUInt16LE(height, 8);
  const lossless = Buffer.concat([Buffer.from([0x2f, 0, 0, 0, 0]), data]);
  lossless.writeUInt32LE(width - 1 + (height - 1) * 2 ** 14, 1);
  const extended = Buffer.alloc(10);
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  const chunks = {
    lossy: [webpChunk('VP8 ', lossy)],
    lossless: [webpChunk('VP8L', lossless)],
    extended: [webpChunk('VP8X', extended), webpChunk('VP8 ', lossy), webpChunk('EXIF', data)],
  }[kind];
  const content = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  return webpChunk('RIFF', content);
}

function webpChunk(type: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([Buffer.from(type), length, content, Buffer.alloc(content.length % 2)]);
}
