import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import FormData from 'form-data';
import type { DownloadRow } from '../../src/station/views-api';
import { takeAllRoom } from '../faults/full-disk';
import { canMount, mountMemory, run } from '../faults/mounts';
import { errorOf, keepStorageThread, KEY, NEVER, NOW, picture, sha1, TestStation } from './support';

const ROWS = 1500;

/** All values of a sensor or device, by their field and time. */
async function everything(station: TestStation, kind: string, source: string): Promise<Map<string, unknown>> {
  const answer = await station.fetch(`/api/download?kind=${kind}&source=${source}&format=json`);
  if (answer.status === 404) return new Map();
  assert.equal(answer.status, 200, answer.text);
  const rows: readonly DownloadRow[] = JSON.parse(answer.text);
  return new Map(rows.map(({ timestamp, field, value }) => [`${field} ${Date.parse(timestamp)}`, value]));
}

describe('station: faults', () => {
  keepStorageThread();
  let place: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-faults-'));
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  it('keeps every post that it has accepted through kill -9', async () => {
    const folder = join(place, 'station');
    const accepted = new Map<string, unknown>();
    for (let round = 0; round < 3; round += 1) await postUntilKilled(folder, round, accepted);
    assert(accepted.size > 300, String(accepted.size));
    const station = await TestStation.start({ folder, now: Date.now });
    const kept = await everything(station, 'sensor', 'rpi');
    for (const [key, value] of accepted) assert.equal(kept.get(key), value, key);
    const ids = [...accepted.values()].filter((value) => typeof value === 'string');
    assert(ids.length > 10);
    for (const id of ids) assert.equal((await station.fetch(`/pictures/${id}`)).status, 200);
    // What was under way is gone without a trace.
    const files = await readdir(join(folder, 'pictures'));
    assert.deepEqual(
      files.filter((file) => file.endsWith('.tmp')),
      [],
    );
    await station.close();
  });

  it('finds flipped bits: shows nothing that is altered, and misses nothing without a word', async () => {
    const template = join(place, 'template');
    const original = await makeTemplate(template);
    let [reported, random] = [0, 7];
    for (let round = 0; round < 50; round += 1) {
      const folder = join(place, `round-${round}`);
      await cp(template, folder, { recursive: true });
      random = (random * 48_271) % 2_147_483_647;
      await flipBit(folder, random / 2_147_483_647);
      reported += await assertNothingAltered(folder, original, round);
      await rm(folder, { recursive: true });
    }
    // A flip that hits nothing proves nothing.
    assert(reported > 10, String(reported));
  });

  it('finds a damaged picture, reports it once and shows it no more', async () => {
    const station = await TestStation.start({ folder: join(place, 'station') });
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    const id = sha1(picture(1));
    assert.equal((await station.fetch(`/pictures/${id}`)).status, 200);
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
    // Sent again, it is whole again.
    await station.deliver('rpi', NOW + 1, {}, { cam1: picture(1) });
    assert.equal((await station.fetch(`/pictures/${id}`)).status, 200);
    await station.close();
  });

  it('says that the disk is full, and goes on by itself when there is room', async function () {
    if (!(await canMount())) {
      console.log('      skipped: file systems cannot be mounted here (that needs root)');
      return this.skip();
    }
    const disk = await mountMemory(join(place, 'disk'), 8 * 2 ** 20);
    const station = await TestStation.start({ folder: join(disk, 'station') });
    try {
      assert.equal((await station.postJson({ timestamp: NOW, data: { temp: 1 } })).status, 201);
      const filler = join(disk, 'filler');
      takeAllRoom(filler);
      await assertFull(station);
      rmSync(filler);
      for (let status = 503; status !== 201;) {
        status = (await station.postJson({ timestamp: NOW + 1, data: { temp: 2 } })).status;
      }
      await station.deliver('rpi', NOW + 2, {}, { cam1: picture(1, 100_000) });
      assert.deepEqual((await everything(station, 'sensor', 'rpi')).size, 3);
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

  it('says that another Node-RED has the folder, and works once that is gone', async () => {
    const folder = join(place, 'station');
    const script = join(__dirname, 'server.ts');
    const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), script, folder]);
    const [port]: unknown[] = await once(child.stdout, 'data');
    const url = `http://127.0.0.1:${Number(String(port))}/publish/rpi`;
    // The other has opened its files.
    await fetch(url, { headers: { Authorization: `Bearer ${KEY}` } });
    const station = await TestStation.start({ folder });
    const refused = await station.postJson({ timestamp: NOW, data: { temp: 1 } });
    assert.equal(refused.status, 503);
    assert.match(String(errorOf(refused)), /^Another program uses the files of the station/);
    assert.equal((await station.fetch('/api/sources')).status, 503);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal((await station.postJson({ timestamp: NOW, data: { temp: 1 } })).status, 201);
    assert.deepEqual(
      station.notices.map(({ kind }) => kind),
      ['locked'],
    );
    await station.close();
  });

  it('says nothing of this machine where the folder cannot be used, and all of it to its owner', async () => {
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

/** Posts readings and pictures with 8 connections until so many were accepted, then kills the station. */
async function postUntilKilled(folder: string, round: number, accepted: Map<string, unknown>): Promise<void> {
  const script = join(__dirname, 'server.ts');
  const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), script, folder]);
  const exited = once(child, 'exit');
  child.stderr.pipe(process.stderr);
  const [port]: unknown[] = await once(child.stdout, 'data');
  const goal = accepted.size + 120 + round * 37;
  let number = 0;
  const postOn = async () => {
    while (accepted.size < goal && child.signalCode === null) {
      number += 1;
      await postOne(
        `http://127.0.0.1:${Number(String(port))}/publish/rpi`,
        round * 100_000 + number,
        accepted,
      );
    }
    child.kill('SIGKILL');
  };
  // A post that was cut off promises nothing.
  await Promise.all(Array.from({ length: 8 }, () => postOn().catch(() => undefined)));
  const [, signal]: unknown[] = await exited;
  assert.equal(signal, 'SIGKILL');
}

async function postOne(url: string, number: number, accepted: Map<string, unknown>): Promise<void> {
  const timestamp = NOW - number * 1000;
  const form = new FormData();
  form.append('json', JSON.stringify({ timestamp, data: { temp: number } }));
  const isPicture = number % 5 === 0;
  if (isPicture) form.append('cam1', picture(number, 20_000), { filename: 'x' });
  const headers = { ...form.getHeaders(), Authorization: `Bearer ${KEY}` };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(form.getBuffer()) });
  assert.equal(response.status, 201, await response.text());
  accepted.set(`temp ${timestamp}`, number);
  if (isPicture) accepted.set(`cam1 ${timestamp}`, sha1(picture(number, 20_000)));
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

async function assertFull(station: TestStation): Promise<void> {
  // The first may still fit into what is left of a page.
  let answer = await station.postJson({ timestamp: NOW - 1, data: { x: 1 } });
  for (let index = 0; answer.status === 201; index += 1) {
    const data = Object.fromEntries(Array.from({ length: 50 }, (_, field) => [`f${field}`, index]));
    answer = await station.postJson({ timestamp: NOW - 2 - index, data });
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
  assert.deepEqual(await readdir(join(station.folder, 'pictures')), []);
}
