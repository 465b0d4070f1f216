import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DroppedItem } from '../../src/outbox';
import {
  DESTINATION,
  failure,
  originOf,
  quiet,
  range,
  Rig,
  TAKEN,
  type Answer,
  type Reading,
} from './support';

function broken(): never {
  throw new Error('broken');
}

function surplusItem(id: number): DroppedItem {
  return { id, destination: 'd', timestamp: id, origin: originOf(id), bound: 'age', wasRefused: false };
}

describe('a sender', () => {
  it('keeps an item without waiting for its delivery, then delivers it, with its origin untouched', async () => {
    const rig = new Rig();
    const kept = await rig.sender.accept({ device: 'd', numbers: [7] }, '{ "a" : 1.0 }');
    assert.deepEqual(kept, { ok: true, value: 1 });
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[7]]);
    assert.deepEqual(rig.delivered, []);
    rig.transport.answer();
    await quiet();
    assert.deepEqual(rig.delivered, ['{ "a" : 1.0 }']);
    assert.deepEqual(rig.outbox.rows, []);
    await rig.close();
  });

  it('says so where the outbox did not keep an item', async () => {
    const rig = new Rig();
    rig.outbox.failures.set('accept', ['full']);
    const kept = await rig.sender.accept({ device: 'd', numbers: [7] }, '{}');
    assert(!kept.ok);
    assert.equal(kept.failure.kind, 'full');
    await rig.close();
  });

  it('delivers what waited before it was made', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept([1, 2]);
    rig.transport.respond = () => TAKEN;
    await rig.recreate();
    await quiet();
    assert.deepEqual(rig.delivered, [originOf(1), originOf(2)]);
    await rig.close();
  });

  it('has no more under way than it may, oldest first, and starts the next as soon as one ends', async () => {
    const rig = new Rig({ policy: { concurrent: 2 } });
    await rig.accept([1, 2, 3, 4]);
    assert.deepEqual(rig.transport.sent(), [[1], [2]]);
    rig.transport.answer();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1], [2], [3]]);
    await rig.close();
  });

  it('sends a long backlog in its order, leasing the next while the last goes', async () => {
    const sent: number[] = [];
    const deliver = async ({ numbers }: Reading) => {
      sent.push(...numbers);
      await nextTurn();
      return TAKEN;
    };
    const rig = new Rig({ transport: { ok: true, value: { deliver } } });
    rig.sender.hold();
    await rig.accept(range(1000));
    rig.sender.resume();
    while (rig.delivered.length < 1000) await rig.clock.pass(0);
    assert.deepEqual(sent, range(1000));
    await rig.close();
  });

  it('does not miss what is accepted while the outbox says that there is nothing', async () => {
    const rig = new Rig();
    await quiet();
    rig.outbox.delay = () => 6;
    rig.sender.retryNow();
    await nextTurn();
    await nextTurn();
    rig.outbox.delay = () => 0;
    await rig.sender.accept({ device: 'd', numbers: [1] }, '{}');
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1]]);
    await rig.close();
  });

  it('starts no more per second than it may', async () => {
    const rig = new Rig({ policy: { requestsPerSecond: 2 } });
    rig.transport.respond = () => TAKEN;
    await rig.accept([1, 2, 3, 4]);
    await rig.clock.pass(0);
    assert.equal(rig.transport.started.length, 1);
    await rig.clock.pass(499);
    assert.equal(rig.transport.started.length, 1);
    await rig.clock.pass(1);
    assert.equal(rig.transport.started.length, 2);
    await rig.clock.pass(1000);
    assert.equal(rig.transport.started.length, 4);
    await rig.close();
  });

  it('refuses an item that the service refuses, with the reason, and goes on', async () => {
    const rig = new Rig();
    rig.transport.respond = ({ numbers }) => (numbers[0] === 2 ? failure('refused') : TAKEN);
    await rig.accept([1, 2, 3]);
    assert.deepEqual(rig.refused, [{ origin: originOf(2), message: 'it is refused' }]);
    assert.deepEqual(rig.outbox.idsIn('refused'), [2]);
    assert.deepEqual(rig.outbox.idsIn('due', 'leased'), []);
    await rig.close();
  });

  it('refuses what cannot be read any more, and a damaged image, with the reason', async () => {
    const rig = new Rig();
    rig.outbox.damaged.add(2);
    rig.transport.respond = () => TAKEN;
    await rig.sender.accept({ device: 'd', numbers: [] }, 'a');
    await rig.sender.accept({ device: 'd', numbers: [2], picture: Buffer.from('x') }, 'b');
    await rig.sender.accept({ device: 'd', numbers: [3], picture: Buffer.from('y') }, 'c');
    await quiet();
    assert.deepEqual(rig.refused, [
      { origin: 'a', message: 'nothing in it' },
      { origin: 'b', message: 'Image "picture": altered' },
    ]);
    assert.deepEqual(
      rig.transport.started.map(({ picture }) => String(picture)),
      ['y'],
    );
    await rig.close();
  });
});

