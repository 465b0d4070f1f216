import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectJpeg } from '../../../src/camera';
import { drawTestPicture } from '../../../src/camera/test-picture';
import { createShrinker, findShrinker } from '../../../src/station/views/shrinker';
import { createThumbnails } from '../../../src/station/views/thumbnails';
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

  it('get made once, one at a time, and survive a restart', async () => {
    let [made, atOnce, mostAtOnce] = [0, 0, 0];
    station = await TestStation.start({
      shrinker: shrinkerOf(async (from, to) => {
        mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
        assert.equal((await readFile(from)).length, 1000);
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
    await thumbnails.find('new', '');
    assert.equal((await readdir(folder)).length, 2000);
    // All but one are used again.
    const names = (await readdir(folder)).map((file) => file.replace('.jpg', ''));
    for (const name of names) if (name !== '777') await thumbnails.find(name, '');
    await thumbnails.find('newer', '');
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
      shrinkerOf((from) => {
        tried.push(from);
        return Promise.reject(new Error('no picture'));
      }),
    );
    for (let index = 0; index < 2000; index += 1) await thumbnails.find(`${index}`, `${index}`);
    await thumbnails.find('0', '0');
    assert.equal(tried.length, 2000);
    await thumbnails.find('2000', '2000');
    await thumbnails.find('0', '0');
    assert.deepEqual(tried.slice(2000), ['2000', '0']);
  });

  it('stop being made where the process that makes them ends each time', async () => {
    const program = join(await mkdtemp(join(tmpdir(), 'station-shrink-')), 'crash.cjs');
    await writeFile(program, "process.on('message', () => process.kill(process.pid, 'SIGILL'));");
    const shrinker = createShrinker(program);
    for (let round = 0; round < 3; round += 1)
      await assert.rejects(shrinker.shrink('a', 'b'), /No thumbnail/);
    await assert.rejects(shrinker.shrink('a', 'b'), /ends each time/);
    station = await TestStation.start({ shrinker });
    const id = await send(picture(1));
    assert.deepEqual((await thumbnail(id)).body, picture(1));
    await rm(join(program, '..'), { recursive: true });
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

function shrinkerOf(shrink: (picture: string, thumbnail: string) => Promise<void>) {
  return { shrink, close: () => undefined };
}
