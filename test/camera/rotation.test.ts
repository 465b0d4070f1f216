import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import sharp = require('sharp');
import { findRotator, withOrientation } from '../../src/camera/rotation';
import { createRotator } from '../../src/camera/rotation/rotator';
import { inspectImage } from '../../src/image';
import { capture, createMachine, kindOf, messageOf, pictureOf, testPicture, type Machine } from './support';

const rotator = findRotator();

/** The pixels of a picture as another library decodes them, turned as its EXIF data say. */
async function seen(picture: Buffer) {
  const { data, info } = await sharp(picture)
    .autoOrient()
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)];
  return { width: info.width, height: info.height, at };
}

type Seen = Awaited<ReturnType<typeof seen>>;

/** Where the pixel at a place of `turned` was before a turn clockwise. */
function placeBefore(degrees: 90 | 270, { width, height }: Seen, x: number, y: number): [number, number] {
  return degrees === 90 ? [y, width - 1 - x] : [height - 1 - y, x];
}

/** Asserts that `turned` shows what `plain` does, turned; compression blurs edges. @param misses how many places may differ */
function assertTurned(plain: Seen, turned: Seen, degrees: 90 | 270, misses: number): void {
  assert.deepEqual([turned.width, turned.height], [plain.height, plain.width]);
  const different: string[] = [];
  for (let y = 4; y < turned.height; y += 37) {
    for (let x = 4; x < turned.width; x += 37) {
      const [own, expected] = [turned.at(x, y), plain.at(...placeBefore(degrees, turned, x, y))];
      const isNear = own.every((value, index) => Math.abs(value - (expected[index] ?? 0)) < 12);
      if (!isNear) different.push(`${String(own)} instead of ${String(expected)} at ${x}, ${y}`);
    }
  }
  assert(different.length <= misses, different.join('; '));
}

describe('camera: a quarter turn', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine({ now: () => 1_777_777_777_123 });
  });
  afterEach(() => machine.remove());

  const picture = async (rotation: 0 | 90 | 270, format: 'jpeg' | 'png', environment = machine.environment) =>
    pictureOf(await testPicture({ rotation, format, quality: 95, hflip: true }, environment));

  for (const degrees of [90, 270] as const) {
    it(`by ${degrees}° lies in the EXIF data where there is no library for it, and loses nothing`, async () => {
      const [plain, turned] = [await picture(0, 'jpeg'), await picture(degrees, 'jpeg')];
      assertTurned(await seen(plain.bytes), await seen(turned.bytes), degrees, 0);
      assert.deepEqual([turned.width, turned.height], [320, 240]);
      assert.equal(inspectImage(turned.bytes).kind, 'complete');
    });

    it(`by ${degrees}° is done by sharp where it is installed, in JPEG and PNG`, async () => {
      const environment = { ...machine.environment, rotator };
      for (const format of ['jpeg', 'png'] as const) {
        const [plain, turned] = [await picture(0, format), await picture(degrees, format, environment)];
        const { orientation = 1 } = await sharp(turned.bytes).metadata();
        assert.equal(orientation, 1);
        assert.deepEqual([turned.width, turned.height], [240, 320]);
        assertTurned(await seen(plain.bytes), await seen(turned.bytes), degrees, format === 'png' ? 0 : 3);
        assert.equal(inspectImage(turned.bytes).kind, 'complete');
      }
    });
  }

  it('keeps the EXIF data of the camera program either way', async () => {
    const file = machine.path('picture.jpg');
    const plain = await picture(0, 'jpeg');
    const tags = { IFD0: { Artist: 'Ann', Orientation: '1' }, IFD2: { ExposureTime: '1/50' } };
    writeFileSync(file, await sharp(plain.bytes).withExifMerge(tags).jpeg().toBuffer());
    machine.install('rpicam-still', `cat ${file}`);
    for (const environment of [machine.environment, { ...machine.environment, rotator }]) {
      const { bytes } = pictureOf(await capture({ rotation: 90 }, environment));
      const { exif, orientation } = await sharp(bytes).metadata();
      assert(exif?.includes('Ann'));
      assert.equal(orientation, environment.rotator ? 1 : 6);
    }
  });

  it('of a PNG is refused before anything is started where there is no library for it', async () => {
    machine.install('rpicam-still', machine.recordArguments);
    const result = await capture({ rotation: 90, format: 'png' }, machine.environment);
    assert.equal(kindOf(result), 'invalid-settings');
    assert.match(messageOf(result), /npm install sharp/);
    assert.deepEqual(machine.runs(), []);
  });

  it('falls back to the EXIF data where the library fails', async () => {
    const failing = { ...machine.environment, rotator: async () => undefined };
    const { bytes } = await picture(90, 'jpeg', failing);
    assert.equal((await sharp(bytes).metadata()).orientation, 6);
    const png = await testPicture({ rotation: 90, format: 'png' }, failing);
    assert.equal(kindOf(png), 'invalid-settings');
  });

  /** What ends the process that turns pictures before and after it has loaded its library, and what comes of it. */
  const broken: readonly (readonly [string, starts: number])[] = [
    ["process.send({ kind: 'unloadable' })", 1],
    ["process.kill(process.pid, 'SIGILL')", 1],
    ["process.kill(process.pid, 'SIGKILL')", 2],
    ["process.send({ kind: 'loaded' }, () => process.kill(process.pid, 'SIGSEGV'))", 2],
  ];
  for (const [script, starts] of broken) {
    it(`falls back to the EXIF data, and tries ${starts === 1 ? 'never again' : 'anew'} after ${script}`, async () => {
      const [program, log] = [machine.path('process.js'), machine.path('started')];
      writeFileSync(program, `require('node:fs').appendFileSync(${JSON.stringify(log)}, 'x'); ${script};`);
      const environment = { ...machine.environment, rotator: createRotator(program) };
      for (const _ of [1, 2]) {
        const { bytes } = await picture(90, 'jpeg', environment);
        assert.equal((await sharp(bytes).metadata()).orientation, 6);
      }
      assert.equal(readFileSync(log, 'utf8').length, starts);
      const png = messageOf(await testPicture({ rotation: 90, format: 'png' }, environment));
      assert.match(
        png,
        starts === 1 ? /is installed and cannot be loaded: .*npm install sharp/ : /cannot be turned/,
      );
    });
  }

  it('ends when nobody waits for it any more', async () => {
    const leaving = new AbortController();
    const slow = async (_: unknown, signal: AbortSignal) =>
      new Promise<undefined>((resolve) => {
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
        leaving.abort();
      });
    const environment = { ...machine.environment, rotator: slow };
    const settings = { program: 'test-picture', rotation: 90 } as const;
    assert.equal(kindOf(await capture(settings, environment, leaving.signal)), 'cancelled');
  });
});

