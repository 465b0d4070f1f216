import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  openEmbeddedStore,
  type NewColumn,
  type StagedPicture,
  type Store,
} from '../../../src/station/store';
import { readUntil } from '../../support/waiting';
import { keepStorageThread, NOW, picture } from '../support/index';

/** Each picture as the value of one field, at a time of its own. */
function columnOf(pictures: readonly StagedPicture[]): NewColumn {
  const files = pictures.map(({ id, bytes }) => ({ id, bytes, type: 'image/jpeg' }));
  const times = pictures.map((_, index) => NOW + index);
  return { kind: 'sensor', name: 'rpi', field: 'cam1', type: 'image', times, values: files };
}

describe('A commit of the store that fails', () => {
  keepStorageThread();
  let place: string;
  let store: Store;

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-commit-'));
    store = openEmbeddedStore({
      folder: place,
      now: () => NOW,
      isClockSet: () => true,
      uptime: () => ({ boot: 'boot', ms: NOW }),
      schedule: () => () => {},
      retention: { ageMs: 86_400_000, bytes: 2 ** 30 },
      report: () => {},
      onExpired: () => {},
      onRecovered: () => {},
    });
  });
  afterEach(async () => {
    await store.close();
    await rm(place, { recursive: true });
  });

  async function stage(number: number): Promise<StagedPicture> {
    const received = store.receivePicture();
    await received.write(picture(number));
    const staged = await received.finish();
    assert(staged.ok);
    return staged.value;
  }

  it('deletes its pictures, except those that an earlier measurement names', async () => {
    const named = await stage(1);
    assert((await store.append([columnOf([named])], [named])).ok);
    const pictures = [await stage(1), await stage(2), await stage(3)];
    // So that the third cannot get its final name.
    await rm(join(place, 'pictures', pictures[2]?.file ?? ''));
    assert.equal((await store.append([columnOf(pictures)], pictures)).ok, false);
    const files = await readUntil(
      'the picture that no measurement names to be deleted',
      () => readdir(join(place, 'pictures')),
      (found) => found.length === 1,
    );
    assert.deepEqual(files, [named.id]);
  });
});
