import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectJpeg } from '../../../src/camera';
import { drawTestPicture } from '../../../src/camera/test-picture';
import { createShrinker, findShrinker } from '../../../src/station/views/shrinker';
import { createThumbnails, type Shrinker } from '../../../src/station/views/thumbnails';
import { pngOf } from '../../support/pictures';
import { readUntil } from '../../support/waiting';
import { keepStorageThread, NEVER, NOW, picture, sha1, TestStation } from '../support/index';

describe("The station's thumbnails", () => {
  keepStorageThread();
  let station: TestStation;
  afterEach(() => station.close());

  const send = async (bytes: Buffer, time = NOW): Promise<string> => {
    await station.deliver('rpi', time, {}, { cam1: bytes });
    return sha1(bytes);
  };
  const thumbnail = async (id: string) => {
    const answer = await fetch(`${station.url}/pictures/${id}/thumbnail`);
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };

  it('fall back to the full pictures where nothing can make them', async () => {
    station = await TestStation.start({ shrinker: undefined });
    const id = await send(picture(1));
    assert.deepEqual(await thumbnail(id), { status: 200, type: 'image/jpeg', body: picture(1) });
  });

  it('fall back to a placeholder where the full picture has more than 16 million pixels, or even 70', async () => {
    station = await TestStation.start({ shrinker: undefined });
    const sides: readonly (readonly [side: number, type: RegExp])[] = [
      [4000, /^image\/png$/],
      [4001, /^image\/svg\+xml/],
      [12_000, /^image\/svg\+xml/],
    ];
    for (const [index, [side, expected]] of sides.entries()) {
      const id = await send(pngOf({ width: side, height: side }), NOW + index);
      const { type, body } = await thumbnail(id);
      assert.match(type ?? '', expected);
      if (type !== 'image/png') assert.match(String(body), new RegExp(`>${side} × ${side}<.*>\\d+ kB<`));
    }
  });

  it('fall back to the full picture where a decoder would have to hold too much of it at once', async () => {
    const asked: number[] = [];
    station = await TestStation.start({
      shrinker: shrinkerOf(({ pixels }, to) => {
        asked.push(pixels);
        return writeFile(to, 'small');
      }),
    });
    // Of the largest one, the picture itself has too many pixels for a gallery.
    const sides = [
      [5792, /^image\/jpeg$/],
      [5793, /^image\/svg\+xml/],
    ] as const;
    for (const [index, [side, type]] of sides.entries())
      assert.match((await thumbnail(await send(interlaced(side), NOW + index))).type ?? '', type);
    assert.deepEqual(asked, [5792 ** 2]);
    // 8 bytes for each pixel.
    const deep = interlaced(3000);
    deep.set([16, 6], 24);
    const id = await send(deep, NOW + 2);
    assert.deepEqual(await thumbnail(id), { status: 200, type: 'image/png', body: deep });
    assert.deepEqual(asked, [5792 ** 2]);
  });

  it('get made once, one at a time, and survive a restart', async () => {
    let [made, atOnce, mostAtOnce] = [0, 0, 0];
    station = await TestStation.start({
      shrinker: shrinkerOf(async ({ file }, to) => {
        mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
        assert.equal((await readFile(file)).length, 1000);
        await writeFile(to, `small ${(made += 1)}`);
        atOnce -= 1;
      }),
    });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await send(picture(index), NOW + index));
    const first = await Promise.all([...ids, ...ids].map(async (id) => String((await thumbnail(id)).body)));
    assert.deepEqual(first.slice(5), first.slice(0, 5));
    assert.deepEqual([made, mostAtOnce], [5, 1]);
    await station.reopen();
    assert.deepEqual(
      await Promise.all(ids.map(async (id) => String((await thumbnail(id)).body))),
      first.slice(0, 5),
    );
    assert.equal(made, 5);
  });

  it('fall back to the full picture where making one failed, which is tried once', async () => {
    let tries = 0;
    station = await TestStation.start({
      shrinker: shrinkerOf(async (_, to) => {
        tries += 1;
        await writeFile(to, 'half');
        throw new Error('no picture');
      }),
    });
    const id = await send(picture(1));
    for (let round = 0; round < 2; round += 1) assert.deepEqual((await thumbnail(id)).body, picture(1));
    assert.equal(tries, 1);
    assert.deepEqual(await readdir(join(station.folder, 'thumbnails')), []);
  });

  it('disappear with their pictures', async () => {
    let now = NOW;
    const tasks: (() => void)[] = [];
    station = await TestStation.start({
      now: () => now,
      uptime: () => ({ boot: 'boot', ms: now }),
      schedule: (_ms, task) => {
        tasks.push(task);
        return () => {};
      },
      shrinker: shrinkerOf((_, to) => writeFile(to, 'small')),
    });
    const id = await send(picture(1));
    assert.equal(String((await thumbnail(id)).body), 'small');
    now += 400 * 86_400_000;
    tasks.length = 0;
    await station.reopen();
    // A minute later a round of retention begins.
    for (const task of tasks.splice(0)) task();
    await readUntil(
      'the picture to be deleted',
      async () => (await thumbnail(id)).status,
      (status) => status === 404,
    );
    await readUntil(
      'the thumbnail to be deleted',
      () => readdir(join(station.folder, 'thumbnails')),
      (files) => files.length === 0,
    );
  });

  it('leave no unfinished file of an earlier run behind', async () => {
    station = await TestStation.start({ shrinker: shrinkerOf((_, to) => writeFile(to, 'small')) });
    const folder = join(station.folder, 'thumbnails');
    const id = await send(picture(1));
    await thumbnail(id);
    await station.reopen(() => writeFile(join(folder, 'unfinished.tmp'), 'half'));
    await thumbnail(id);
    assert.deepEqual(await readdir(folder), [`${id}.jpg`]);
  });

  it('number 2000 at most, of which the least recently used goes first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'station-thumbnails-'));
    for (let index = 0; index < 1999; index += 1) await writeFile(join(folder, `${index}.jpg`), '');
    const thumbnails = createThumbnails(
      folder,
      shrinkerOf((_, to) => writeFile(to, 'small')),
    );
    await thumbnails.find('new', NO_PICTURE);
    assert.equal((await readdir(folder)).length, 2000);
    // All but one are used again.
    const names = (await readdir(folder)).map((file) => file.replace('.jpg', ''));
    for (const name of names) if (name !== '777') await thumbnails.find(name, NO_PICTURE);
    await thumbnails.find('newer', NO_PICTURE);
    const files = await readdir(folder);
    assert.deepEqual(
      [files.length, files.includes('777.jpg'), files.includes('newer.jpg')],
      [2000, false, true],
    );
    await rm(folder, { recursive: true });
  });

  it('that could not be made get tried again after 2000 others that could not either', async () => {
    const tried: string[] = [];
    const thumbnails = createThumbnails(
      join(await mkdtemp(join(tmpdir(), 'station-thumbnails-')), 'none'),
      shrinkerOf(({ file }) => {
        tried.push(file);
        return Promise.reject(new Error('no picture'));
      }),
    );
    for (let index = 0; index < 2000; index += 1) await thumbnails.find(`${index}`, pictureIn(`${index}`));
    await thumbnails.find('0', pictureIn('0'));
    assert.equal(tried.length, 2000);
    await thumbnails.find('2000', pictureIn('2000'));
    await thumbnails.find('0', pictureIn('0'));
    assert.deepEqual(tried.slice(2000), ['2000', '0']);
  });

  it('stop being made where the process that makes them ends each time', async () => {
    const program = join(await mkdtemp(join(tmpdir(), 'station-shrink-')), 'crash.cjs');
    await writeFile(program, "process.on('message', () => process.kill(process.pid, 'SIGILL'));");
    const shrinker = createShrinker(program);
    for (let round = 0; round < 3; round += 1)
      await assert.rejects(shrinker.shrink(NO_PICTURE, 'b'), /No thumbnail/);
    await assert.rejects(shrinker.shrink(NO_PICTURE, 'b'), /ends each time/);
    station = await TestStation.start({ shrinker });
    const id = await send(picture(1));
    assert.deepEqual((await thumbnail(id)).body, picture(1));
    await rm(join(program, '..'), { recursive: true });
  });

  it('come from a process of which the kernel knows that it goes first, with a small heap', async function () {
    if (process.platform !== 'linux') return this.skip();
    const program = join(await mkdtemp(join(tmpdir(), 'station-shrink-')), 'tell.cjs');
    await writeFile(
      program,
      `const { readFileSync, writeFileSync } = require('node:fs');
      process.on('message', ({ thumbnail }) => {
        const heap = require('node:v8').getHeapStatistics().heap_size_limit / 2 ** 20;
        const score = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'));
        writeFileSync(thumbnail, JSON.stringify({ heap, score }));
        process.send('ready');
        process.send('made');
      });`,
    );
    const shrinker = createShrinker(program);
    const told = join(program, '../told');
    await shrinker.shrink(NO_PICTURE, told);
    const { heap, score }: { heap: number; score: number } = JSON.parse(await readFile(told, 'utf8'));
    shrinker.close();
    assert.equal(score, 1000);
    assert(heap < 150, `${heap} MB`);
    await rm(join(program, '..'), { recursive: true });
    return undefined;
  });

  it('go on after pictures that ended the process each time', async () => {
    const program = join(await mkdtemp(join(tmpdir(), 'station-shrink-')), 'crash.cjs');
    await writeFile(
      program,
      `process.send('ready');
      process.on('message', ({ picture }) => picture.file === 'good' ? process.send('made') : process.exit(1));`,
    );
    const shrinker = createShrinker(program);
    for (let round = 0; round < 5; round += 1)
      await assert.rejects(shrinker.shrink(pictureIn('bad'), 'b'), /No thumbnail/);
    await shrinker.shrink(pictureIn('good'), 'b');
    shrinker.close();
    await rm(join(program, '..'), { recursive: true });
  });

  it('come from sharp of each kind of picture, and of none that has more pixels than it said', async function () {
    const shrinker = findShrinker();
    if (!shrinker) return this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'station-kinds-'));
    const [file, small] = [join(folder, 'picture'), join(folder, 'small')];
    const size = { width: 1200, height: 900 };
    const pixels = size.width * size.height;
    for (const [name, kind] of Object.entries(KINDS)) {
      await kind(sharpOf({ create: { ...size, channels: 3, background: '#336699' } })).toFile(file);
      await shrinker.shrink({ file, pixels }, small);
      assert.deepEqual(
        inspectJpeg(await readFile(small)),
        { kind: 'complete', width: 320, height: 240 },
        name,
      );
      await assert.rejects(shrinker.shrink({ file, pixels: pixels - 1 }, small), /No thumbnail/, name);
    }
    // The process goes on after each of them.
    await writeFile(file, 'no picture');
    await assert.rejects(shrinker.shrink({ file, pixels }, small), /No thumbnail/);
    shrinker.close();
    await rm(folder, { recursive: true });
    return undefined;
  });

  it('come from sharp as a JPEG of 320 × 240 at most, except of pictures too large to unpack', async function () {
    const shrinker = findShrinker();
    station = await TestStation.start({ shrinker });
    if (!shrinker) {
      console.log('      skipped: the optional package sharp is not installed');
      return this.skip();
    }
    const settings = { width: 1280, height: 720, hflip: false, vflip: false, rotation: 0 } as const;
    const large = await drawTestPicture(settings, 85, NOW, NEVER);
    assert(large);
    const { body, type } = await thumbnail(await send(large));
    assert.equal(type, 'image/jpeg');
    assert.deepEqual(inspectJpeg(body), { kind: 'complete', width: 320, height: 180 });
    const bomb = await send(pngOf({ width: 20_000, height: 20_000 }), NOW + 1);
    const placeholder = await thumbnail(bomb);
    assert.match(placeholder.type ?? '', /^image\/svg\+xml/);
    assert.match(String(placeholder.body), />20000 × 20000<.*>\d+ kB</);
    const small = await thumbnail(await send(pngOf({ width: 10, height: 10 }), NOW + 2));
    assert.deepEqual(inspectJpeg(small.body), { kind: 'complete', width: 10, height: 10 });
    return undefined;
  });
});

