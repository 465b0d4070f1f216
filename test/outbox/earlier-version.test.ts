import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DEFAULT_BOUNDS } from '../../src/outbox';
import { ids, newItem, PLENTY, START, testOutbox, value, type TestOutbox } from './support';
import { VERSION_3 } from './version-3';

const SENIO = 'senio https://example.com sensor-1';
const DATABOOM = 'databoom https://example.com account-1';

/** Writes the files of the earlier version into an empty folder. */
async function unpack(folder: string): Promise<void> {
  const files: Readonly<Record<string, string>> = JSON.parse(
    gunzipSync(Buffer.from(VERSION_3, 'base64')).toString(),
  );
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, Buffer.from(content, 'base64'));
  }
}

async function* imported() {
  yield { ...newItem({ destination: SENIO }), identity: '1.elsewhere' };
}

describe('a folder that an earlier version of the outbox left when it was killed', () => {
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox(unpack);
  });

  afterEach(() => test.remove());

  it('keeps its waiting items, with their times and images, and goes on counting ids', async () => {
    const items = await value(test.outbox.lease(SENIO, PLENTY));
    assert.deepEqual(
      items.map(({ id, body, timestamp, origin }) => [id, body, timestamp - START, origin]),
      [
        [2, '{"value":2}', 2000, '{"node":"n1"}'],
        [4, '{"value":4}', 4000, '{"node":"n1"}'],
        [6, '{"value":6}', 5000, '{"node":"n1"}'],
      ],
    );
    const [, pictured] = items;
    const image = pictured?.images[0];
    assert.equal(image?.field, 'image');
    assert.deepEqual([...(await value(image.read()))], [1, 2, 3]);
    assert.equal(await value(test.outbox.accept(newItem({ destination: SENIO }))), 9);
    assert.deepEqual(test.notices, []);
  });

  it('keeps its refused items, which can be retried', async () => {
    const [refused] = await value(test.outbox.refused.list(SENIO, { count: 9 }));
    assert.deepEqual(
      [refused?.id, refused?.reason, refused?.refusedAt, refused?.timestamp],
      [3, '422: the unit is unknown', START, START + 3000.5],
    );
    assert.equal(await value(test.outbox.refused.retryAll(SENIO)), 1);
    assert.deepEqual(ids(await value(test.outbox.lease(SENIO, PLENTY))), [2, 3, 4, 6]);
  });

  it('takes an import, and knows it the next time', async () => {
    for (const expected of [
      { imported: 1, known: 0 },
      { imported: 0, known: 1 },
    ]) {
      assert.deepEqual(await value(test.outbox.importAll(SENIO, imported())), expected);
      await test.reopen();
    }
  });

  it('keeps its pauses, which can be ended', async () => {
    assert.deepEqual(await value(test.outbox.lease(DATABOOM, PLENTY)), []);
    await value(test.outbox.resume(DATABOOM));
    const [item] = await value(test.outbox.leaseLane(DATABOOM, { ...PLENTY, lane: { only: 'device' } }));
    assert.deepEqual([item?.id, item?.group], [7, 'device']);
    const [refused] = await value(test.outbox.refused.list(DATABOOM, { count: 9 }));
    assert.deepEqual([...(await value(refused?.images[0]?.read() ?? Promise.reject()))], [4, 5]);
  });

  it('keeps its counters', async () => {
    assert.deepEqual(await value(test.outbox.counts(SENIO)), {
      waiting: 3,
      bytes: 99,
      oldest: START + 2000,
      refused: 1,
      dropped: 1,
      damaged: 0,
      isPaused: false,
    });
    const { waiting, refused, isPaused } = await value(test.outbox.counts(DATABOOM));
    assert.deepEqual([waiting, refused, isPaused], [1, 1, true]);
  });

  it('finds the items of a destination whose counters are damaged', async () => {
    await test.alter('UPDATE destinations SET sum = 0');
    const { waiting, refused, bytes } = await value(test.outbox.counts(SENIO));
    assert.deepEqual([waiting, refused, bytes], [3, 1, 99]);
    assert.deepEqual(ids(await value(test.outbox.lease(SENIO, PLENTY))), [2, 4, 6]);
    assert.equal(await value(test.outbox.accept(newItem({ destination: SENIO }))), 9);
  });

  it('counts age from its newest item, not by a clock that is a year ahead', async () => {
    test.clock.time += 365 * 86_400_000;
    test.clock.jumpMs = 365 * 86_400_000;
    const bounds = { ...DEFAULT_BOUNDS, freeDisk: 0 };
    assert.deepEqual(await value(test.outbox.enforce(SENIO, bounds)), []);
    assert.deepEqual(
      test.notices.map(({ kind }) => kind),
      ['clock-ahead'],
    );
    // It runs for as long as an item may wait.
    test.clock.time += bounds.ageMs + 10_000;
    await test.reopen();
    assert.equal((await value(test.outbox.enforce(SENIO, bounds))).length, 4);
  });

  it('keeps its images at the first start, and deletes those of delivered items', async () => {
    await value(test.outbox.lease(SENIO, PLENTY));
    await test.reopen();
    const images = join(test.folder, 'images');
    assert.equal((await readdir(images)).length, 2);
    await value(test.outbox.acknowledge([4]));
    assert.equal((await readdir(images)).length, 1);
  });
});
