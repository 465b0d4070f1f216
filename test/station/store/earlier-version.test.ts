import assert from 'node:assert/strict';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PicturesAnswer, SeriesAnswer } from '../../../src/station/views/api';
import { readUntil } from '../../support/waiting';
import { everything, keepStorageThread, NOW, sha1, TestStation } from '../support/index';

/** Written by the station of commit aead46b, the last one before its rooms were divided; see the values below. */
const FIXTURE = join(__dirname, 'fixtures/aead46b');

/** The picture in it, which no station takes any more. */
const JPEG = Buffer.from('ffd8ffe000104a46494600ffd9', 'hex');

/** More than one block of numbers. */
const MINUTES = 700;

describe('A station with the files of an earlier version', () => {
  keepStorageThread();
  let place: string;
  let station: TestStation;
  /** By how much the clock is wrong. */
  let jump: number;
  /** What is to be done later. */
  let tasks: (() => void)[];
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-earlier-'));
    const folder = join(place, 'station');
    await cp(FIXTURE, folder, { recursive: true });
    await chmod(folder, 0o700);
    [jump, tasks] = [0, []];
    const schedule = (_ms: number, task: () => void) => {
      tasks.push(task);
      return () => {};
    };
    station = await TestStation.start({ folder, now: () => NOW + jump, schedule });
  });
  afterEach(async () => {
    await station.close();
    await rm(place, { recursive: true });
  });

  const power = () =>
    station.ask<SeriesAnswer>('series', { kind: 'device', source: 'house', field: 'power' });

  it('reads every value and picture as it was stored', async () => {
    const power700 = Array.from(
      { length: MINUTES },
      (_, index) => [`power ${NOW - index * 60_000}`, index * 10] as const,
    );
    const others = [
      [`door ${NOW - 60_000}`, true],
      [`door ${NOW}`, false],
      [`state ${NOW - 60_000}`, 'open'],
      [`state ${NOW}`, 'shut'],
    ] as const;
    const house = await everything(station, 'device', 'house');
    assert.deepEqual(house, new Map<string, unknown>([...power700, ...others]));
    assert.deepEqual(
      await everything(station, 'sensor', 'rpi'),
      new Map<string, unknown>([
        [`temp ${NOW - 2000}`, 21.5],
        [`cam1 ${NOW - 2000}`, sha1(JPEG)],
        [`temp ${NOW - 1000}`, 22],
      ]),
    );
    const { pictures } = await station.ask<PicturesAnswer>('pictures', {
      kind: 'sensor',
      source: 'rpi',
      field: 'cam1',
    });
    assert.deepEqual(pictures, [
      { timestamp: NOW - 2000, id: sha1(JPEG), bytes: JPEG.length, type: 'image/jpeg' },
    ]);
    const answer = await fetch(`${station.url}/pictures/${sha1(JPEG)}`);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), JPEG);
    assert.deepEqual(station.notices, []);
  });

  it('keeps what clients say of its signals from now on', async () => {
    const meta = { description: 'Power', unit: 'W' };
    const signals = [{ name: 'power', value: 1, meta }];
    const pushed = await station.push({ device: 'house', date: new Date(NOW + 1).toISOString(), signals });
    assert.equal(pushed.status, 200, pushed.text);
    await station.reopen();
    const field = await station.field('house', 'power');
    assert.deepEqual([field?.label, field?.unit], ['Power', 'W']);
    assert.equal((await power()).times.length, MINUTES + 1);
    assert.deepEqual(station.notices, []);
  });

  it('appends to the series that are there, keeps the value that came first, and survives a restart', async () => {
    const history = [
      { date: new Date(NOW).toISOString(), value: 1 },
      { date: new Date(NOW + 60_000).toISOString(), value: 2 },
    ];
    const pushed = await station.push({ device: 'house', signals: { power: { history } } });
    assert.equal(pushed.status, 200, pushed.text);
    await station.reopen();
    const { times, values } = await power();
    assert.equal(times.length, MINUTES + 1);
    assert.deepEqual([times.at(-1), ...values.slice(-2)], [NOW + 60_000, 0, 2]);
    const names = new Map(
      (await station.sources()).map(({ name, fields }) => [name, fields.map((field) => field.name)]),
    );
    assert.deepEqual(
      names,
      new Map([
        ['rpi', ['temp', 'cam1']],
        ['house', ['power', 'door', 'state']],
      ]),
    );
    assert.deepEqual(station.notices, []);
  });

  it('deletes nothing by a clock that is two years ahead of its newest measurement', async () => {
    jump = 730 * 86_400_000;
    tasks = [];
    await station.reopen();
    for (const task of tasks.splice(0)) task();
    await readUntil(
      'the jump to be noticed',
      () => station.notices.map(({ kind }) => kind),
      (kinds) => kinds.includes('clock-ahead'),
    );
    // What the round of retention deletes is gone with these at the latest.
    for (let count = 0; count < 5; count += 1) {
      const date = new Date(NOW + count).toISOString();
      await station.push({ device: 'other', date, signals: [{ name: 'power', value: count }] });
    }
    assert.equal((await power()).times.length, MINUTES);
  });

  it('finds the values of a source again whose name was damaged, as soon as it sends again', async () => {
    await station.reopen(async () => {
      const file = join(station.folder, 'station.sqlite');
      const bytes = await readFile(file);
      const position = bytes.indexOf('house');
      assert(position > 0);
      bytes[position] = (bytes[position] ?? 0) ^ 1;
      await writeFile(file, bytes);
    });
    assert.equal((await everything(station, 'device', 'house')).size, 0);
    const date = new Date(NOW + 60_000).toISOString();
    await station.push({ device: 'house', date, signals: [{ name: 'power', value: 2 }] });
    assert.equal((await power()).times.length, MINUTES + 1);
  });
});
