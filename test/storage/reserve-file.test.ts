import assert from 'node:assert/strict';
import fs from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { createReserveFile, reservePathOf } from '../../src/storage/reserve-file';

const MEGABYTE = 2 ** 20;

describe('reserve file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reserve-'));
    file = reservePathOf(join(folder, 'notes.sqlite'));
  });

  afterEach(async () => {
    mock.restoreAll();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes 1 MB until it is released, and can be restored then', async () => {
    const reserve = createReserveFile(file);
    assert.equal(reserve.release(), false);
    assert.equal(reserve.restore(), true);
    assert.equal((await stat(file)).size, MEGABYTE);
    assert.equal(reserve.release(), true);
    assert.deepEqual(await readdir(folder), []);
    assert.equal(reserve.release(), false);
    assert.equal(reserve.restore(), true);
    assert.deepEqual(await readdir(folder), ['notes.sqlite.ballast']);
  });

  it('takes a deleted folder for no full disk', async () => {
    const reserve = createReserveFile(file);
    await rm(folder, { recursive: true });
    assert.equal(reserve.restore(), true);
    assert.equal(reserve.release(), false);
    await mkdir(folder);
    assert.equal(reserve.restore(), true);
    assert.deepEqual(await readdir(folder), ['notes.sqlite.ballast']);
  });

  it('finds the file of an earlier run', () => {
    createReserveFile(file).restore();
    assert.equal(createReserveFile(file).release(), true);
  });

  for (const [how, lose] of [
    ['deleted', (path: string) => fs.rmSync(path)],
    ['emptied', (path: string) => fs.truncateSync(path)],
  ] as const) {
    it(`has no room to give where others have ${how} the file, and makes it anew once it is looked for`, async () => {
      const reserve = createReserveFile(file);
      reserve.restore();
      lose(file);
      assert.equal(reserve.release(), false);
      reserve.restore();
      lose(file);
      reserve.refresh();
      assert.equal(reserve.restore(), true);
      assert.equal((await stat(file)).size, MEGABYTE);
    });
  }

  it('needs as much free room again beside the file', () => {
    let free = 2 * MEGABYTE - 1;
    mock.method(fs, 'statfsSync', () => ({ bavail: free, bsize: 1 }));
    const reserve = createReserveFile(file);
    assert.equal(reserve.restore(), false);
    free += 1;
    assert.equal(reserve.restore(), true);
  });

  it('leaves nothing behind where the disk turns out to be full', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const failing = mock.method(fs, 'fsyncSync', () => {
      throw full;
    });
    const reserve = createReserveFile(file);
    assert.equal(reserve.restore(), false);
    assert.deepEqual(await readdir(folder), []);
    failing.mock.restore();
    assert.equal(reserve.restore(), true);
  });
});