const withLength = (marker: number, content: Buffer) => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
};

describe('camera: the orientation in EXIF data', () => {
  let jpeg: Buffer;
  before(async () => {
    jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
  });

  it('replaces what is there, with the bytes of the picture as they were', () => {
    for (const degrees of [90, 270] as const) {
      const once = withOrientation(jpeg, degrees);
      assert(once);
      const twice = withOrientation(once, degrees);
      assert(twice);
      const scan = jpeg.indexOf(Buffer.from([0xff, 0xdb]));
      assert(twice.subarray(twice.indexOf(Buffer.from([0xff, 0xdb]))).equals(jpeg.subarray(scan)));
      assert.equal(twice.toString('latin1').split('Exif\0\0').length, 2);
    }
  });

  it('reads right in either byte order, and leaves every other tag alone', async () => {
    const tags = fc.uniqueArray(fc.constantFrom(0x010e, 0x010f, 0x0112, 0x0131, 0x8298), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(tags, fc.boolean(), fc.boolean(), async (numbers, isLittle, isOdd) => {
        const exif = tiffOf(
          numbers.toSorted((a, b) => a - b),
          isLittle,
          isOdd,
        );
        const own = Buffer.concat([
          jpeg.subarray(0, 2),
          withLength(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif])),
          jpeg.subarray(2),
        ]);
        const turned = withOrientation(own, 270);
        assert(turned);
        const metadata = await sharp(turned).metadata();
        assert.equal(metadata.orientation, 8);
        const others = numbers.filter((tag) => tag !== 0x0112);
        assert.deepEqual(
          tagsIn(metadata.exif ?? Buffer.alloc(0)),
          [...others, 0x0112].toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('finds the EXIF data behind bytes that fill the space before a marker', () => {
    const once = withOrientation(jpeg, 90);
    assert(once);
    const filled = Buffer.concat([once.subarray(0, 2), Buffer.from([0xff, 0xff]), once.subarray(2)]);
    const twice = withOrientation(filled, 270);
    assert.equal(twice?.toString('latin1').split('Exif\0\0').length, 2);
  });

  it('takes the place of EXIF data that is damaged, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (damaged) => {
        const exif = withLength(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), damaged]));
        const turned = withOrientation(Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]), 90);
        assert(turned);
        assert.equal(inspectImage(turned).kind, 'complete');
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (rest) => {
        withOrientation(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe1]), rest]), 90);
      }),
      { numRuns: 200 },
    );
  });

  it('has no place where the EXIF data is as long as it can be', () => {
    const exif = Buffer.concat([
      Buffer.from('Exif\0\0'),
      tiffOf([0x010f], true, false),
      Buffer.alloc(65_480),
    ]);
    const full = Buffer.concat([jpeg.subarray(0, 2), withLength(0xe1, exif), jpeg.subarray(2)]);
    assert.equal(withOrientation(full, 90), undefined);
  });
});

