import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type {
  PicturesAnswer,
  SeriesAnswer,
  SourcesAnswer,
  TextsAnswer,
} from '../../../src/station/views/api';
import { readUntil } from '../../support/waiting';
import { keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALL = { from: 0, to: NOW + 10 * DAY };

describe('Retention', () => {
  keepStorageThread();
  let now = NOW;
  /** By how much the clock is wrong. */
  let jump = 0;
  let tasks: Set<() => void>;
  let station: TestStation;
  beforeEach(() => {
    now = NOW;
    jump = 0;
    tasks = new Set();
  });
  afterEach(() => station.close());

  const start = async (ageMs: number, bytes = 2 ** 30, more: { isClockSet?: () => boolean } = {}) => {
    station = await TestStation.start({
      now: () => now + jump,
      uptime: () => ({ boot: 'boot', ms: now }),
      schedule: (_ms, task) => {
        tasks.add(task);
        return () => void tasks.delete(task);
      },
      retention: { ageMs, bytes },
      ...more,
    });
  };
  /** Lets a minute come, whatever the clock says: the clocks are looked at, and a round of retention is due. */
  const tick = () => {
    const due = [...tasks];
    tasks.clear();
    for (const task of due) task();
  };
  const push = async (device: string, values: readonly (readonly [number, number | string])[]) => {
    const history = values.map(([time, value]) => ({ date: new Date(time).toISOString(), value }));
    const answer = await station.push({ device, signals: { x: { history } } });
    assert.equal(answer.status, 200, answer.text);
  };
  const timesOf = async (device: string): Promise<readonly number[]> => {
    const field = { kind: 'device', source: device, field: 'x' };
    const { times } = await station.ask<SeriesAnswer>('series', { ...field, ...ALL, points: 4000 });
    return times;
  };

  it('deletes what is too old, in whatever order it came, and leaves the rest as it was', async () => {
    // A round deletes what is within an hour, so that all this takes some rounds.
    const unit = 1440 * 100;
    await start(30 * unit);
    let number = 0;
    const ages = fc.array(fc.integer({ min: 0, max: 30 * 1440 }), { minLength: 1, maxLength: 1500 });
    await fc.assert(
      fc.asyncProperty(ages, fc.integer({ min: 1, max: 29 }), async (minutes, days) => {
        // Time goes on from one to the next, as a round of the one before may be under way.
        const begin = now;
        const device = `d${(number += 1)}`;
        const times = [...new Set(minutes.map((minute) => begin - (minute * unit) / 1440))];
        await push(
          device,
          times.map((time) => [time, time % 1009]),
        );
        now = begin + days * unit;
        await station.reopen();
        const kept = times.filter((time) => time >= now - 30 * unit).toSorted((one, other) => one - other);
        const left = await readUntil(
          'the old readings to be deleted',
          () => {
            tick();
            return timesOf(device);
          },
          (found) => found.length <= kept.length,
        );
        assert.deepEqual(left, kept);
        // The field goes with its last value, and the device with its last field.
        if (kept.length === 0)
          await readUntil(
            'the device without readings to be deleted',
            () => station.sources(),
            (sources) => sources.every(({ name }) => name !== device),
          );
      }),
      {
        numRuns: 12,
        examples: [
          [[0, 1, 2], 29],
          // Exactly as old as can be.
          [[30 * 1440], 1],
        ],
      },
    );
  });

  it('deletes texts and pictures that are too old, and files that no other row names', async () => {
    await start(30 * DAY);
    await push('d', [
      [NOW - 20 * DAY, 'old'],
      [NOW, 'new'],
    ]);
    await station.deliver('rpi', NOW - 20 * DAY, { temp: 1 }, { cam1: picture(1), cam2: picture(2) });
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    now = NOW + 15 * DAY;
    await station.reopen();
    tick();
    const field = { kind: 'sensor', source: 'rpi', field: 'cam1' };
    const { pictures } = await readUntil(
      'the old pictures of the field to be deleted',
      () => station.ask<PicturesAnswer>('pictures', field),
      (found) => found.pictures.length === 1,
    );
    assert.deepEqual(
      pictures.map(({ timestamp, id, bytes }) => [timestamp, id, bytes]),
      [[NOW, sha1(picture(1)), 1000]],
    );
    const texts = await readUntil(
      'the old text to be deleted',
      () => station.ask<TextsAnswer>('texts', { kind: 'device', source: 'd', field: 'x' }),
      (found) => found.length === 1,
    );
    assert.equal(texts[0]?.value, 'new');
    const names = async () =>
      (await station.sources()).find(({ name }) => name === 'rpi')?.fields.map(({ name }) => name);
    assert.deepEqual(
      await readUntil('the field without pictures to be deleted', names, (found) => found?.length === 1),
      ['cam1'],
    );
    const files = await readUntil(
      'the files without rows to be deleted',
      () => readdir(join(station.folder, 'pictures')),
      (found) => found.length === 1,
    );
    assert.deepEqual(files, [sha1(picture(1))]);
  });

  it('deletes nothing for its age while the clock is not set', async () => {
    let isClockSet = false;
    await start(30 * DAY, 2 ** 30, { isClockSet: () => isClockSet });
    await push('d', [[NOW, 1]]);
    now = NOW + 1000 * DAY;
    await station.reopen();
    tick();
    await station.push({
      device: 'other',
      date: new Date(NOW).toISOString(),
      signals: [{ name: 'x', value: 1 }],
    });
    assert.deepEqual(await timesOf('d'), [NOW]);
    isClockSet = true;
    await station.reopen();
    tick();
    await readUntil(
      'the old readings to be deleted once the clock is set',
      () => timesOf('d'),
      (found) => found.length === 0,
    );
  });

  /** Has as many posts stored as it takes until the round that is under way has deleted what it wanted to delete. */
  const finishRound = async () => {
    for (let count = 0; count < 5; count += 1) await push('other', [[now, count]]);
  };

  describe('of a station whose clock jumps', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => [NOW - index * 3 * DAY, index] as const);
    const twenty = hundred.slice(0, 20);

    it('deletes nothing while the clock is 400 days ahead for four seconds', async () => {
      await start(365 * DAY);
      await push('d', hundred);
      jump = 400 * DAY;
      await station.reopen();
      tick();
      await readUntil(
        'the jump to be noticed',
        () => station.notices.map(({ kind }) => kind),
        (kinds) => kinds.includes('clock-ahead'),
      );
      await finishRound();
      now += 4000;
      tick();
      await finishRound();
      jump = 0;
      tick();
      await finishRound();
      assert.equal((await timesOf('d')).length, 100);
      assert.deepEqual(
        station.notices.map(({ kind, message }) => [kind, message]),
        [
          [
            'clock-ahead',
            "This machine's clock has jumped ahead by 400 days: nothing in the station is deleted for its age by that time until the clock has kept it for 6 h.",
          ],
          [
            'clock-back',
            "This machine's clock no longer is days ahead: ages in the station count by it again.",
          ],
        ],
      );
    });

    it('deletes the oldest hour in each round once the clock has kept its time for six hours', async () => {
      await start(365 * DAY);
      await push('d', twenty);
      tick();
      await finishRound();
      jump = 400 * DAY;
      for (let minute = 0; minute <= 6 * 60; minute += 1) {
        assert.equal((await timesOf('d')).length, 20, `after ${minute} minutes`);
        now += MINUTE;
        tick();
      }
      const counts = [20];
      await readUntil(
        'all that is too old to be deleted',
        () => {
          tick();
          return timesOf('d');
        },
        (found) => {
          counts.push(found.length);
          return found.length === 0;
        },
      );
      // No two readings are within an hour. From one look to the next, a round may end and another may run.
      const largest = Math.max(...counts.slice(1).map((count, index) => (counts[index] ?? 0) - count));
      assert(largest <= 2, `${largest} went at once`);
      assert.deepEqual(
        station.notices.map(({ kind }) => kind),
        ['clock-ahead', 'clock-confirmed'],
      );
    });

    it('deletes nothing after restarts of Node-RED either, and says the jump once', async () => {
      await start(365 * DAY);
      await push('d', hundred);
      jump = 400 * DAY;
      for (let count = 0; count < 3; count += 1) {
        await station.reopen();
        tick();
        await readUntil(
          'the jump to be noticed',
          () => station.notices,
          (notices) => notices.length > 0,
        );
        await finishRound();
      }
      assert.equal(station.notices.length, 1);
      assert.equal((await timesOf('d')).length, 100);
    });
  });

  it('stays within its size by deleting the oldest pictures first, then the oldest readings', async () => {
    const bytes = 1_550_000;
    await start(10_000 * DAY, bytes);
    const used = async () => (await station.ask<SourcesAnswer>('sources')).retention;
    await push(
      'd',
      Array.from({ length: 3000 }, (_, index) => [NOW - index * 60_000, index]),
    );
    for (let index = 0; index < 40; index += 1) {
      await station.deliver('rpi', NOW + index, {}, { cam1: picture(index, 100_000) });
    }
    await readUntil('the oldest pictures to be deleted', used, ({ usedBytes }) => usedBytes <= bytes);
    const field = { kind: 'sensor', source: 'rpi', field: 'cam1' };
    const { pictures } = await station.ask<PicturesAnswer>('pictures', field);
    assert(pictures.length > 8 && pictures.length < 16, String(pictures.length));
    assert.deepEqual(
      pictures.map(({ timestamp }) => timestamp),
      pictures.map((_, index) => NOW + 39 - index),
    );
    assert.equal((await timesOf('d')).length, 3000);
    // The oldest first: what is older than everything is refused where there is no room.
    for (let index = 2; index >= 0; index -= 1) {
      const begin = NOW - (index + 1) * 40_000 * 60_000;
      await push(
        `d${index}`,
        Array.from({ length: 40_000 }, (_, minute) => [begin + minute * 60_000, minute]),
      );
    }
    await readUntil('the oldest readings to be deleted', used, ({ usedBytes }) => usedBytes <= bytes);
    assert.deepEqual((await station.ask<PicturesAnswer>('pictures', field)).pictures, []);
    const newest = await timesOf('d0');
    assert.equal(newest.at(-1), NOW - 60_000);
    // Of the oldest readings only the newest are left.
    const { first = 0 } = (await station.field('d2', 'x')) ?? {};
    assert(first > NOW - 119_000 * 60_000 && first < NOW - 80_000 * 60_000, String(first));
    assert.deepEqual(await used(), { ageMs: 10_000 * DAY, bytes, usedBytes: (await used()).usedBytes });
  });

  it('loses no picture that comes again just when its last measurement is deleted', async () => {
    await start(10_000 * DAY, 600_000);
    let number = 0;
    const deliverSome = async () => {
      while (number < 400) {
        number += 1;
        // Twelve pictures that come again and again; room is for about as many measurements.
        await station.deliver('rpi', NOW + number, {}, { cam1: picture((number * 7) % 12, 50_000) });
      }
    };
    await Promise.all(Array.from({ length: 8 }, deliverSome));
    await readUntil(
      'retention to come within its size',
      () => station.ask<SourcesAnswer>('sources'),
      ({ retention: { bytes, usedBytes } }) => usedBytes <= bytes,
    );
    const field = { kind: 'sensor', source: 'rpi', field: 'cam1', count: 1000 };
    const { pictures } = await station.ask<PicturesAnswer>('pictures', field);
    const named = [...new Set(pictures.map(({ id }) => id))];
    assert(named.length > 0 && pictures.length < 400);
    for (const id of named) assert.equal((await station.fetch(`/pictures/${id}`)).status, 200, id);
    assert.deepEqual(station.notices, []);
    await readUntil(
      'the files without rows to be deleted',
      () => readdir(join(station.folder, 'pictures')),
      (files) => files.length === named.length,
    );
  });

  it('deletes files that no measurement names, and leaves all others', async () => {
    await start(30 * DAY);
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    // A second picture at the same time is not kept.
    await station.deliver('rpi', NOW, {}, { cam1: picture(2) });
    const folder = join(station.folder, 'pictures');
    await readUntil(
      'the second picture to be deleted',
      () => readdir(folder),
      (files) => files.length === 1,
    );
    await station.reopen(() => writeFile(join(folder, '0123-1.tmp'), picture(3)));
    const left = await readUntil(
      'what was not received completely to be deleted',
      () => readdir(folder),
      (files) => files.length === 1,
    );
    assert.deepEqual(left, [sha1(picture(1))]);
  });
});
