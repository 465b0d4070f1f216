/**
 * What the process that makes thumbnails takes of memory at the most, by the kind of the picture. Needs Linux and sharp. With
 * an argument, only kinds whose names have it.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createImageInspector, type ImageHeader } from '../src/image';
import { MAX_HELD_BYTES, MAX_PIXELS } from '../src/station/views/limits';
import { startModule } from '../src/subprocess';

/** The part of `sharp` that is used here. */
interface Image {
  readonly png: (options?: object) => Image;
  readonly jpeg: (options?: object) => Image;
  readonly webp: (options?: object) => Image;
  readonly gif: (options?: object) => Image;
  readonly toColourspace: (name: string) => Image;
  readonly ensureAlpha: (alpha?: number) => Image;
  readonly toFile: (file: string) => Promise<unknown>;
}

const sharp: (options: object) => Image = require('sharp');

const PROGRAM = resolve(__dirname, '../src/station/views/shrink-process.ts');

/** What usual cameras have, and what shows the largest picture of a kind. */
const USUAL = 12_300_000;

const full = { chromaSubsampling: '4:4:4' };
const KINDS: Readonly<Record<string, (image: Image) => Image>> = {
  'JPEG, baseline': (image) => image.jpeg(),
  'JPEG, baseline, 4:4:4': (image) => image.jpeg(full),
  'JPEG, baseline, CMYK': (image) => image.toColourspace('cmyk').jpeg(full),
  'JPEG, progressive': (image) => image.jpeg({ progressive: true }),
  'JPEG, progressive, 4:4:4': (image) => image.jpeg({ ...full, progressive: true }),
  'JPEG, progressive, CMYK': (image) => image.toColourspace('cmyk').jpeg({ ...full, progressive: true }),
  PNG: (image) => image.png({ compressionLevel: 1 }),
  'PNG, interlaced': (image) => image.png({ compressionLevel: 1, progressive: true }),
  'PNG, interlaced, palette': (image) => image.png({ palette: true, effort: 1, progressive: true }),
  'PNG, interlaced, 16 bits, alpha': (image) =>
    image.ensureAlpha(0.5).toColourspace('rgb16').png({ compressionLevel: 1, progressive: true }),
  GIF: (image) => image.gif({ effort: 1 }),
  WebP: (image) => image.webp({ effort: 0 }),
  'WebP, alpha': (image) => image.ensureAlpha(0.5).webp({ effort: 0 }),
  'WebP, lossless': (image) => image.webp({ lossless: true, effort: 0 }),
};

interface Measured {
  readonly megapixels: number;
  readonly peakMegabytes: number;
  readonly isMade: boolean;
}

async function write(kind: (image: Image) => Image, pixels: number, file: string): Promise<ImageHeader> {
  const [width, height] = [Math.floor(Math.sqrt((pixels * 4) / 3)), Math.floor(Math.sqrt((pixels * 3) / 4))];
  const noise = { type: 'gaussian', mean: 128, sigma: 12 };
  const create = { width, height, channels: 3, background: '#336699', noise };
  await kind(sharp({ create, limitInputPixels: false })).toFile(file);
  const handle = await open(file);
  const inspector = createImageInspector();
  inspector.write((await handle.read(Buffer.alloc(2 ** 16), 0, 2 ** 16, 0)).buffer);
  await handle.close();
  if (!inspector.header) throw new Error(`${file} has no header`);
  return inspector.header;
}

async function peakOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function measure(file: string, { width, height }: ImageHeader): Promise<Measured> {
  const child = startModule(PROGRAM);
  await once(child, 'message');
  const pixels = width * height;
  child.send({ picture: { file, pixels }, thumbnail: `${file}.thumbnail` });
  const [reply]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  const isMade = reply === 'made';
  const peakMegabytes = isMade ? await peakOf(child) : Number.NaN;
  child.kill();
  return { megapixels: pixels / 1e6, peakMegabytes, isMade };
}

function textOf({ megapixels, peakMegabytes, isMade }: Measured): string {
  return `${isMade ? `${peakMegabytes.toFixed(0)} MB` : 'ended'} at ${megapixels.toFixed(1)} million`;
}

async function main(wanted = ''): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sensorpost-thumbnails-'));
  console.log('| kind | held for each pixel | a usual camera | the largest of which a thumbnail is made |');
  console.log('| --- | --- | --- | --- |');
  for (const [name, kind] of Object.entries(KINDS)) {
    if (!name.includes(wanted)) continue;
    const file = join(folder, 'picture');
    const header = await write(kind, USUAL, file);
    const usual = await measure(file, header);
    const each = header.heldBytes / (header.width * header.height);
    const refused = header.heldBytes > MAX_HELD_BYTES ? ', without the bound' : '';
    const most = each === 0 ? MAX_PIXELS : Math.min(MAX_PIXELS, MAX_HELD_BYTES / each);
    const largest = await measure(file, await write(kind, most, file));
    console.log(`| ${name} | ${each.toFixed(0)} bytes | ${textOf(usual)}${refused} | ${textOf(largest)} |`);
  }
  await rm(folder, { recursive: true });
}

void main(process.argv[2]);
