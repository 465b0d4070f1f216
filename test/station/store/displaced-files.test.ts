import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/waiting';
import { errorOf, everything, keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';

describe("The station's files, deleted while it runs", () => {
  keepStorageThread();
  let place: string;
  let station: TestStation;

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-displaced-'));
    station = await TestStation.start({ folder: join(place, 'sensorpost', 'station') });
  });
  afterEach(async () => {
    await station.close();
    await rm(place, { recursive: true, force: true });
  });

  const notices = (kind: string) => station.notices.filter((notice) => notice.kind === kind);

  async function post(index: number): Promise<void> {
    const answer = await station.postJson({ timestamp: NOW - index, data: { temp: index } });
    assert.equal(answer.status, 201, answer.text);
  }

  async function assertKept(count: number): Promise<void> {
    const kept = await everything(station, 'sensor', 'rpi');
    for (let index = 0; index < count; index += 1) assert.equal(kept.get(`temp ${NOW - index}`), index);
  }

  it('keep all readings that were accepted before and after, and the log says it', async () => {
    for (let index = 0; index < 21; index += 1) await post(index);
    await rm(station.folder, { recursive: true });
    for (let index = 21; index < 30; index += 1) await post(index);
    await assertKept(30);
    await station.reopen();
    await assertKept(30);
    assert.equal(notices('displaced-file').length, 1);
  });

  it('keep all readings where nothing arrives until the restart', async () => {
    await post(0);
    await rm(join(place, 'sensorpost'), { recursive: true });
    await until('a notice of the deleted folder', () => notices('displaced-file').length > 0);
    await station.reopen();
    await assertKept(1);
  });

  it('say of each picture whose file is gone that it is, count them in the log, and take new ones at once', async () => {
    const [gone, fresh] = [picture(1), picture(3)];
    await station.deliver('rpi', NOW, {}, { cam1: gone, cam2: picture(2) });
    await rm(join(station.folder, 'pictures'), { recursive: true });
    const answer = await station.fetch(`/pictures/${sha1(gone)}`);
    assert.equal(answer.status, 404);
    assert.match(String(errorOf(answer)), /^The file of this picture is gone/);
    await until('the count of pictures', () => notices('missing-pictures').length > 0);
    assert.match(notices('missing-pictures')[0]?.message ?? '', /^The files of 2 pictures are gone from /);
    await station.deliver('rpi', NOW + 1, {}, { cam1: fresh });
    assert.equal((await station.fetch(`/pictures/${sha1(fresh)}`)).status, 200);
    // Sent again, it is there again.
    await station.deliver('rpi', NOW + 2, {}, { cam1: gone });
    assert.equal((await station.fetch(`/pictures/${sha1(gone)}`)).status, 200);
    await station.reopen();
    await until('the count of pictures after a restart', () => notices('missing-pictures').length > 1);
    assert.match(notices('missing-pictures')[1]?.message ?? '', /^The file of 1 picture is gone from /);
    assert.deepEqual(notices('damaged-picture'), []);
  });

  it('count the pictures that are gone with the folder, and keep their rows', async () => {
    await station.deliver('rpi', NOW, { temp: 0 }, { cam1: picture(1) });
    await rm(station.folder, { recursive: true });
    await post(1);
    await until('the count of pictures', () => notices('missing-pictures').length > 0);
    await assertKept(2);
    const rows = await everything(station, 'sensor', 'rpi');
    assert.equal(rows.get(`cam1 ${NOW}`), sha1(picture(1)));
  });
});
