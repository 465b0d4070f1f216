import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { until } from '../support/waiting';
import { kind, newItem, PLENTY, testOutbox, value, type TestOutbox } from './support';

const { destination } = newItem();

describe("The outbox's files, deleted while it is open", () => {
  let test: TestOutbox;
  // Keeps the storage thread running through all tests: to load it takes longer than a test.
  let running: TestOutbox;
  before(async () => {
    running = await testOutbox();
  });
  after(() => running.remove());
  beforeEach(async () => {
    test = await testOutbox();
  });
  afterEach(() => test.remove());

  const notices = (wanted: string) => test.notices.filter((notice) => notice.kind === wanted);
  const accept = (body: string) => value(test.outbox.accept(newItem({ body })));
  const waiting = async () => (await value(test.outbox.lease(destination, PLENTY))).map(({ body }) => body);

  it('keep what was accepted before and after, and what is leased, refused and paused', async () => {
    for (let index = 0; index < 4; index += 1) await accept(`"${index}"`);
    const [refused, leased] = await value(test.outbox.lease(destination, { ...PLENTY, count: 2 }));
    assert(refused && leased);
    await value(test.outbox.refuse([refused.id], 'no'));
    await value(test.outbox.pause('another'));
    await rm(test.folder, { recursive: true });
    await accept('"after"');
    // What is leased is not leased again.
    assert.deepEqual(await waiting(), ['"2"', '"3"', '"after"']);
    await value(test.outbox.acknowledge([leased.id]));
    await test.reopen();
    assert.deepEqual(await waiting(), ['"2"', '"3"', '"after"']);
    assert.equal((await value(test.outbox.counts(destination))).refused, 1);
    assert.equal((await value(test.outbox.counts('another'))).isPaused, true);
    assert.deepEqual(
      notices('file-displaced').map(({ lost }) => lost),
      [0],
    );
  });

  it('keep what was accepted where nobody calls until they are closed', async () => {
    await accept('"kept"');
    await rm(test.folder, { recursive: true });
    await test.reopen();
    assert.deepEqual(await waiting(), ['"kept"']);
  });

  it('say of an image that is gone that it is, count them, and keep new ones at once', async () => {
    const images = [{ field: 'cam1', bytes: new Uint8Array(10) }];
    await value(test.outbox.accept(newItem({ images })));
    await rm(test.folder, { recursive: true });
    await value(test.outbox.accept(newItem({ images })));
    await until('the count of images', () => notices('images-missing').length > 0);
    assert.match(notices('images-missing')[0]?.message ?? '', /^The file of 1 image is gone from /);
    const [gone, kept] = await value(test.outbox.lease(destination, PLENTY));
    assert(gone?.images[0] && kept?.images[0]);
    const found = await gone.images[0].read();
    assert(!found.ok && found.failure.kind === 'damaged');
    assert.match(found.failure.message, /^The image's file is gone/);
    assert.deepEqual(await value(kept.images[0].read()), Buffer.alloc(10));
  });

  it('refuse with the reason while they cannot be made anew, and accept again by themselves', async () => {
    await accept('"before"');
    await rm(test.folder, { recursive: true });
    await writeFile(test.folder, '');
    assert.equal(await kind(test.outbox.accept(newItem())), 'stopped');
    const refused = await test.outbox.accept(newItem());
    assert(!refused.ok);
    assert.match(refused.failure.message, /was deleted, moved away or replaced .* cannot be made anew now/);
    await rm(test.folder);
    await until('a reading to be accepted again', async () => (await test.outbox.accept(newItem())).ok);
    await test.reopen();
    assert.equal((await waiting()).includes('"before"'), true);
  });
});
