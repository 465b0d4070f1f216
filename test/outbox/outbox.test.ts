import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mock } from 'node:test';
import { DEFAULT_BOUNDS, openOutbox } from '../../src/outbox';
import { checksum } from '../../src/storage';
import { ids, kind, newItem, PLENTY, START, testOutbox, value, type TestOutbox } from './support';

const DESTINATION = newItem().destination;

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

/** Has the next id be higher by far, as after years. */
function giveUpTo(file: string, last: number): void {
  const database = new DatabaseSync(file);
  const { sum: _sum, ...row } = database.prepare('SELECT * FROM destinations').get() ?? {};
  const sum = checksum(Object.values({ ...row, last }));
  database.prepare('UPDATE destinations SET last = ?, sum = ?').run(last, sum);
  database.close();
}

/** Makes the first page of items unreadable; returns how many were on it. */
async function spoilFirstLeaf(file: string): Promise<number> {
  const PAGE_BYTES = 4096;
  const database = new DatabaseSync(file);
  const [root] = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'items'").all();
  database.close();
  const bytes = await readFile(file);
  const node = (Number(root?.['rootpage']) - 1) * PAGE_BYTES;
  // The first cell of an interior page begins with the number of its child (SQLite's file format, 1.6).
  const leaf = (bytes.readUInt32BE(node + bytes.readUInt16BE(node + 12)) - 1) * PAGE_BYTES;
  const count = bytes.readUInt16BE(leaf + 3);
  bytes.fill(0xaa, leaf, leaf + 8);
  await writeFile(file, bytes);
  return count;
}

