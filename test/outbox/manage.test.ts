import assert from 'node:assert/strict';
import { DEFAULT_BOUNDS } from '../../src/outbox';
import { checksum } from '../../src/storage';
import { ids, newItem, PLENTY, testOutbox, value, type TestOutbox } from './support';

const DESTINATION = newItem().destination;

describe('what a user does with the outbox', () => {
  let test: TestOutbox;

  beforeEach(async () => {
    test = await testOutbox();
  });

  afterEach(() => test.remove());

  const accept = (given: Parameters<typeof newItem>[0] = {}) => value(test.outbox.accept(newItem(given)));
  const lease = (limits = PLENTY, destination = DESTINATION) => value(test.outbox.lease(destination, limits));
  const counts = (destination = DESTINATION) => value(test.outbox.counts(destination));
  const reassign = () => value(test.outbox.reassign(DESTINATION, 'other'));
  const refusedIds = async () => ids(await value(test.outbox.refused.list(DESTINATION, { count: 1000 })));

  describe('pause', () => {
    it('leases nothing until it is resumed, also after a restart', async () => {
      const first = await accept();
      await value(test.outbox.pause(DESTINATION));
      const second = await accept();
      assert.deepEqual(await lease(), []);
      assert.deepEqual(
        await value(test.outbox.leaseLane(DESTINATION, { ...PLENTY, lane: { after: '', except: [] } })),
        [],
      );
      await test.reopen();
      assert.deepEqual([await lease(), (await counts()).isPaused], [[], true]);
      await value(test.outbox.resume(DESTINATION));
      assert.deepEqual([ids(await lease()), (await counts()).isPaused], [[first, second], false]);
    });

    it('stands for a destination that has had nothing yet, and for no other', async () => {
      await value(test.outbox.pause('later'));
      await test.reopen();
      assert.equal((await counts('later')).isPaused, true);
      const id = await accept();
      await accept({ destination: 'later' });
      assert.deepEqual([ids(await lease()), await lease(PLENTY, 'later')], [[id], []]);
    });

    it('outlives a damaged file', async () => {
      await accept();
      await value(test.outbox.pause(DESTINATION));
      await test.alter('UPDATE schema SET sum = 0');
      assert.deepEqual([await lease(), (await counts()).isPaused], [[], true]);
      assert.equal((await counts()).waiting, 1);
    });

    it('lets leases end as always', async () => {
      const [acknowledged, refused] = [await accept(), await accept()];
      await lease();
      await value(test.outbox.pause(DESTINATION));
      await value(test.outbox.acknowledge([acknowledged]));
      await value(test.outbox.refuse([refused], 'no'));
      assert.deepEqual(await refusedIds(), [refused]);
      assert.equal((await counts()).waiting, 0);
    });
  });

  describe('reassign', () => {
    it('moves what waits and what was refused, with its images, for good', async () => {
      const image = { field: 'image', bytes: new Uint8Array([1, 2, 3]) };
      const between = await accept({ destination: 'other' });
      const moved = [await accept({ images: [image], group: 'g' }), await accept({ group: 'g' })];
      const refused = await accept();
      await lease({ count: 3, bytes: 1e6 });
      await value(test.outbox.refuse([refused], 'no'));
      await value(test.outbox.release(moved));
      const { bytes } = await counts();
      const before = (await counts('other')).bytes;
      assert.equal(await reassign(), 3);
      await test.reopen();
      assert.deepEqual(await counts(), { ...(await counts('nowhere')), bytes: 0 });
      const { waiting, refused: refusedCount, bytes: after } = await counts('other');
      assert.deepEqual([waiting, refusedCount, after], [3, 1, before + bytes]);
      const found = await lease(PLENTY, 'other');
      assert.deepEqual(ids(found), [between, ...moved]);
      assert.deepEqual(
        await value(found[1]?.images[0]?.read() ?? Promise.reject()),
        Buffer.from(image.bytes),
      );
      const [there] = await value(test.outbox.refused.list('other', { count: 10 }));
      assert.deepEqual([there?.id, there?.reason], [refused, 'no']);
    });

    it('finds what moved behind items that were leased before', async () => {
      const old = await accept();
      await accept({ destination: 'other' });
      await lease(PLENTY, 'other');
      await reassign();
      assert.deepEqual(ids(await lease(PLENTY, 'other')), [old]);
      assert.deepEqual(test.notices, []);
    });

    it('leaves what is leased to whoever has it', async () => {
      const [leased, free] = [await accept(), await accept()];
      await lease({ count: 1, bytes: 1 });
      assert.equal(await reassign(), 1);
      assert.deepEqual(ids(await lease(PLENTY, 'other')), [free]);
      await value(test.outbox.release([leased]));
      assert.deepEqual(ids(await lease()), [leased]);
    });

    it('counts age from now, so that an old queue is not dropped at once', async () => {
      await accept();
      const bounds = { ...DEFAULT_BOUNDS, freeDisk: 0 };
      test.clock.time += bounds.ageMs + 1000;
      await reassign();
      assert.deepEqual(await value(test.outbox.enforce('other', bounds)), []);
      test.clock.time += bounds.ageMs + 1000;
      assert.equal((await value(test.outbox.enforce('other', bounds))).length, 1);
    });

    it('keeps the time of acceptance while the clock is not set', async () => {
      await accept();
      test.clock.time += 1000;
      test.clock.isSet = false;
      await reassign();
      test.clock.isSet = true;
      test.clock.time += DEFAULT_BOUNDS.ageMs - 500;
      assert.equal((await value(test.outbox.enforce('other', { ...DEFAULT_BOUNDS, freeDisk: 0 }))).length, 1);
    });

    it('does nothing with a destination that has nothing, or to itself', async () => {
      const id = await accept();
      assert.equal(await value(test.outbox.reassign('nowhere', 'other')), 0);
      assert.equal(await value(test.outbox.reassign(DESTINATION, DESTINATION)), 0);
      assert.deepEqual(ids(await lease()), [id]);
    });

    it('sets apart and reports what came back damaged', async () => {
      const [sound, damaged] = [await accept(), await accept()];
      await test.alter(`UPDATE items SET body = '1' WHERE id = ${damaged}`);
      assert.equal(await reassign(), 1);
      assert.deepEqual(ids(await lease(PLENTY, 'other')), [sound]);
      const { waiting, bytes, damaged: count } = await counts();
      assert.deepEqual({ waiting, bytes, count }, { waiting: 0, bytes: 0, count: 1 });
      assert.deepEqual(
        test.notices.map(({ kind: noticed, id }) => [noticed, id]),
        [['quarantined', damaged]],
      );
    });
  });

  it('exports all of a destination, what waits and what was refused', async () => {
    const [waiting, refused] = [await accept({ body: '1' }), await accept({ body: '2' })];
    await value(test.outbox.refuse([refused], 'no'));
    const lines: { readonly id: number; readonly body: string; readonly reason?: string }[] = [];
    for await (const line of test.outbox.export(DESTINATION)) lines.push(JSON.parse(line));
    assert.deepEqual(
      lines.map(({ id, body, reason }) => [id, body, reason]),
      [
        [waiting, '1', undefined],
        [refused, '2', 'no'],
      ],
    );
  });

  it('gives pages of no more than some megabytes, and goes on behind a page of damaged items', async () => {
    const body = JSON.stringify('x'.repeat(3 * 2 ** 20));
    const accepted = [await accept({ body }), await accept({ body }), await accept()];
    await value(test.outbox.refuse(accepted, 'no'));
    assert.deepEqual(await refusedIds(), accepted.slice(0, 1));
    await test.alter(`UPDATE items SET reason = 'yes' WHERE id = ${accepted[0]}`);
    assert.deepEqual(await refusedIds(), accepted.slice(1));
  });

  it('works on with a folder of the version before pauses', async () => {
    const id = await accept();
    await test.alter(
      `DROP TABLE paused_destinations; DROP TABLE retention_time; DROP TABLE known_names; DROP TABLE imported_items; UPDATE schema SET version = 2, sum = ${checksum([2])}`,
    );
    assert.deepEqual(ids(await lease()), [id]);
    await value(test.outbox.pause(DESTINATION));
    assert.equal((await counts()).isPaused, true);
  });
});