/** EXIF data with these tags, each with a text behind the directory; TIFF 6.0, section 2. */
function tiffOf(tags: readonly number[], isLittle: boolean, isOdd: boolean): Buffer {
  const uint16 = (value: number) => swap(Buffer.from([value >> 8, value & 0xff]), isLittle);
  const uint32 = (value: number) =>
    swap(Buffer.from([value >> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff]), isLittle);
  const text = Buffer.from('a text\0\0');
  const behind = 8 + 2 + tags.length * 12 + 4;
  const entries = tags.map((tag, index) =>
    tag === 0x0112
      ? Buffer.concat([uint16(tag), uint16(3), uint32(1), uint16(1), uint16(0)])
      : Buffer.concat([uint16(tag), uint16(2), uint32(text.length), uint32(behind + index * text.length)]),
  );
  return Buffer.concat([
    Buffer.from(isLittle ? 'II' : 'MM'),
    uint16(42),
    uint32(8),
    uint16(tags.length),
    ...entries,
    uint32(0),
    ...tags.map(() => text),
    Buffer.alloc(isOdd ? 1 : 0),
  ]);
}

function swap(bytes: Buffer, isLittle: boolean): Buffer {
  return isLittle ? Buffer.from(bytes.toReversed()) : bytes;
}

/** The tags of the first directory of EXIF data, as sharp hands it over. */
function tagsIn(exif: Buffer): number[] {
  const tiff = exif.subarray(exif.indexOf('Exif') === 0 ? 6 : 0);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const uint16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const begin = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  return Array.from({ length: uint16(begin) }, (_, index) => uint16(begin + 2 + index * 12));
}

describe('camera: a PNG', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());

  it('of the test picture shows what its JPEG shows', async () => {
    const environment = { ...machine.environment, now: () => 1_777_777_777_123 };
    const [png, jpeg] = [
      await testPicture({ format: 'png', vflip: true }, environment),
      await testPicture({ quality: 100, vflip: true }, environment),
    ].map((result) => pictureOf(result).bytes);
    assert(png && jpeg);
    const [own, other] = [await seen(png), await seen(jpeg)];
    for (let at = 0; at < 230; at += 7) {
      const isNear = own
        .at(at, at)
        .every((value, index) => Math.abs(value - (other.at(at, at)[index] ?? 0)) < 12);
      assert(isNear, `at ${at}`);
    }
  });

  it('comes when asked for in the words of each program, and taken as it comes', async () => {
    machine.connectWebcam('usb-Cam-video-index0');
    const file = machine.path('picture.png');
    writeFileSync(
      file,
      await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    for (const [program, words] of [
      ['rpicam-still', /-e png/],
      ['raspistill', /-e png/],
      ['fswebcam', /--png -1/],
    ] as const) {
      machine.install(program, machine.recordArguments, `cat ${file}`);
      const picture = pictureOf(await capture({ program, format: 'png' }, machine.environment));
      assert.deepEqual([picture.bytes, picture.width, picture.height], [readFileSync(file), 30, 20]);
      const line = machine.runs().at(-1)?.join(' ') ?? '';
      assert.match(line, words);
      assert.doesNotMatch(line, /jpe?g|thumb| -q \d/);
    }
  });

  it('counts only where it is whole, and a PNG', async () => {
    const png = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const given = async (bytes: Buffer) => {
      writeFileSync(machine.path('given'), bytes);
      machine.install('rpicam-still', `cat ${machine.path('given')}`);
      return kindOf(await capture({ format: 'png' }, machine.environment));
    };
    assert.equal(await given(png.subarray(0, -4)), 'cut');
    assert.equal(await given(readFileSync(await machine.pictureFile(64, 48))), 'not-jpeg');
    assert.equal(await given(Buffer.alloc(0)), 'no-picture');
    assert.equal(await given(png), 'picture');
  });

  it('above the maximum size is no picture, and not taken again', async () => {
    const file = machine.path('picture.png');
    writeFileSync(
      file,
      await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    );
    machine.install('rpicam-still', machine.recordArguments, `cat ${file}`);
    const result = await capture({ format: 'png', maxBytes: 10 }, machine.environment);
    assert.equal(kindOf(result), 'too-large');
    assert.match(messageOf(result), /choose the format jpeg/);
    assert.equal(machine.runs().length, 1);
  });
});