describe('outbox', () => {
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox();
  });

  afterEach(() => test.remove());

  const accept = (given: Parameters<typeof newItem>[0] = {}) => value(test.outbox.accept(newItem(given)));
  const lease = (limits = PLENTY, destination = DESTINATION) => value(test.outbox.lease(destination, limits));
  const counts = (destination = DESTINATION) => value(test.outbox.counts(destination));
  const refusedIds = async (count = 1000, after?: number) =>
    ids(await value(test.outbox.refused.list(DESTINATION, { count, after })));

  it('hands an item out as it was accepted, also after a restart', async () => {
    const bytes = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
    const item = newItem({ body: '{"text":"Grüße ☀ \\u0000"}', images: [{ field: 'image', bytes }] });
    const id = await value(test.outbox.accept(item));
    await test.reopen();
    const [kept] = await lease();
    assert.ok(kept);
    const { images, ...rest } = kept;
    const { destination, group, timestamp, body, origin } = item;
    const size = Buffer.byteLength(body) + Buffer.byteLength(origin) + bytes.length;
    assert.deepEqual(rest, {
      id,
      destination,
      group,
      timestamp,
      correctionMs: 0,
      certainty: 'certain',
      body,
      origin,
      bytes: size,
    });
    assert.deepEqual(
      images.map(({ field, size: length }) => [field, length]),
      [['image', bytes.length]],
    );
    assert.deepEqual(Buffer.from(await value(images[0]?.read() ?? Promise.reject())), Buffer.from(bytes));
  });

  it('leases the oldest first, each to one only, and again once released', async () => {
    const accepted = [await accept(), await accept(), await accept(), await accept()];
    assert.deepEqual(ids(await lease({ count: 2, bytes: 1e6 })), accepted.slice(0, 2));
    assert.deepEqual(ids(await lease()), accepted.slice(2));
    assert.deepEqual(await lease(), []);
    await value(test.outbox.release([accepted[2] ?? 0, accepted[0] ?? 0]));
    assert.deepEqual(ids(await lease()), [accepted[0], accepted[2]]);
    await test.reopen();
    assert.deepEqual(ids(await lease()), accepted);
  });

  it('keeps destinations apart', async () => {
    const here = await accept();
    const there = await accept({ destination: 'other' });
    assert.deepEqual(ids(await lease(PLENTY, 'other')), [there]);
    assert.deepEqual(ids(await lease()), [here]);
    assert.deepEqual(await lease(PLENTY, 'nowhere'), []);
    assert.deepEqual(await value(test.outbox.destinations()), [DESTINATION, 'other']);
  });

  it('reads no more of a backlog of large readings than it hands out', async () => {
    const body = JSON.stringify('x'.repeat(8_000_000));
    for (let count = 0; count < 20; count += 1) await accept({ body, group: 'g' });
    const limits = { count: 500, bytes: 100_000 };
    // Of a worker's memory nothing else is known than what it adds to the process's.
    const before = process.memoryUsage.rss();
    assert.equal((await value(test.outbox.lease(DESTINATION, limits))).length, 1);
    const lane = { only: 'g' };
    assert.equal((await value(test.outbox.leaseLane(DESTINATION, { ...limits, lane }))).length, 1);
    const added = process.memoryUsage.rss() - before;
    assert.ok(added < 100_000_000, `${added} bytes`);
  });

  it('bounds a lease by bytes, but hands out one item however large', async () => {
    const body = JSON.stringify('x'.repeat(1000));
    const accepted = [await accept({ body }), await accept({ body }), await accept({ body })];
    assert.deepEqual(ids(await lease({ count: 10, bytes: 2200 })), accepted.slice(0, 2));
    assert.deepEqual(ids(await lease({ count: 10, bytes: 1 })), accepted.slice(2));
    assert.deepEqual(await lease({ count: 0, bytes: 1000 }), []);
  });

  it('passes over what it is asked to, and hands that out the next time', async () => {
    const { outbox } = test;
    const all = [];
    for (const group of ['a', 'b', 'a', 'b', 'a']) all.push(await value(outbox.accept(newItem({ group }))));
    const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = all;
    const { destination } = newItem();
    const others = async (count: number, except: readonly number[]) =>
      ids(await value(outbox.lease(destination, { count, bytes: 2 ** 20, except })));
    const ofLane = async (only: string, except: readonly number[]) =>
      ids(await value(outbox.leaseLane(destination, { count: 9, bytes: 2 ** 20, except, lane: { only } })));
    assert.deepEqual(await others(9, all), []);
    assert.deepEqual(await others(1, [first, second]), [third]);
    assert.deepEqual(await ofLane('b', [second]), [fourth]);
    assert.deepEqual(await ofLane('b', []), [second]);
    assert.deepEqual(await others(9, [first]), [fifth]);
    assert.deepEqual(await others(9, [first]), []);
    assert.deepEqual(await others(9, []), [first]);
    assert.deepEqual(test.notices, []);
  });

  it('leases one lane at a time, each in its turn, and items without one alone', async () => {
    const accepted: number[] = [];
    for (const group of ['b', 'a', 'b', '', '', 'a', 'b']) accepted.push(await accept({ group }));
    const byIndex = (...indexes: number[]) => indexes.map((index) => accepted[index]);
    const next = async (after: string, except: readonly string[] = [], count = 100) =>
      ids(await value(test.outbox.leaseLane(DESTINATION, { count, bytes: 1e6, lane: { after, except } })));
    assert.deepEqual(await next('a', [], 2), byIndex(0, 2));
    assert.deepEqual(await next('a', ['b']), byIndex(1, 5), 'round once, and past what is excepted');
    assert.deepEqual(await next('', ['b']), []);
    await value(test.outbox.release(byIndex(2).filter((id) => id !== undefined)));
    assert.deepEqual(await next('b'), byIndex(2, 6));
    assert.deepEqual(await next('b'), byIndex(3));
    assert.deepEqual(await next('b'), byIndex(4));
    assert.deepEqual(await next('b'), []);
  });

  it('counts what waits in lanes, leased items included, refused ones not', async () => {
    const [first] = [
      await accept({ group: 'a' }),
      await accept({ group: 'a' }),
      await accept({ group: 'b' }),
    ];
    await lease({ count: 2, bytes: 1e6 });
    await value(test.outbox.refuse([first], 'no'));
    assert.deepEqual(await value(test.outbox.countLanes(DESTINATION, ['b', 'a', 'c'])), [1, 1, 0]);
    assert.deepEqual(await value(test.outbox.countLanes('nowhere', ['a'])), [0]);
  });

  it('forgets what is acknowledged, with its images', async () => {
    const id = await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    const other = await accept();
    await lease();
    await value(test.outbox.acknowledge([id]));
    assert.deepEqual(await readdir(join(test.folder, 'images')), []);
    await test.reopen();
    assert.deepEqual(ids(await lease()), [other]);
    assert.equal((await counts()).waiting, 1);
  });

  it('writes deletions that wait when it is closed', async () => {
    const id = await accept();
    await lease();
    const acknowledged = test.outbox.acknowledge([id]);
    await test.reopen();
    await value(acknowledged);
    assert.deepEqual(await lease(), []);
  });

  it('never gives an id twice', async () => {
    const first = await accept();
    await value(test.outbox.acknowledge([first]));
    await test.reopen();
    assert.ok((await accept()) > first);
  });

  it('keeps what is refused on a list with the reason and the time, to retry, discard and export', async () => {
    const image = { field: 'image', bytes: new Uint8Array([1, 2, 3]) };
    const accepted = [await accept({ images: [image] }), await accept(), await accept()];
    await lease();
    test.clock.time += 60_000;
    await value(test.outbox.refuse(accepted, '422: the unit is unknown'));
    await test.reopen();
    assert.deepEqual(await lease(), []);
    const [first] = await value(test.outbox.refused.list(DESTINATION, { count: 1 }));
    assert.deepEqual([first?.reason, first?.refusedAt], ['422: the unit is unknown', START + 60_000]);
    assert.deepEqual(await refusedIds(1, accepted[0]), [accepted[1]]);
    const { waiting, refused } = await counts();
    assert.deepEqual({ waiting, refused }, { waiting: 0, refused: 3 });

    const exported: unknown[] = [];
    for await (const line of test.outbox.refused.export(DESTINATION)) exported.push(JSON.parse(line));
    assert.equal(exported.length, 3);
    assert.deepEqual(exported[0], {
      ...newItem(),
      correctionMs: 0,
      certainty: 'certain',
      id: accepted[0],
      // What it is known by on other machines too: drawn, so that it is not another reading's.
      identity: first?.identity,
      bytes: first?.bytes,
      refusedAt: START + 60_000,
      reason: '422: the unit is unknown',
      images: [{ field: 'image', size: 3, base64: 'AQID' }],
    });

    assert.equal(await value(test.outbox.refused.discard(accepted.slice(0, 1))), 1);
    assert.deepEqual(await readdir(join(test.folder, 'images')), []);
    const fresh = await accept();
    assert.deepEqual(ids(await lease()), [fresh]);
    assert.equal(await value(test.outbox.refused.retry([accepted[1] ?? 0, 12_345])), 1);
    assert.deepEqual(ids(await lease()), [accepted[1]]);
    assert.deepEqual(await refusedIds(), [accepted[2]]);
  });

  it('counts what is kept', async () => {
    assert.deepEqual(await counts(), {
      waiting: 0,
      bytes: 0,
      oldest: undefined,
      refused: 0,
      dropped: 0,
      damaged: 0,
      isPaused: false,
    });
    const id = await accept({ timestamp: 5.5 });
    await accept();
    const { bytes: size } = (await lease({ count: 1, bytes: 1 }))[0] ?? { bytes: 0 };
    const { waiting, bytes, oldest } = await counts();
    assert.deepEqual({ waiting, bytes, oldest }, { waiting: 2, bytes: 2 * size, oldest: 5.5 });
    await value(test.outbox.acknowledge([id]));
    assert.deepEqual(await counts(), {
      ...(await counts()),
      waiting: 1,
      bytes: size,
      oldest: newItem().timestamp,
    });
  });

  describe('bounds', () => {
    const bounds = { ...DEFAULT_BOUNDS, freeDisk: 0 };
    const enforce = (given = {}) => value(test.outbox.enforce(DESTINATION, { ...bounds, ...given }));

    it('drop what is over age, count it and hand it back', async () => {
      const old = await accept({ timestamp: 7, origin: '{"node":"n7"}' });
      test.clock.time += 1000;
      const young = await accept();
      test.clock.time += bounds.ageMs - 500;
      assert.deepEqual(await enforce(), [
        {
          id: old,
          destination: DESTINATION,
          timestamp: 7,
          origin: '{"node":"n7"}',
          bound: 'age',
          wasRefused: false,
        },
      ]);
      assert.deepEqual(await enforce(), []);
      assert.deepEqual(ids(await lease()), [young]);
      assert.equal((await counts()).dropped, 1);
    });

    it('do not count age while the clock is not set', async () => {
      test.clock.isSet = false;
      test.clock.time = 1000;
      const undated = await accept();
      test.clock.time = START;
      assert.deepEqual(await enforce(), []);
      test.clock.isSet = true;
      assert.deepEqual(await enforce(), []);
      await accept();
      test.clock.time += bounds.ageMs + 1;
      test.clock.isSet = false;
      assert.deepEqual(await enforce(), []);
      test.clock.isSet = true;
      assert.equal((await enforce())[0]?.id, undated);
    });

    it('drop refused items first, then the oldest, never a leased one', async () => {
      const accepted: number[] = [];
      for (let count = 0; count < 5; count += 1) accepted.push(await accept());
      const [leased] = await lease({ count: 1, bytes: 1 });
      await value(test.outbox.refuse(accepted.slice(3, 4), 'no'));
      const dropped = await enforce({ bytes: 3 * (leased?.bytes ?? 0) });
      assert.deepEqual(
        dropped.map(({ id, bound, wasRefused }) => [id, bound, wasRefused]),
        [
          [accepted[3], 'bytes', true],
          [accepted[1], 'bytes', false],
        ],
      );
    });

    it('drop no more for room on the disk than is missing, however many destinations there are', async () => {
      const destinations = ['a', 'b', 'c'];
      const bytes = new Uint8Array(100_000);
      for (const destination of [...destinations, ...destinations, ...destinations])
        await accept({ destination, images: [{ field: 'image', bytes }] });
      const images = join(test.folder, 'images');
      // A disk that has room for 20 such images, of which 13 are to stay free.
      const look = async () => ({ blocks: 100, bsize: 100_000, bavail: 20 - (await readdir(images)).length });
      const looking = mock.method(promises, 'statfs', look);
      try {
        const missingTwo = { ...DEFAULT_BOUNDS, freeDisk: 0.13 };
        const dropped = await Promise.all(
          destinations.map((each) => value(test.outbox.enforce(each, missingTwo))),
        );
        assert.equal(dropped.flat().length, 2);
      } finally {
        looking.mock.restore();
      }
    });

    it('leave an almost full disk alone where dropping cannot help', async () => {
      await accept();
      assert.deepEqual(await enforce({ freeDisk: 1 }), []);
    });
  });

  it('refuses what cannot be kept', async () => {
    const bad = [
      { timestamp: Number.NaN },
      { destination: '' },
      { group: 'a\0b' },
      { body: '"a\0b"' },
      { origin: '"a\0b"' },
      { group: 'x'.repeat(2001) },
      { body: JSON.stringify('x'.repeat(9e6)) },
      { images: [{ field: 'image', bytes: new Uint8Array(64 * 2 ** 20 + 1) }] },
      { images: Array.from({ length: 17 }, () => ({ field: 'image', bytes: new Uint8Array(1) })) },
    ];
    for (const given of bad) assert.equal(await kind(test.outbox.accept(newItem(given))), 'invalid');
    assert.equal((await counts()).waiting, 0);
  });

  it('finds a damaged image', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(100) }] });
    const [file] = await readdir(join(test.folder, 'images'));
    await truncate(join(test.folder, 'images', file ?? ''), 99);
    const [item] = await lease();
    assert.equal(await kind(item?.images[0]?.read() ?? Promise.reject()), 'damaged');
    for await (const line of test.outbox.export(DESTINATION))
      assert.match(line, /"images":\[\{"field":"image","size":100,"problem":"The image came back/);
    await rm(join(test.folder, 'images', file ?? ''));
    assert.equal(await kind(item?.images[0]?.read() ?? Promise.reject()), 'damaged');
  });

  it('does not take an image for damaged that cannot be read just now', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(100) }] });
    const [item] = await lease();
    const read = () => item?.images[0]?.read() ?? Promise.reject();
    const tooMany = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    const failing = mock.method(promises, 'readFile', () => Promise.reject(tooMany));
    try {
      assert.equal(await kind(read()), 'storage');
    } finally {
      failing.mock.restore();
    }
    assert.equal((await value(read())).length, 100);
  });

  for (const [part, text] of [
    ['a column', 'origin TEXT'],
    ['a key', 'PRIMARY KEY'],
    ['an index', 'waiting_items'],
  ] as const) {
    it(`finds a flipped bit in the name of ${part}, tells the user, and works again`, async () => {
      await accept();
      await test.outbox.close();
      const file = join(test.folder, 'outbox.sqlite');
      const bytes = await readFile(file);
      const position = bytes.indexOf(text);
      bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
      await writeFile(file, bytes);
      await test.reopen();
      const fresh = await accept();
      assert.equal((await lease()).at(-1)?.id, fresh);
      assert.deepEqual(
        test.notices.map((notice) => notice.kind),
        ['file-damaged'],
      );
    });
  }

  it('carries over what is sound of a damaged file at once, also after a million million readings', async () => {
    await value(test.outbox.acknowledge([await accept()]));
    await test.outbox.close();
    const file = join(test.folder, 'outbox.sqlite');
    giveUpTo(file, 1e12);
    await test.reopen();
    const all = [];
    for (let count = 0; count < 300; count += 1) all.push(await accept());
    await test.outbox.close();
    const lost = await spoilFirstLeaf(file);
    assert.ok(lost > 0 && lost < all.length);
    await test.reopen();
    assert.deepEqual(ids(await lease()), all.slice(lost));
    assert.equal((await counts()).damaged, lost);
    assert.deepEqual(
      test.notices.map((notice) => [notice.kind, notice.lost]),
      [['file-damaged', lost]],
    );
  });

  it('sweeps images of readings that were never accepted', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    const images = join(test.folder, 'images');
    const before = await readdir(images);
    await writeFile(join(images, 'left-over'), 'x');
    await test.reopen();
    await test.reopen();
    assert.deepEqual(await readdir(images), before);
  });

  const unnamed = () => readdir(join(test.folder, 'images.unnamed')).catch(() => undefined);

  it('moves images away whose readings were lost with a damaged file, and says how many', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    const before = await readdir(join(test.folder, 'images'));
    await test.outbox.close();
    await truncate(join(test.folder, 'outbox.sqlite'), 0);
    await test.reopen();
    await test.reopen();
    assert.deepEqual(await unnamed(), before);
    assert.deepEqual(
      test.notices.map((notice) => notice.kind),
      ['file-damaged', 'images-unnamed'],
    );
    assert.match(test.notices[1]?.message ?? '', /1 image any more.* moved to .*images\.unnamed\./);
  });

  it('moves images away where the process ended before their readings were carried over', async () => {
    await test.outbox.close();
    await copyFile(join(test.folder, 'outbox.sqlite'), join(test.folder, 'backup'));
    await test.reopen();
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    const before = await readdir(join(test.folder, 'images'));
    await test.outbox.close();
    await rename(join(test.folder, 'backup'), join(test.folder, 'outbox.sqlite'));
    // Half a copy of what was replaced.
    await writeFile(join(test.folder, 'outbox.sqlite.copy'), '');
    await test.reopen();
    await test.outbox.close();
    assert.deepEqual(await unnamed(), before);
  });

  it('moves images away at the next start whose readings were lost after the sweep', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    const before = await readdir(join(test.folder, 'images'));
    // Waits until the sweep is over.
    await test.reopen();
    await test.outbox.close();
    await mkdir(join(test.folder, 'images.unnamed'));
    await test.alter('DELETE FROM items');
    await test.outbox.close();
    assert.deepEqual(await unnamed(), before);
  });

  it('leaves no folder for images where none had to be moved away', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    await test.outbox.close();
    await writeFile(join(test.folder, 'outbox.sqlite.copy'), '');
    await test.reopen();
    await test.outbox.close();
    assert.equal(await unnamed(), undefined);
    assert.equal((await readdir(join(test.folder, 'images'))).length, 1);
  });

  it('lets nobody else look in', async () => {
    await accept({ images: [{ field: 'image', bytes: new Uint8Array(10) }] });
    assert.equal(await mode(test.folder), '700');
    assert.equal(await mode(join(test.folder, 'images')), '700');
    for (const name of await readdir(test.folder))
      if (name !== 'images') assert.equal(await mode(join(test.folder, name)), '600', name);
    for (const name of await readdir(join(test.folder, 'images')))
      assert.equal(await mode(join(test.folder, 'images', name)), '600');
  });

  it('says so where it is closed', async () => {
    await test.outbox.close();
    assert.equal(await kind(test.outbox.accept(newItem())), 'closed');
    assert.equal(await kind(test.outbox.lease(DESTINATION, PLENTY)), 'closed');
    const lines: string[] = [];
    for await (const line of test.outbox.refused.export(DESTINATION)) lines.push(line);
    assert.deepEqual(lines, ['{"problem":"The database was closed"}']);
  });

  it('tells a second user of the folder, and works for it once the first is gone', async () => {
    await accept();
    const notices: string[] = [];
    const rival = openOutbox({
      folder: test.folder,
      now: () => START,
      isClockSet: () => true,
      report: (notice) => notices.push(notice.kind),
    });
    assert.equal(await kind(rival.accept(newItem())), 'locked');
    assert.equal(await kind(rival.accept(newItem())), 'locked');
    const image = { field: 'image', bytes: new Uint8Array(10) };
    assert.equal(await kind(rival.accept(newItem({ images: [image] }))), 'locked');
    assert.deepEqual(await readdir(join(test.folder, 'images')), []);
    assert.deepEqual(notices, ['locked']);
    await test.outbox.close();
    await value(rival.accept(newItem()));
    await rival.close();
  });
});