function shrinkerOf(shrink: Shrinker['shrink']): Shrinker {
  return { shrink, close: () => undefined };
}

/** The part of `sharp` that makes pictures here. */
interface Image {
  readonly png: (options?: object) => Image;
  readonly jpeg: (options?: object) => Image;
  readonly webp: (options?: object) => Image;
  readonly gif: (options?: object) => Image;
  readonly toColourspace: (name: string) => Image;
  readonly ensureAlpha: (alpha: number) => Image;
  readonly withMetadata: (options: object) => Image;
  readonly toFile: (file: string) => Promise<unknown>;
}

/** An interlaced picture needs 2 bytes for each of these grey pixels, and 64 MiB are allowed. */
function interlaced(side: number): Buffer {
  const png = pngOf({ width: side, height: side });
  png.writeUInt8(1, 28);
  return png;
}

/** Loaded only where it is installed. */
function sharpOf(options: object): Image {
  const sharp: (options: object) => Image = require('sharp');
  return sharp(options);
}

const KINDS: Readonly<Record<string, (image: Image) => Image>> = {
  'JPEG, baseline': (image) => image.jpeg(),
  'JPEG, progressive': (image) => image.jpeg({ progressive: true }),
  'JPEG, progressive, CMYK': (image) => image.toColourspace('cmyk').jpeg({ progressive: true }),
  'JPEG, upside down': (image) => image.withMetadata({ orientation: 3 }).jpeg(),
  PNG: (image) => image.png(),
  'PNG, interlaced': (image) => image.png({ progressive: true }),
  'PNG, interlaced, 16 bits, alpha': (image) =>
    image.ensureAlpha(0.5).toColourspace('rgb16').png({ progressive: true }),
  GIF: (image) => image.gif(),
  WebP: (image) => image.webp(),
  'WebP, alpha': (image) => image.ensureAlpha(0.5).webp(),
  'WebP, lossless': (image) => image.webp({ lossless: true }),
};

const pictureIn = (file: string) => ({ file, pixels: 1 });
const NO_PICTURE = pictureIn('none');
