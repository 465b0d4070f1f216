import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { success } from '../../../src/result';
import type { StagedPicture } from '../../../src/station/store';
import { createPictureFolder, type PictureFolder } from '../../../src/station/store/embedded/picture-folder';
import { JPEG, sha1 } from '../support/index';

/** Receives a picture completely. */
async function stage(folder: PictureFolder): Promise<StagedPicture> {
  const writer = folder.receive();
  await writer.write(JPEG);
  const staged = await writer.finish();
  assert(staged.ok);
  return staged.value;
}

const commitRows = async () => success({ unused: [] });

describe('The folder of pictures', () => {
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-pictures-'));
  });
  afterEach(() => rm(place, { recursive: true }));

  it('keeps a picture whose last row an earlier transaction has deleted just when it is committed again', async () => {
    const folder = createPictureFolder(join(place, 'pictures'));
    const committed = await folder.commit([await stage(folder)], new Map(), commitRows);
    assert(committed.ok);
    // The outcome of the earlier transaction arrives together with that of the commit.
    await folder.remove([sha1(JPEG)]);
    assert.deepEqual(await readdir(join(place, 'pictures')), [sha1(JPEG)]);
  });

  it('deletes nothing once it is closed, because another station may be using the folder', async () => {
    const folder = createPictureFolder(join(place, 'pictures'));
    await folder.commit([await stage(folder)], new Map(), commitRows);
    await new Promise(setImmediate);
    folder.close();
    await folder.remove([sha1(JPEG)]);
    assert.deepEqual(await readdir(join(place, 'pictures')), [sha1(JPEG)]);
  });
});
