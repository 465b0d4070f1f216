import assert from 'node:assert/strict';
import type { DeliveryProblem } from '../../src/delivery';
import type { DroppedItem } from '../../src/outbox';
import { failed } from '../../src/result';
import { failure, MERGING, originOf, quiet, range, Rig, TAKEN, type Reading } from './support';

function broken(): never {
  throw new Error('broken');
}

function surplusItem(id: number): DroppedItem {
  return { id, destination: 'd', timestamp: id, origin: originOf(id), bound: 'age', wasRefused: false };
}

describe('a courier', () => {
  it('keeps an item without waiting for its delivery, then delivers it, with its origin untouched', async () => {
    const rig = new Rig();
    const kept = await rig.courier.accept({ device: 'd', numbers: [7] }, '{ "a" : 1.0 }');
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
    const kept = await rig.courier.accept({ device: 'd', numbers: [7] }, '{}');
    assert(!kept.ok);
    assert.equal(kept.failure.kind, 'full');
    await rig.close();
  });

  it('delivers what waited before it was made', async () => {
    const rig = new Rig();
    rig.courier.hold();
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
    await rig.courier.accept({ device: 'd', numbers: [] }, 'a');
    await rig.courier.accept({ device: 'd', numbers: [2], picture: Buffer.from('x') }, 'b');
    await rig.courier.accept({ device: 'd', numbers: [3], picture: Buffer.from('y') }, 'c');
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

describe('a courier whose service is away', () => {
  const passing: DeliveryProblem[] = [
    'offline',
    'timeout',
    'throttled',
    'unavailable',
    'unreadable',
    'busy',
    'cancelled',
  ];
  for (const kind of passing) {
    it(`keeps everything and sends one probe at a time, ever less often (${kind})`, async () => {
      const rig = new Rig();
      rig.transport.respond = () => failure(kind);
      await rig.accept(range(20));
      await rig.clock.pass(0);
      const burst = rig.transport.started.length;
      assert(burst <= 4, `${burst} went at once`);
      assert.equal(rig.mode(), kind === 'throttled' ? 'throttled' : 'offline');
      await rig.clock.pass(1000 + 2000 + 4000 + 8000);
      assert.equal(rig.transport.started.length, burst + 4);
      assert.equal(rig.courier.state().waiting, 20);
      rig.transport.respond = () => TAKEN;
      await rig.clock.pass(16_000);
      assert.equal(rig.delivered.length, 20);
      assert.equal(rig.mode(), 'idle');
      await rig.close();
    });
  }

  it('waits for a slow probe before it sends another', async () => {
    const rig = new Rig();
    rig.transport.respond = () => failure('offline');
    await rig.accept(range(5));
    rig.transport.respond = () => undefined;
    const before = rig.transport.started.length;
    await rig.clock.pass(3_600_000);
    assert.equal(rig.transport.started.length, before + 1);
    await rig.close();
  });

  it('waits as long as the service asks, even if an earlier request still works', async () => {
    const rig = new Rig();
    await rig.accept(range(6));
    rig.transport.answer(failure('unavailable', 60_000));
    await quiet();
    rig.transport.answer();
    await quiet();
    assert.equal(rig.delivered.length, 1);
    await rig.clock.pass(59_000);
    assert.equal(rig.transport.started.length, 4);
    assert.equal(rig.courier.state().retryAt, rig.clock.now() + 1000);
    await rig.clock.pass(1000);
    assert.equal(rig.transport.started.length, 5);
    await rig.close();
  });

  it('goes on at once where a request that was under way works after all', async () => {
    const rig = new Rig();
    await rig.accept(range(6));
    rig.transport.answer(failure('unavailable'));
    rig.transport.answer();
    await quiet();
    assert.equal(rig.transport.started.length, 6);
    await rig.close();
  });

  it('counts requests that fail together as one failure', async () => {
    const rig = new Rig();
    await rig.accept(range(4));
    for (const _ of range(4)) rig.transport.answer(failure('offline'));
    await quiet();
    assert.equal(rig.courier.state().retryAt, rig.clock.now() + 1000);
    await rig.close();
  });

  it('does not let one item that the service stumbles over keep the others', async () => {
    const rig = new Rig();
    rig.transport.respond = ({ numbers }) => (numbers[0] === 1 ? failure('unavailable') : TAKEN);
    await rig.accept(range(50));
    await rig.clock.pass(60_000);
    assert.equal(rig.delivered.length, 49);
    assert.equal(rig.mode(), 'retrying');
    assert.equal(rig.courier.state().failure?.kind, 'unavailable');
    const before = rig.transport.started.length;
    await rig.accept([51]);
    assert.equal(rig.delivered.length, 50, 'a new one goes at once');
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(300_000);
    assert.equal(rig.delivered.length, 51);
    assert(rig.transport.started.length <= before + 3);
    await rig.close();
  });

  it('leaves everything but a handful to the bounds in a long outage', async () => {
    const rig = new Rig();
    rig.transport.respond = () => failure('offline');
    await rig.accept(range(300));
    await rig.clock.pass(86_400_000);
    assert(rig.outbox.idsIn('leased').length <= 16);
    await rig.close();
  });

  it('survives a transport that throws, without showing what it threw', async () => {
    const rig = new Rig();
    rig.transport.respond = () => {
      throw new RangeError('secret');
    };
    await rig.accept([1]);
    assert.equal(rig.mode(), 'offline');
    assert.match(rig.courier.state().failure?.message ?? '', /RangeError/);
    assert.doesNotMatch(rig.courier.state().failure?.message ?? '', /secret/);
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(1000);
    assert.equal(rig.delivered.length, 1);
    await rig.close();
  });
});

describe('a courier with a wrong configuration', () => {
  for (const kind of ['unauthorised', 'missing', 'untrusted', 'misconfigured'] as const) {
    it(`pauses and looks again with one probe every 5 min (${kind})`, async () => {
      const rig = new Rig();
      rig.transport.respond = () => failure(kind);
      await rig.accept(range(10));
      await rig.clock.pass(0);
      assert.equal(rig.mode(), 'paused');
      const burst = rig.transport.started.length;
      assert(burst <= 4);
      await rig.clock.pass(299_000);
      assert.equal(rig.transport.started.length, burst);
      await rig.clock.pass(1000);
      assert.equal(rig.transport.started.length, burst + 1);
      rig.transport.respond = () => TAKEN;
      await rig.clock.pass(300_000);
      assert.equal(rig.delivered.length, 10);
      await rig.close();
    });
  }

  it('looks at once when told to, and after a deploy', async () => {
    const rig = new Rig();
    rig.transport.respond = () => failure('unauthorised');
    await rig.accept(range(10));
    rig.courier.retryNow();
    await quiet();
    assert.equal(rig.mode(), 'paused');
    rig.transport.respond = () => TAKEN;
    rig.courier.retryNow();
    await quiet();
    assert.equal(rig.delivered.length, 10);
    rig.transport.respond = () => failure('missing');
    await rig.accept([11]);
    rig.transport.respond = () => TAKEN;
    await rig.recreate();
    await quiet();
    assert.equal(rig.delivered.length, 11);
    await rig.close();
  });

  it('keeps everything where there is no transport at all', async () => {
    const rig = new Rig({ transport: failed({ kind: 'misconfigured', message: 'no key' }) });
    await rig.accept([1, 2]);
    await rig.clock.pass(3_600_000);
    const { mode, waiting, retryAt, failure: reason } = rig.courier.state();
    assert.deepEqual([mode, waiting, retryAt, reason?.message], ['paused', 2, undefined, 'no key']);
    await rig.close();
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2]);
  });
});

describe('a courier that merges', () => {
  it('sends a backlog in one request per device, and a single reading as it is', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    await rig.accept([1], 'a');
    await rig.accept([2, 3], 'a');
    await rig.accept([4], 'b');
    await rig.accept([5], 'a');
    rig.transport.respond = () => TAKEN;
    rig.transport.answer();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1], [2, 3, 5], [4]]);
    assert.deepEqual(rig.delivered, [1, 2, 3, 5, 4].map(originOf));
    await rig.close();
  });

  it('merges no more than it may', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1, merge: { count: 3, bytes: 1e6 } } });
    rig.courier.hold();
    await rig.accept(range(7));
    rig.transport.respond = () => TAKEN;
    rig.courier.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1, 2, 3], [4, 5, 6], [7]]);
    await rig.close();
  });

  it('never merges what has no group', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    rig.courier.hold();
    await rig.accept([1, 2], '');
    rig.transport.respond = () => TAKEN;
    rig.courier.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1], [2]]);
    await rig.close();
  });

  it('finds the refused ones of a large batch in few requests, and sends the others', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    rig.courier.hold();
    await rig.accept(range(256));
    const bad = new Set([3, 200]);
    rig.transport.respond = ({ numbers }) =>
      numbers.some((number) => bad.has(number)) ? failure('refused') : TAKEN;
    rig.courier.resume();
    await rig.clock.pass(100);
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
    rig.courier.hold();
    await rig.accept(range(256));
    rig.transport.respond = ({ numbers }) => (numbers.includes(77) ? failure('unavailable') : TAKEN);
    rig.courier.resume();
    await rig.clock.pass(60_000);
    assert.equal(rig.delivered.length, 255);
    assert.equal(rig.courier.state().waiting, 1);
    assert.deepEqual(rig.refused, []);
    await rig.close();
  });

  it('remembers how it halved a batch through an outage', async () => {
    const rig = new Rig({ codec: MERGING, policy: { concurrent: 1 } });
    rig.courier.hold();
    await rig.accept(range(8));
    rig.courier.resume();
    await quiet();
    rig.transport.answer(failure('refused'));
    await quiet();
    rig.transport.answer(failure('offline'));
    await quiet();
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(2000);
    assert.deepEqual(rig.transport.sent().slice(0, 2), [range(8), [1, 2, 3, 4]]);
    assert(
      !rig.transport
        .sent()
        .slice(2)
        .some((numbers) => numbers.includes(4) && numbers.includes(5)),
    );
    assert.equal(rig.delivered.length, 8);
    await rig.close();
  });

  it('sends a merged batch without the readings that cannot be read any more', async () => {
    const rig = new Rig({ codec: MERGING });
    rig.courier.hold();
    await rig.accept([1]);
    await rig.courier.accept({ device: 'd', numbers: [] }, 'unreadable');
    await rig.accept([2]);
    rig.transport.respond = () => TAKEN;
    rig.courier.resume();
    await quiet();
    assert.deepEqual(rig.transport.sent(), [[1, 2]]);
    assert.deepEqual(
      rig.refused.map(({ origin }) => origin),
      ['unreadable'],
    );
    await rig.close();
  });

  it('probes with one reading, not with the whole backlog', async () => {
    const rig = new Rig({ codec: MERGING });
    rig.courier.hold();
    await rig.accept(range(100));
    rig.transport.respond = () => failure('offline');
    rig.courier.resume();
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

describe('a courier whose outbox fails', () => {
  it('waits and asks again, and shows it', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    await quiet();
    rig.outbox.failures.set('lease', ['locked', 'stopped', 'storage']);
    await rig.accept([1]);
    const { mode, outboxFailure, retryAt } = rig.courier.state();
    assert.deepEqual([mode, outboxFailure?.kind], ['blocked', 'locked']);
    assert.equal(retryAt, rig.clock.now() + 1000);
    await rig.clock.pass(7000);
    assert.deepEqual(rig.delivered, [originOf(1)]);
    assert.equal(rig.mode(), 'idle');
    await rig.close();
  });

  it('settles again, and delivers nothing meanwhile', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    rig.outbox.failures.set('settle', ['full', 'full']);
    await rig.accept([1]);
    await rig.accept([2, 3]);
    assert.equal(rig.mode(), 'blocked');
    assert.deepEqual(rig.transport.sent(), [[1]]);
    await rig.clock.pass(999);
    assert.deepEqual(rig.transport.sent(), [[1]]);
    await rig.clock.pass(2001);
    assert.deepEqual(rig.transport.sent(), [[1], [2], [3]]);
    assert.deepEqual(rig.outbox.rows, []);
    await rig.close();
  });

  it('refuses and releases again', async () => {
    const rig = new Rig();
    rig.transport.respond = ({ numbers }) => failure(numbers[0] === 1 ? 'refused' : 'offline');
    rig.outbox.failures.set('refuse', ['stopped']);
    rig.outbox.failures.set('release', ['stopped']);
    await rig.accept([1, 2]);
    assert.deepEqual(rig.refused, []);
    await rig.clock.pass(1000);
    assert.equal(rig.refused.length, 1);
    await rig.close();
    assert.deepEqual(rig.outbox.idsIn('due'), [2]);
  });

  it('gives up after a few tries when it closes', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    rig.outbox.failures.set(
      'settle',
      range(50).map(() => 'storage' as const),
    );
    await rig.accept([1]);
    await rig.close();
    assert(rig.outbox.calls.filter((call) => call === 'settle').length < 10);
    assert.deepEqual(rig.outbox.idsIn('due'), [1], 'it is delivered again rather than stuck');
  });
});

