import assert from 'node:assert/strict';
import { failure, LANES, quiet, range, Rig, TAKEN } from './support';

describe('a sender whose items have lanes and do not merge', () => {
  it('sends each item alone, one of a lane at a time, in the order of the lane', async () => {
    const rig = new Rig({ codec: LANES, policy: { concurrent: 4 } });
    rig.sender.hold();
    await rig.accept([1, 2, 3], 'a');
    await rig.accept([4, 5], 'b');
    rig.sender.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1], [4]]);
    rig.transport.respond = () => TAKEN;
    for (const { answer } of rig.transport.open) answer(TAKEN);
    await quiet();
    const sent = rig.transport.sent().flat();
    assert.deepEqual(new Set(sent), new Set(range(5)));
    for (const lane of [
      [1, 2, 3],
      [4, 5],
    ])
      assert.deepEqual(
        sent.filter((number) => lane.includes(number)),
        lane,
      );
    await rig.close();
  });

  it('has every lane take its turn, however many items wait in one', async () => {
    const rig = new Rig({ codec: LANES, policy: { concurrent: 1 } });
    rig.sender.hold();
    await rig.accept(range(50), 'a');
    await rig.accept([51], 'b');
    await rig.accept([52], 'c');
    rig.transport.respond = () => TAKEN;
    rig.sender.resume();
    for (const _ of range(20)) await rig.clock.pass(5);
    const first = rig.transport.sent().flat().slice(0, 4);
    assert.deepEqual(new Set(first), new Set([1, 2, 51, 52]));
    assert.equal(rig.delivered.length, 52);
    await rig.close();
  });

  it('goes on with the other lanes while one gets no answer', async () => {
    const rig = new Rig({ codec: LANES, policy: { concurrent: 2 } });
    rig.transport.respond = ({ device }) => (device === 'slow' ? undefined : TAKEN);
    await rig.accept(range(20), 'slow');
    await rig.accept(range(20, 21), 'a');
    await rig.accept(range(20, 41), 'b');
    await quiet();
    assert.equal(rig.delivered.length, 40);
    assert.deepEqual(
      rig.transport.open.flatMap(({ reading }) => reading.numbers),
      [1],
    );
    await rig.close();
  });

  it('defers the lane that fails, names it, and sends it in its order once it is taken', async () => {
    const rig = new Rig({ codec: LANES });
    let isKnown = false;
    rig.transport.respond = ({ device }) => (device === 'new' && !isKnown ? failure('missing') : TAKEN);
    await rig.accept([1], 'a');
    await rig.accept([2], 'b');
    await quiet();
    await rig.accept([3, 4, 5], 'new');
    await rig.accept([6, 7], 'a');
    await quiet();
    await rig.clock.pass(1000);
    const { deferred, deferredCount } = rig.sender.state();
    assert.deepEqual(
      [deferredCount, deferred.map(({ name, waiting }) => [name, waiting])],
      [1, [['new', 3]]],
    );
    assert.equal(rig.delivered.length, 4);
    isKnown = true;
    rig.sender.retryNow();
    await quiet();
    assert.deepEqual(rig.transport.sent().flat().slice(-3), [3, 4, 5]);
    assert.equal(rig.sender.state().deferredCount, 0);
    await rig.close();
  });

  it('refuses the one item that is refused, and goes on with its lane', async () => {
    const rig = new Rig({ codec: LANES });
    rig.transport.respond = ({ numbers }) => (numbers.includes(2) ? failure('refused') : TAKEN);
    await rig.accept([1, 2, 3], 'a');
    await quiet();
    assert.deepEqual([rig.refused.length, rig.delivered.length], [1, 2]);
    await rig.close();
  });
});
