import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgramRecords } from '../../../src/camera';
import { createImageFolder } from '../../../src/outbox/images';
import { lossMarkOf } from '../../../src/station/store/embedded/program/loss-mark';
import { keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';

const SECRET = 'What nobody gave to Sensorpost';

describe('Something else where the file of a picture belongs', () => {
  keepStorageThread();
  let place: string;
  let victim: string;
  let station: TestStation | undefined;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-foreign-'));
    victim = join(place, 'victim');
    await writeFile(victim, SECRET);
  });
  afterEach(async () => {
    await station?.close();
    station = undefined;
    assert.equal(await readFile(victim, 'utf8'), SECRET);
    await rm(place, { recursive: true });
  });

  async function start(): Promise<TestStation> {
    station = await TestStation.start({
      shrinker: { shrink: (_, to) => writeFile(to, 'small'), close: () => undefined },
    });
    return station;
  }

  async function replace(path: string, how: 'symlink' | 'pipe' | 'folder'): Promise<void> {
    await rm(path, { force: true });
    if (how === 'symlink') await symlink(victim, path);
    else if (how === 'folder') await mkdir(path);
    else execFileSync('mkfifo', [path]);
  }

  for (const how of ['symlink', 'pipe', 'folder'] as const) {
    it(`never gets shown as the picture: a ${how}`, async () => {
      const { folder } = await start();
      await station?.deliver('rpi', NOW, {}, { cam1: picture(1) });
      const id = sha1(picture(1));
      await replace(join(folder, 'pictures', id), how);
      for (const address of [`/pictures/${id}`, `/pictures/${id}/thumbnail`]) {
        const answer = await station?.fetch(address);
        assert(answer && answer.status >= 400, address);
        assert.doesNotMatch(answer.text, /nobody gave/);
      }
    });

    it(`never gets shown as the thumbnail: a ${how}`, async () => {
      const { folder } = await start();
      await station?.deliver('rpi', NOW, {}, { cam1: picture(1) });
      const address = `/pictures/${sha1(picture(1))}/thumbnail`;
      assert.equal((await station?.fetch(address))?.text, 'small');
      await replace(join(folder, 'thumbnails', `${sha1(picture(1))}.jpg`), how);
      const answer = await station?.fetch(address);
      assert.equal(answer?.status, 200);
      assert.doesNotMatch(answer.text, /nobody gave/);
      // What is no folder is deleted, and the thumbnail made anew.
      if (how !== 'folder') assert.equal((await station?.fetch(address))?.text, 'small');
    });
  }

  it('never gets written to as an unfinished thumbnail', async () => {
    const { folder } = await start();
    await station?.deliver('rpi', NOW, {}, { cam1: picture(1) });
    await mkdir(join(folder, 'thumbnails'), { recursive: true });
    await symlink(victim, join(folder, 'thumbnails', `${sha1(picture(1))}.tmp`));
    assert.equal((await station?.fetch(`/pictures/${sha1(picture(1))}/thumbnail`))?.text, 'small');
  });

  it('never gets written to as the mark of a picture whose rows are being committed', async () => {
    const { folder } = await start();
    await station?.deliver('rpi', NOW, {}, { cam1: picture(1) });
    await symlink(victim, join(folder, 'pictures', `${sha1(picture(2))}.uncommitted`));
    await symlink(victim, join(folder, 'pictures', sha1(picture(2))));
    await station?.deliver('rpi', NOW + 1, {}, { cam1: picture(2) });
    await symlink(victim, join(folder, 'pictures', `${sha1(picture(3))}.uncommitted`));
    await station?.deliver('rpi', NOW + 2, {}, { cam1: picture(3) });
    for (const number of [2, 3])
      assert.equal((await station?.fetch(`/pictures/${sha1(picture(number))}`))?.status, 200);
  });

  it('never gets written to as the mark of a loss, nor read where it is a pipe', async () => {
    const database = join(place, 'station.sqlite');
    const mark = lossMarkOf(database);
    await symlink(victim, `${database}.loss`);
    mark.set();
    assert.match(mark.read() ?? '', /^[0-9a-f]{12}$/);
    await replace(`${database}.loss`, 'pipe');
    assert.throws(() => mark.read(), /is a pipe, and not a file of its own/);
  });

  it('never gets read as an image that waits, and holds up nothing where it is a pipe', async () => {
    const images = createImageFolder(join(place, 'images'));
    const stored = await images.store([{ field: 'cam1', bytes: picture(1) }]);
    assert(stored.ok);
    const [image] = stored.value;
    assert(image);
    for (const how of ['symlink', 'pipe'] as const) {
      await replace(join(place, 'images', image.file), how);
      const read = await images.read(image);
      assert.equal(read.ok ? 'read' : read.failure.kind, 'damaged');
    }
  });

  it('never gets written to as the record of a camera program', async () => {
    const folder = join(place, 'programs');
    const records = createProgramRecords(folder);
    const remove = records.add(process.pid);
    const [name = ''] = await readdir(folder);
    assert.match(name, /\.json$/);
    remove();
    await replace(join(folder, name), 'symlink');
    records.add(process.pid)();
    assert.deepEqual(await readdir(folder), []);
    await replace(join(folder, name), 'pipe');
    await records.endAbandoned();
  });
});
