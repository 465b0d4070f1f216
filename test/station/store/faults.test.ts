import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FormData from 'form-data';
import { takeAllRoom } from '../../faults/full-disk';
import { canMount, makeImage, mountImage, run } from '../../faults/mounts';
import { startStationProcess } from '../../faults/station/station-process';
import { readUntil } from '../../support/waiting';
import {
  errorOf,
  everything,
  keepStorageThread,
  NEVER,
  NOW,
  picture,
  sha1,
  TestStation,
} from '../support/index';

const ROWS = 1500;

describe('The embedded store', () => {
  keepStorageThread();
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-faults-'));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  it('finds flipped bits, shows nothing that is altered, and reports what is lost', async () => {
    const template = join(place, 'template');
    const original = await makeTemplate(template);
    let [reported, random] = [0, 7];
    for (let round = 0; round < 30; round += 1) {
      const folder = join(place, `round-${round}`);
      await cp(template, folder, { recursive: true });
      random = (random * 48_271) % 2_147_483_647;
      await flipBit(folder, random / 2_147_483_647);
      reported += await assertNothingAltered(folder, original, round);
      await rm(folder, { recursive: true });
    }
    // A flip that hits nothing proves nothing.
    assert(reported > 5, String(reported));
  });

  it('finds the readings of a field again whose name was damaged, as soon as it sends again', async () => {
    const folder = join(place, 'station');
    const station = await TestStation.start({ folder });
    for (const name of ['greenhouse-one', 'cellar']) {
      for (let index = 0; index < 5; index += 1)
        await station.deliver(name, NOW - index, { brightness: index });
    }
    await station.reopen(async () => {
      const file = join(folder, 'station.sqlite');
      const bytes = await readFile(file);
      for (const text of ['greenhouse-one', 'brightness']) {
        const position = bytes.indexOf(text);
        assert(position > 0, text);
        bytes[position] = (bytes[position] ?? 0) ^ 1;
      }
      await writeFile(file, bytes);
    });
    const names = (await station.sources()).map(({ name }) => name);
    assert(!names.includes('greenhouse-one'));
    assert(station.notices.length >= 2 && station.notices.every(({ kind }) => kind === 'damaged-row'));
    for (const name of ['greenhouse-one', 'cellar']) {
      await station.deliver(name, NOW + 1, { brightness: 9 });
      assert.equal((await everything(station, 'sensor', name)).size, 6, name);
    }
    await station.close();
  });

  it('loses no more than a damaged block where a late reading belongs into it', async () => {
    const station = await TestStation.start({ folder: join(place, 'station') });
    // Several blocks, of which the oldest holds the damaged value, away from its ends and extremes.
    const history = Array.from({ length: 700 }, (_, index) => ({
      date: new Date(NOW - index * 60_000).toISOString(),
      value: index === 695 ? 320.123_456_789 : index - 350,
    }));
    await station.push({ device: 'd', signals: { s: { history } } });
    await station.reopen(() => damageEach(join(station.folder, 'station.sqlite'), 320.123_456_789));
    const late = NOW - 695 * 60_000 + 1000;
    const signals = [{ name: 's', value: 5 }];
    await station.push({ device: 'd', date: new Date(late).toISOString(), signals });
    assert.deepEqual(
      station.notices.map(({ kind }) => kind),
      ['damaged-row'],
    );
    const stored = await everything(station, 'device', 'd');
    assert.equal(stored.get(`s ${late}`), 5);
    assert(stored.size > 100 && stored.size < 700, String(stored.size));
    // The database as a whole was not rebuilt, which would have kept the damaged file.
    const files = await readdir(station.folder);
    assert.deepEqual(
      files.filter((file) => file.includes('.corrupt.')),
      [],
    );
    await station.close();
  });

  it('finds a damaged picture, reports it once and stops showing it', async () => {
    const station = await TestStation.start({ folder: join(place, 'station') });
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    const id = sha1(picture(1));
    const isSent = async () => {
      assert.equal((await station.fetch(`/pictures/${id}`)).status, 200);
      await readUntil(
        'the picture to be closed',
        () => countOpen(station),
        (open) => open === 0,
      );
    };
    const stored = { id, bytes: 1000, type: 'image/jpeg' };
    await isSent();
    await writeFile(join(station.folder, 'pictures', id), picture(2));
    for (const path of [`/pictures/${id}`, `/pictures/${id}/thumbnail`]) {
      const answer = await station.fetch(path);
      assert.equal(answer.status, 404);
      assert.match(String(errorOf(answer)), /has damaged this picture/);
    }
    assert.deepEqual(
      station.notices.map(({ kind }) => kind),
      ['damaged-picture'],
    );
    assert.equal(await station.station.readPicture(stored), undefined);
    assert.equal(await countOpen(station), 0);
    // Sent again, it is whole again.
    await station.deliver('rpi', NOW + 1, {}, { cam1: picture(1) });
    await isSent();
    assert.deepEqual(await station.station.readPicture(stored), picture(1));
    assert.equal(await countOpen(station), 0);
    await station.close();
  });

  it('reports a full disk, and goes on by itself when there is room', async function () {
    if (!(await canMount())) {
      console.log('      skipped: file systems cannot be mounted here (that needs root)');
      return this.skip();
    }
    const image = join(place, 'image');
    await makeImage(image, 16);
    const disk = await mountImage(image, join(place, 'disk'));
    const station = await TestStation.start({ folder: join(disk, 'station') });
    try {
      await station.deliver('rpi', NOW, { temp: 1 }, { cam1: picture(0) });
      const filler = join(disk, 'filler');
      takeAllRoom(filler);
      const refused = await assertFull(station);
      rmSync(filler);
      await readUntil(
        'a post to be accepted again',
        async () => (await station.postJson({ timestamp: NOW + 1, data: { temp: 2 } })).status,
        (status) => status === 201,
      );
      await station.deliver('rpi', NOW + 2, {}, { cam1: picture(1, 100_000) });
      // What was refused is new when it comes again.
      for (const [timestamp, data] of refused) {
        assert.equal((await station.postJson({ timestamp, data })).status, 201);
      }
      await station.reopen();
      const kept = await everything(station, 'sensor', 'rpi');
      for (const [timestamp, data] of refused) {
        for (const [field, value] of Object.entries(data))
          assert.equal(kept.get(`${field} ${timestamp}`), value);
      }
      assert.equal(kept.get(`temp ${NOW + 1}`), 2);
      assert.deepEqual(
        station.notices.map(({ kind }) => kind),
        ['disk-full', 'disk-free'],
      );
    } finally {
      await station.close();
      await run('umount', disk);
    }
    return undefined;
  });

  it('reports that another Node-RED uses the folder, and works once that has ended', async () => {
    const folder = join(place, 'station');
    const other = await startStationProcess(folder);
    // It has opened its files.
    assert.equal((await fetch(`${other.url}/api/sources`)).status, 200);
    const station = await TestStation.start({ folder });
    const refused = await station.postJson({ timestamp: NOW, data: { temp: 1 } });
    assert.equal(refused.status, 503);
    assert.match(String(errorOf(refused)), /^Another program uses the files of the station/);
    assert.equal((await station.fetch('/api/sources')).status, 503);
    await other.kill();
    assert.equal((await station.postJson({ timestamp: NOW, data: { temp: 1 } })).status, 201);
    assert.deepEqual(
      station.notices.map(({ kind }) => kind),
      ['locked'],
    );
    await station.close();
  });

  it('tells clients nothing of the files where the folder cannot be used, and the user everything', async () => {
    await writeFile(join(place, 'file'), '');
    const station = await TestStation.start({ folder: join(place, 'file', 'station') });
    const form = new FormData();
    form.append('json', JSON.stringify({ timestamp: NOW }));
    form.append('cam1', picture(1), { filename: 'x' });
    const type = form.getHeaders()['content-type'];
    for (const answer of [
      await station.postJson({ timestamp: NOW, data: { temp: 1 } }),
      await station.postMultipart(form.getBuffer(), type),
    ]) {
      assert.equal(answer.status, 503);
      assert.equal(errorOf(answer), "The station cannot use its files: Node-RED's log says why.");
    }
    assert(
      station.notices.every(({ message }) => /ENOTDIR.*station/.test(message)),
      JSON.stringify(station.notices),
    );
    assert.equal(new Set(station.notices.map(({ message }) => message)).size, station.notices.length);
    await station.close();
  });
});

