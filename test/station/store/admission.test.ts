import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { PicturesAnswer, SeriesAnswer, SourcesAnswer } from '../../../src/station/views/api';
import { detectImageType } from '../../../src/image';
import { readUntil } from '../../support/waiting';
import { JPEG, keepStorageThread, NEVER, NOW, picture, TestStation } from '../support/index';

const MEGABYTE = 2 ** 20;
const MINUTE = 60_000;
const FIELD = { kind: 'sensor', source: 'rpi', field: 'cam1', count: 1000 };

const type = detectImageType(JPEG);
assert(type);

interface Kept {
  readonly timestamp: number;
  readonly bytes: number;
}

/** The model of retention: of these pictures, those that stay where all together may have so many bytes. */
function stay(pictures: readonly Kept[], room: number): readonly Kept[] {
  const left = pictures.toSorted((one, other) => one.timestamp - other.timestamp);
  let used = left.reduce((sum, { bytes }) => sum + bytes, 0);
  while (used > room) used -= left.shift()?.bytes ?? used;
  return left;
}

async function pushOne(to: TestStation, device: string, time: number): Promise<number> {
  const history = [{ date: new Date(time).toISOString(), value: 1 }];
  return (await to.push({ device, signals: { x: { history } } })).status;
}

describe('A store that is full', () => {
  keepStorageThread();
  let station: TestStation;
  beforeEach(async () => {
    station = await TestStation.start({ retention: { bytes: MEGABYTE, ageMs: 1000 * 86_400_000 } });
  });
  afterEach(() => station.close());

  const usage = async () => (await station.ask<SourcesAnswer>('sources')).retention.usedBytes;
  const pictures = async (): Promise<readonly Kept[]> => {
    await readUntil('retention to come within its size', usage, (bytes) => bytes <= MEGABYTE);
    return (await station.ask<PicturesAnswer>('pictures', FIELD)).pictures;
  };
  const send = async (timestamp: number, content: Buffer) => {
    const images = new Map([['cam1', { bytes: content, type }]]);
    const item = { timestamp, scalars: new Map<string, number>(), images };
    const delivered = await station.station.senioTransport('rpi').deliver(item, NEVER);
    return delivered.ok ? 201 : delivered.failure.statusCode;
  };

  it('takes a picture exactly if it outlasts the next one of its size', async () => {
    let number = 0;
    let newest = NOW;
    const posts = fc.array(
      fc.record({
        back: fc.integer({ min: 0, max: 8 }),
        bytes: fc.integer({ min: 40_000, max: 420_000 }),
      }),
      { minLength: 6, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(posts, async (drawn) => {
        for (const { back, bytes } of drawn) {
          number += 1;
          const before = await pictures();
          const rows = (await usage()) - before.reduce((sum, each) => sum + each.bytes, 0);
          // Beside one of those that are there, or before all.
          const timestamp =
            back === 0 ? newest + MINUTE : (before[back - 1]?.timestamp ?? NOW) - number / 1000;
          newest = Math.max(newest, timestamp);
          const status = await send(timestamp, picture(number, bytes));
          const next = { timestamp: newest + MINUTE, bytes };
          const outlasts = (room: number) =>
            stay([...before, { timestamp, bytes }, next], room - rows).some(
              (each) => each.timestamp === timestamp,
            ) || timestamp === newest;
          if (!outlasts(MEGABYTE)) assert.equal(status, 422, 'it would be gone soon');
          // What retention leaves free, and the rows of both, are nobody's to promise.
          if (outlasts(MEGABYTE * 0.97)) assert.equal(status, 201, 'it would stay');
          if (status !== 201 || timestamp === newest) continue;
          number += 1;
          newest += MINUTE;
          assert.equal(await send(newest, picture(number, bytes)), 201);
          assert(
            (await pictures()).some((each) => each.timestamp === timestamp),
            'it was taken, and is gone',
          );
        }
      }),
      { numRuns: 8 },
    );
  });

  it('takes the next reading of a slow sensor whose only readings are the oldest of all, but none between them', async () => {
    const HOUR = 60 * MINUTE;
    const folder = join(await mkdtemp(join(tmpdir(), 'station-slow-')), 'station');
    const open = (bytes?: number) =>
      TestStation.start({ folder, retention: bytes === undefined ? {} : { bytes } });
    const roomy = await open();
    for (const hours of [3, 2, 1]) assert.equal(await pushOne(roomy, 'slow', NOW - hours * HOUR), 200);
    assert.equal(await pushOne(roomy, 'other', NOW), 200);
    const used = (await roomy.ask<SourcesAnswer>('sources')).retention.usedBytes;
    await roomy.close();
    // Nearly full: nothing is deleted yet.
    const full = await open(used / 0.995);
    try {
      assert.equal(await pushOne(full, 'slow', NOW), 200);
      assert.equal(await pushOne(full, 'slow', NOW - 1.5 * HOUR), 422);
      assert.equal(await pushOne(full, 'other', NOW - 4 * HOUR), 422);
    } finally {
      await full.close();
      await rm(join(folder, '..'), { recursive: true });
    }
  });

  it('takes no number that is older than all where numbers alone fill it, but those that are there and new ones', async () => {
    const COUNT = 30_000;
    const push = async (device: string, times: readonly number[]) => {
      const history = times.map((time) => ({ date: new Date(time).toISOString(), value: 1 }));
      return (await station.push({ device, signals: { x: { history } } })).status;
    };
    const minutes = (from: number) =>
      Array.from({ length: COUNT }, (_, index) => NOW + (from + index) * MINUTE);
    for (const from of [-3, -2, -1]) assert.equal(await push('d', minutes(from * COUNT)), 200);
    await readUntil('the oldest readings to be deleted', usage, (bytes) => bytes <= MEGABYTE);
    const { times } = await station.ask<SeriesAnswer>('series', {
      kind: 'device',
      source: 'd',
      field: 'x',
      from: 0,
      to: NOW,
      points: 4000,
    });
    const [oldest = 0] = times;
    assert(oldest > NOW - 3 * COUNT * MINUTE, 'nothing was deleted');
    assert.equal(await push('other', [oldest - 1]), 422);
    // In the block that goes next, it would go too.
    assert.equal(await push('d', [oldest + 1]), 422);
    assert.equal(await push('d', [oldest]), 200);
    assert.equal(await push('other', [NOW]), 200);
    // All or nothing.
    assert.equal(await push('other', [NOW + 1, oldest - 1]), 422);
    assert.equal((await station.field('other', 'x'))?.latest?.timestamp, NOW);
  });
});