describe('a sender and its owner', () => {
  it('reports what changed, but not all the time', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    await rig.accept(range(100));
    await rig.clock.pass(1000);
    assert(rig.states.length > 0 && rig.states.length <= 5, `${rig.states.length} reports`);
    const last = rig.states.at(-1);
    assert.deepEqual([last?.mode, last?.waiting, last?.lastSentAt !== undefined], ['idle', 0, true]);
    const before = rig.states.length;
    await rig.clock.pass(600_000);
    assert.equal(rig.states.length, before, 'reports though nothing changed');
    await rig.close();
  });

  it('enforces the bounds after accepting and on its own, and reports what was dropped, oldest first', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept([1]);
    rig.outbox.surplus = [range(1000).map(surplusItem), [surplusItem(1001)]];
    await rig.clock.pass(60_000);
    assert.deepEqual(
      rig.dropped.map(({ id }) => id),
      range(1001),
    );
    rig.outbox.surplus = [[surplusItem(1002)]];
    await rig.accept([2]);
    await rig.clock.pass(5000);
    assert.equal(rig.dropped.length, 1002);
    await rig.close();
  });

  it('looks at once at what the user had wait again', async () => {
    const rig = new Rig();
    rig.transport.respond = () => failure('refused');
    await rig.accept([1]);
    rig.transport.respond = () => TAKEN;
    await rig.outbox.refused.retry([1]);
    rig.sender.retryNow();
    await quiet();
    assert.deepEqual(rig.delivered, [originOf(1)]);
    await rig.close();
  });

  it('enforces the bounds within seconds of returning what they could not reach', async () => {
    const rig = new Rig();
    await rig.accept(range(20));
    await rig.clock.pass(10_000);
    rig.outbox.surplus = [[surplusItem(5)]];
    rig.transport.answer(failure('offline'));
    await rig.clock.pass(5000);
    assert.deepEqual(
      rig.dropped.map(({ id }) => id),
      [5],
    );
    await rig.close();
  });

  it('counts again when it is told that another sender worked on its queue', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept([1, 2]);
    await rig.clock.pass(1000);
    const leased = await rig.outbox.lease(DESTINATION, { count: 2, bytes: 1000 });
    assert(leased.ok);
    await rig.outbox.acknowledge(leased.value.map(({ id }) => id));
    await rig.clock.pass(1000);
    assert.equal(rig.sender.state().waiting, 2);
    rig.sender.look();
    await rig.clock.pass(1000);
    assert.equal(rig.sender.state().waiting, 0);
    assert.equal(rig.states.at(-1)?.waiting, 0);
    await rig.close();
  });

  it('holds and resumes', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept([1, 2]);
    assert.equal(rig.mode(), 'held');
    assert.deepEqual(rig.transport.started, []);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    rig.sender.resume();
    await quiet();
    assert.equal(rig.transport.started.length, 2);
    await rig.close();
  });

  it('goes on where a listener throws', async () => {
    const rig = new Rig({ events: { delivered: broken, refused: broken, dropped: broken, changed: broken } });
    rig.transport.respond = ({ numbers }: Reading) => (numbers[0] === 1 ? failure('refused') : TAKEN);
    await rig.accept([1, 2, 3]);
    assert.deepEqual(rig.outbox.idsIn('due', 'leased'), []);
    await rig.close();
  });
});

describe('closing a sender', () => {
  it('ends what is under way, releases everything and leaves no timer', async () => {
    const rig = new Rig();
    await rig.accept(range(10));
    const closed = rig.sender.close();
    await closed;
    assert.equal(rig.clock.timers.size, 0);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    assert.deepEqual(rig.outbox.idsIn('due'), range(10));
    assert.equal(rig.mode(), 'closed');
    await rig.sender.close();
  });

  it('waits for what was delivered just now to be acknowledged', async () => {
    const rig = new Rig();
    await rig.accept([1, 2]);
    rig.transport.answer();
    await rig.sender.close();
    assert.deepEqual(rig.outbox.idsIn('due', 'leased'), [2]);
    assert.deepEqual(rig.delivered, [originOf(1)]);
  });

  it('does not wait for ever for a transport that does not listen', async () => {
    const transport = { ok: true, value: { deliver: () => new Promise<never>(() => {}) } } as const;
    const rig = new Rig({ transport });
    await rig.accept([1, 2]);
    await rig.close();
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2]);
  });

  it('leaves alone what a transport answers after that', async () => {
    const answers: ((answer: Answer) => void)[] = [];
    const deliver = () => new Promise<Answer>((resolve) => void answers.push(resolve));
    const rig = new Rig({ transport: { ok: true, value: { deliver } } });
    await rig.accept([1, 2]);
    await rig.close();
    answers[0]?.(TAKEN);
    answers[1]?.(failure('refused'));
    await quiet();
    assert.deepEqual([rig.delivered, rig.refused, rig.outbox.idsIn('due')], [[], [], [1, 2]]);
  });

  it('gives back what it is being given while it closes', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept([1, 2]);
    await rig.recreate();
    await rig.sender.close();
    assert.equal(rig.outbox.calls.at(-1), 'release');
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2]);
  });

  it('leaves no listener behind', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    for (const number of range(40)) {
      await rig.accept([number]);
      await rig.clock.pass(300);
    }
    const { signal } = rig.transport;
    assert(signal && getEventListeners(signal, 'abort').length <= 2);
    await rig.close();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('still keeps what is accepted while it closes and later', async () => {
    const rig = new Rig();
    const accepted = rig.sender.accept({ device: 'd', numbers: [1] }, '{}');
    await rig.sender.close();
    assert((await accepted).ok);
    await rig.accept([2]);
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2]);
    assert.equal(rig.clock.timers.size, 0);
  });
});