const JPEG_TYPE = { contentType: 'image/jpeg', extension: 'jpg' } as const;

/** How many pictures this process has open: each that stays so is one of a thousand. */
async function countOpen({ folder }: TestStation): Promise<number> {
  const paths = await Promise.all(
    (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(join(folder, 'pictures'))).length;
}

async function makeTemplate(folder: string): Promise<Map<string, unknown>> {
  const station = await TestStation.start({ folder });
  const history = Array.from({ length: ROWS }, (_, index) => ({
    date: new Date(NOW - index * 60_000).toISOString(),
    value: index % 3 === 2 ? `text ${index}` : index / 8,
  }));
  await station.push({ device: 'd', signals: { s: { history } } });
  const kept = await everything(station, 'device', 'd');
  assert.equal(kept.size, ROWS);
  await station.close();
  return kept;
}

async function flipBit(folder: string, random: number): Promise<void> {
  const file = join(folder, 'station.sqlite');
  const { size } = await stat(file);
  const bytes = await readFile(file);
  const position = Math.floor(random * size);
  bytes[position] = (bytes[position] ?? 0) ^ (1 << (Math.floor(random * size * 8) % 8));
  await writeFile(file, bytes);
}

/** Alters a number wherever a file has it, as the little-endian double that it is stored as. */
async function damageEach(file: string, value: number): Promise<void> {
  const bytes = await readFile(file);
  const stored = Buffer.alloc(8);
  stored.writeDoubleLE(value);
  let position = bytes.indexOf(stored);
  assert(position > 0, `${value} is not in the file`);
  for (; position > 0; position = bytes.indexOf(stored)) bytes[position] = (bytes[position] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

/** @returns 1 where something was reported */
async function assertNothingAltered(
  folder: string,
  original: ReadonlyMap<string, unknown>,
  round: number,
): Promise<number> {
  const station = await TestStation.start({ folder });
  try {
    const kept = await everything(station, 'device', 'd');
    for (const [key, value] of kept) assert.equal(value, original.get(key), `round ${round}: ${key}`);
    assert(kept.size === original.size || station.notices.length > 0, `round ${round}: lost in silence`);
    // It goes on working, and what was lost can be sent again.
    const again = await station.push({ device: 'd', signals: [{ name: 's', value: 1 }] });
    assert.equal(again.status, 200, again.text);
    assert((await everything(station, 'device', 'd')).size >= kept.size, `round ${round}: lost later`);
    return station.notices.length > 0 ? 1 : 0;
  } finally {
    await station.close();
  }
}

/** Posts until the disk is full. @returns what was posted and is not kept */
async function assertFull(
  station: TestStation,
): Promise<readonly (readonly [number, Record<string, number>])[]> {
  // The first may still fit into what is left of a page.
  const posted: (readonly [number, Record<string, number>])[] = [];
  let status = 201;
  let answer = await station.fetch('/');
  for (let index = 0; status === 201; index += 1) {
    const data = Object.fromEntries(Array.from({ length: 50 }, (_, field) => [`f${field}`, index]));
    answer = await station.postJson({ timestamp: NOW - 2 - index, data });
    ({ status } = answer);
    // Once: whatever is wrong after one failure, a second one could mend.
    if (status !== 201) posted.push([NOW - 2 - index, data]);
  }
  assert.equal(answer.status, 503);
  assert.match(String(errorOf(answer)), /^The disk of the station is full: make room/);
  assert.equal(answer.headers.get('retry-after'), '1');
  const images = new Map([['cam1', { bytes: picture(1, 3_000_000), type: JPEG_TYPE }]]);
  const item = { timestamp: NOW, scalars: new Map<string, number>(), images };
  const delivered = await station.station.senioTransport('rpi').deliver(item, NEVER);
  assert.equal(delivered.ok || delivered.failure.kind, 'unavailable');
  assert.equal(delivered.ok || delivered.failure.statusCode, 503);
  // Nothing of what did not fit is left behind.
  assert.deepEqual(await readdir(join(station.folder, 'pictures')), [sha1(picture(0))]);
  return posted;
}
