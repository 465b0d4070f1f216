import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { createImageFolder, imagesOf } from '../../src/outbox/images';
import { kind, value } from './support';

const IMAGES = [1, 2, 3].map((number) => ({
  field: `image ${number}`,
  bytes: new Uint8Array(10).fill(number),
}));

describe('folder of images', () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'images-'));
    folder = join(parent, 'images');
  });

  afterEach(async () => {
    mock.restoreAll();
    await rm(parent, { recursive: true, force: true });
  });

  it('leaves no image of a reading behind where one of them cannot be written', async () => {
    const rename = promises.rename.bind(promises);
    let count = 0;
    mock.method(promises, 'rename', async (from: string, to: string) => {
      count += 1;
      if (count === 3) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      await rename(from, to);
    });
    const images = createImageFolder(folder);
    assert.equal(await kind(images.store(IMAGES)), 'full');
    assert.deepEqual(await readdir(folder), []);
    assert.equal((await value(images.store(IMAGES))).length, 3);
  });

  it('sweeps what no item names, but nothing of its own run', async () => {
    const [named, unnamed] = await value(createImageFolder(folder).store(IMAGES));
    const images = createImageFolder(folder);
    const [own] = await value(images.store(IMAGES.slice(0, 1)));
    await images.sweep(new Set([named?.file ?? '']));
    assert.deepEqual((await readdir(folder)).toSorted(), [named?.file, own?.file].toSorted());
    assert.equal(unnamed && (await kind(images.read(unnamed))), 'damaged');
  });

  it('finds an image damaged of which a byte is another, or of which there are more', async () => {
    const images = createImageFolder(folder);
    const [stored] = await value(images.store(IMAGES));
    assert(stored);
    const file = join(folder, stored.file);
    const bytes = await readFile(file);
    assert.deepEqual(await value(images.read(stored)), bytes);
    await writeFile(file, Buffer.concat([bytes.subarray(1), Buffer.from([9])]));
    assert.equal(await kind(images.read(stored)), 'damaged');
    await writeFile(file, Buffer.concat([bytes, bytes]));
    assert.equal(await kind(images.read(stored)), 'damaged');
  });

  it('takes the names of images from a sound text alone', () => {
    assert.deepEqual([imagesOf(''), imagesOf('[{"fie'), imagesOf('[]')], [[], [], []]);
  });
});