describe('a courier and its owner', () => {
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
    rig.courier.hold();
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
    rig.courier.retryNow();
    await quiet();
    assert.deepEqual(rig.delivered, [originOf(1)]);
    await rig.close();
  });

  it('holds and resumes', async () => {
    const rig = new Rig();
    rig.courier.hold();
    await rig.accept([1, 2]);
    assert.equal(rig.mode(), 'held');
    assert.deepEqual(rig.transport.started, []);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    rig.courier.resume();
    await quiet();
    assert.equal(rig.transport.started.length, 2);
    await rig.close();
  });

  it('is not brought down by a listener that throws', async () => {
    const rig = new Rig({ events: { delivered: broken, refused: broken, dropped: broken, changed: broken } });
    rig.transport.respond = ({ numbers }: Reading) => (numbers[0] === 1 ? failure('refused') : TAKEN);
    await rig.accept([1, 2, 3]);
    assert.deepEqual(rig.outbox.idsIn('due', 'leased'), []);
    await rig.close();
  });
});

describe('closing a courier', () => {
  it('ends what is under way, releases everything and leaves no timer', async () => {
    const rig = new Rig();
    await rig.accept(range(10));
    const closed = rig.courier.close();
    await closed;
    assert.equal(rig.clock.timers.size, 0);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    assert.deepEqual(rig.outbox.idsIn('due'), range(10));
    assert.equal(rig.mode(), 'closed');
    await rig.courier.close();
  });

  it('waits for what was delivered just now to be settled', async () => {
    const rig = new Rig();
    await rig.accept([1, 2]);
    rig.transport.answer();
    await rig.courier.close();
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

  it('gives back what is leased while it closes, and still keeps what is accepted later', async () => {
    const rig = new Rig();
    const accepted = rig.courier.accept({ device: 'd', numbers: [1] }, '{}');
    await rig.courier.close();
    assert((await accepted).ok);
    await rig.accept([2]);
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2]);
    assert.equal(rig.clock.timers.size, 0);
  });
});
