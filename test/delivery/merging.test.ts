import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { success } from '../../src/result';
import { failure, MERGING, originOf, quiet, range, Rig, TAKEN } from './support';

describe('a sender that merges', () => {
  it('sends a backlog in one request per device, and a single reading as it is', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    await rig.accept([1], 'a');
    await rig.accept([2, 3], 'a');
    await rig.accept([4], 'b');
    await rig.accept([5], 'a');
    rig.transport.respond = () => TAKEN;
    rig.transport.answer();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1], [4], [2, 3, 5]]);
    assert.deepEqual(rig.delivered, [1, 4, 2, 3, 5].map(originOf));
    await rig.close();
  });

  it('merges no more than it may', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1, batch: { count: 3, bytes: 1e6 } } });
    rig.sender.hold();
    await rig.accept(range(7));
    rig.transport.respond = () => TAKEN;
    rig.sender.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1, 2, 3], [4, 5, 6], [7]]);
    await rig.close();
  });

  it('finds the refused ones of a large batch in few requests, and sends the others', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    rig.sender.hold();
    await rig.accept(range(256));
    const bad = new Set([3, 200]);
    rig.transport.respond = ({ numbers }) =>
      numbers.some((number) => bad.has(number)) ? failure('refused') : TAKEN;
    rig.sender.resume();
    for (const _ of range(20)) await rig.clock.pass(5);
    assert.deepEqual(
      rig.refused.map(({ origin }) => origin),
      [3, 200].map(originOf),
    );
    assert.equal(rig.delivered.length, 254);
    assert.equal(new Set(rig.delivered).size, 254);
    assert(rig.transport.started.length <= 2 * 2 * 8 + 1, `${rig.transport.started.length} requests`);
    await rig.close();
  });

  it('finds the one that the service stumbles over, too', async () => {
    const rig = new Rig({ codec: MERGING });
    rig.sender.hold();
    await rig.accept(range(256));
    rig.transport.respond = ({ numbers }) => (numbers.includes(77) ? failure('unavailable') : TAKEN);
    rig.sender.resume();
    await rig.clock.pass(120_000);
    assert.equal(rig.delivered.length, 255);
    assert.equal(rig.sender.state().waiting, 1);
    assert.deepEqual(rig.refused, []);
    await rig.close();
  });

  it('lets what waits behind a reading that failed not overtake it while it is tried once more', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 4 } });
    rig.sender.hold();
    await rig.accept([1, 2, 3]);
    rig.transport.respond = ({ numbers }) => (numbers.includes(2) ? failure('unavailable') : TAKEN);
    rig.sender.resume();
    await rig.clock.pass(120_000);
    assert.deepEqual(rig.delivered, [1, 3].map(originOf));
    rig.sender.hold();
    await rig.accept([4, 5]);
    await rig.clock.pass(3_600_000);
    rig.transport.respond = () => undefined;
    const before = rig.transport.started.length;
    rig.sender.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent().slice(before), [[2]]);
    rig.transport.answer();
    await quiet();
    assert.deepEqual(rig.transport.sent().slice(before), [[2], [4, 5]]);
    rig.transport.answer();
    await quiet();
    assert.deepEqual(rig.delivered, [1, 3, 2, 4, 5].map(originOf));
    await rig.close();
  });

  it('leases the next batch of a device while one is under way, and sends it when that was taken', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 4, batch: { count: 2, bytes: 1e6 } } });
    rig.sender.hold();
    await rig.accept(range(6));
    rig.sender.resume();
    await quiet();
    const leased = () => [...rig.outbox.leases.keys()];
    assert.deepEqual([rig.transport.sent(), leased()], [[[1, 2]], range(4)]);
    rig.transport.answer();
    await quiet();
    const sent = [
      [1, 2],
      [3, 4],
    ];
    assert.deepEqual([rig.transport.sent(), leased()], [sent, range(6)]);
    rig.transport.answer();
    await quiet();
    await rig.accept([7]);
    assert.deepEqual(leased(), range(7));
    await rig.close();
  });

  it('has no device wait for the room of a batch that waits for another one', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 2, batch: { count: 2, bytes: 1e6 } } });
    rig.sender.hold();
    await rig.accept(range(6), 'slow');
    rig.sender.resume();
    await quiet();
    await rig.accept([7], 'other');
    assert.deepEqual(rig.transport.sent(), [[1, 2], [7]]);
    await rig.close();
  });

  for (const kind of ['unavailable', 'missing', 'refused', 'offline'] as const)
    it(`gives back what it leased behind a batch that fails, so that the oldest are first again (${kind})`, async () => {
      const policy = { concurrent: 4, batch: { count: 2, bytes: 1e6 } };
      const rig = new Rig({ codec: MERGING, policy });
      rig.sender.hold();
      await rig.accept(range(6));
      rig.sender.resume();
      await quiet();
      rig.transport.respond = () => TAKEN;
      rig.transport.answer(failure(kind));
      await rig.clock.pass(600_000);
      assert.deepEqual(rig.delivered, range(6).map(originOf));
      await rig.close();
    });

  it('gives back what it is being given behind a batch that fails meanwhile', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 4, batch: { count: 2, bytes: 1e6 } } });
    rig.sender.hold();
    await rig.accept(range(6));
    await rig.accept([7], 'other');
    // The questions are for [1, 2], for [7], for a third device, and for what comes behind [1, 2].
    const delays = [0, 0, 0, 10];
    rig.outbox.delay = () => delays.shift() ?? 0;
    rig.sender.resume();
    for (let turn = 0; turn < 16 && delays.length > 0; turn += 1) await nextTurn();
    assert.deepEqual([delays, rig.transport.sent()], [[], [[1, 2], [7]]]);
    rig.transport.answer(failure('unavailable'));
    await quiet();
    rig.transport.respond = () => TAKEN;
    rig.transport.answer();
    await rig.clock.pass(600_000);
    assert.deepEqual(rig.delivered, [7, ...range(6)].map(originOf));
    await rig.close();
  });

  it('remembers through an outage that batches have to be smaller', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    rig.sender.hold();
    await rig.accept(range(8));
    rig.sender.resume();
    await quiet();
    rig.transport.answer(failure('refused'));
    await quiet();
    rig.transport.answer(failure('offline'));
    await quiet();
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(2000);
    assert.deepEqual(rig.transport.sent().slice(0, 2), [range(8), [1, 2, 3, 4]]);
    const later = rig.transport.sent().slice(2);
    assert(
      later.every(({ length }) => length <= 4),
      'no more than half of what was refused',
    );
    assert.equal(rig.delivered.length, 8);
    await rig.close();
  });

  it('sends a merged batch without the readings that cannot be read any more', async () => {
    const rig = new Rig({ codec: MERGING });
    rig.sender.hold();
    await rig.accept([1]);
    await rig.sender.accept({ device: 'd', numbers: [] }, 'unreadable');
    await rig.accept([2]);
    rig.transport.respond = () => TAKEN;
    rig.sender.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1, 2]]);
    assert.deepEqual(
      rig.refused.map(({ origin }) => origin),
      ['unreadable'],
    );
    await rig.close();
  });

  it('gives each reading of a request an answer of its own, which its owner may change', async () => {
    const answers: unknown[] = [];
    const rig = new Rig({
      codec: MERGING,
      events: {
        delivered: (_item, { answer }) => void answers.push(answer),
        refused: () => assert.fail(),
        dropped: () => assert.fail(),
        changed: () => {},
      },
    });
    rig.sender.hold();
    await rig.accept([1, 2]);
    const answer = { result: { taken: 2 } };
    rig.transport.respond = () => success({ statusCode: 200, answer });
    rig.sender.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1, 2]]);
    assert.deepEqual(answers, [answer, answer]);
    assert.notEqual(answers[0], answers[1]);
    await rig.close();
  });

  it('probes with one reading, not with the whole backlog', async () => {
    const rig = new Rig({ codec: MERGING });
    rig.sender.hold();
    await rig.accept(range(100));
    rig.transport.respond = () => failure('offline');
    rig.sender.resume();
    await rig.clock.pass(10_000);
    assert.deepEqual(
      rig.transport
        .sent()
        .slice(0, 2)
        .map(({ length }) => length),
      [100, 1],
    );
    assert(
      rig.transport
        .sent()
        .slice(1)
        .every(({ length }) => length === 1),
    );
    await rig.close();
  });
});
