import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { DeliveryProblem } from '../../src/delivery';
import { failed, success } from '../../src/result';
import {
  DESTINATION,
  failure,
  MERGING,
  originOf,
  quiet,
  range,
  Rig,
  SINGLE,
  TAKEN,
  TestClock,
} from './support';

describe('a sender whose service is away', () => {
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
      assert.equal(rig.sender.state().waiting, 20);
      rig.transport.respond = () => TAKEN;
      await rig.clock.pass(16_000);
      assert.equal(rig.delivered.length, 20);
      assert.equal(rig.mode(), 'idle');
      await rig.close();
    });
  }

  it('tries again on time where that comes while it looks at the clock', async () => {
    for (const early of range(20, 0)) {
      const clock = new RestlessClock(early / 1000);
      const rig = new Rig({ clock });
      rig.transport.respond = () => failure('offline');
      await rig.accept([1]);
      rig.transport.respond = () => TAKEN;
      await clock.pass(2000);
      assert.equal(rig.delivered.length, 1, `a timer that comes ${early} µs early`);
      const closed = rig.sender.close();
      await clock.pass(5000);
      await closed;
    }
  });

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

  it('sends one probe though much is leased', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept(range(20));
    rig.sender.resume();
    await quiet();
    for (const _ of range(4)) rig.transport.answer(failure('offline'));
    await rig.clock.pass(60_000);
    assert.equal(rig.transport.open.length, 1);
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
    assert.equal(rig.sender.state().retryAt, rig.clock.now() + 1000);
    await rig.clock.pass(1000);
    assert.equal(rig.transport.started.length, 5);
    await rig.close();
  });

  it('waits as long as the service asked, whatever later answers say', async () => {
    const rig = new Rig();
    await rig.accept([1, 2, 3]);
    rig.transport.answer(failure('unavailable', 3_600_000));
    await quiet();
    rig.transport.answer(failure('unauthorised'));
    rig.transport.answer(failure('offline'));
    await quiet();
    assert.equal(rig.mode(), 'paused');
    assert.equal(rig.sender.state().retryAt, rig.clock.now() + 3_600_000);
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
    assert.equal(rig.sender.state().retryAt, rig.clock.now() + 1000);
    await rig.close();
  });

  it('does not let one item that the service stumbles over keep the others', async () => {
    const rig = new Rig();
    rig.transport.respond = ({ numbers }) => (numbers[0] === 1 ? failure('unavailable') : TAKEN);
    await rig.accept(range(50));
    await rig.clock.pass(60_000);
    assert.equal(rig.delivered.length, 49);
    assert.equal(rig.mode(), 'retrying');
    assert.equal(rig.sender.state().failure?.kind, 'unavailable');
    const before = rig.transport.started.length;
    await rig.accept([51]);
    assert.equal(rig.delivered.length, 50, 'a new one goes at once');
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(300_000);
    assert.equal(rig.delivered.length, 51);
    assert(rig.transport.started.length <= before + 3);
    await rig.close();
  });

  it('does not let any number of those keep the others', async () => {
    for (const codec of [SINGLE, MERGING]) {
      const rig = new Rig({ codec });
      rig.transport.respond = ({ numbers }) => (numbers.some((n) => n <= 60) ? failure('timeout') : TAKEN);
      await rig.accept(range(80));
      await rig.clock.pass(24 * 3_600_000);
      assert.deepEqual(new Set(rig.delivered), new Set(range(20, 61).map((n) => originOf(n))));
      await rig.accept([81]);
      await rig.clock.pass(600_000);
      assert.equal(rig.delivered.length, 21, 'a new reading');
      rig.transport.respond = () => TAKEN;
      await rig.clock.pass(600_000);
      assert.equal(rig.delivered.length, 81, 'all, once the service takes them');
      assert.equal(rig.mode(), 'idle');
      await rig.close();
    }
  });

  it('does not let a few large pictures that time out keep the others', async () => {
    const rig = new Rig();
    rig.transport.respond = ({ picture }) => (picture ? failure('timeout') : TAKEN);
    const picture = new Uint8Array(5_000_000);
    for (const n of range(6)) await rig.sender.accept({ device: 'd', numbers: [n], picture }, originOf(n));
    await rig.accept(range(20, 7));
    await rig.clock.pass(3_600_000);
    assert.deepEqual(new Set(rig.delivered), new Set(range(20, 7).map((n) => originOf(n))));
    await rig.close();
  });

  it('leaves everything but a handful to the bounds in an outage', async () => {
    const rig = new Rig();
    rig.sender.hold();
    await rig.accept(range(300));
    rig.transport.respond = () => failure('offline');
    rig.sender.resume();
    await rig.clock.pass(60_000);
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
    assert.match(rig.sender.state().failure?.message ?? '', /RangeError/);
    assert.doesNotMatch(rig.sender.state().failure?.message ?? '', /secret/);
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(1000);
    assert.equal(rig.delivered.length, 1);
    await rig.close();
  });
});

describe('a sender with a wrong configuration', () => {
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

  it('gives back what it has, and does not look again while another sender of its queue works', async () => {
    let doesOtherWork = true;
    const rig = new Rig({ standsAside: () => doesOtherWork });
    rig.transport.respond = () => failure('unauthorised');
    await rig.accept(range(10));
    await rig.clock.pass(3_600_000);
    assert(rig.transport.started.length <= 4, `${rig.transport.started.length} requests`);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    doesOtherWork = false;
    rig.transport.respond = () => TAKEN;
    await rig.clock.pass(300_000);
    assert.equal(rig.delivered.length, 10);
    await rig.close();
  });

  it('looks at once when told to, and after a deploy', async () => {
    const rig = new Rig();
    rig.transport.respond = () => failure('unauthorised');
    await rig.accept(range(10));
    rig.sender.retryNow();
    await quiet();
    assert.equal(rig.mode(), 'paused');
    rig.transport.respond = () => TAKEN;
    rig.sender.retryNow();
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
    const { mode, waiting, retryAt, failure: reason } = rig.sender.state();
    assert.deepEqual([mode, waiting, retryAt, reason?.message], ['paused', 2, undefined, 'no key']);
    await rig.close();
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2]);
  });
});

describe('a sender whose outbox fails', () => {
  it('waits and asks again, and shows it', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    await quiet();
    rig.outbox.failures.set('lease', ['locked', 'stopped', 'storage']);
    await rig.accept([1]);
    const { mode, outboxFailure, retryAt } = rig.sender.state();
    assert.deepEqual([mode, outboxFailure?.kind], ['blocked', 'locked']);
    assert.equal(retryAt, rig.clock.now() + 1000);
    await rig.clock.pass(7000);
    assert.deepEqual(rig.delivered, [originOf(1)]);
    assert.equal(rig.mode(), 'idle');
    await rig.close();
  });

  it('acknowledges again, and delivers nothing meanwhile', async () => {
    const rig = new Rig();
    rig.transport.respond = () => TAKEN;
    rig.outbox.failures.set('acknowledge', ['full', 'full']);
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

  it('delivers no more than a bounded number that the outbox has not deleted yet', async () => {
    const rig = new Rig({ codec: MERGING, policy: { batch: { count: 5000, bytes: 1e9 } } });
    const deleted = new AbortController();
    rig.outbox.acknowledge = async () => {
      if (!deleted.signal.aborted) await once(deleted.signal, 'abort');
      return success(undefined);
    };
    rig.transport.respond = () => TAKEN;
    rig.sender.hold();
    const item = { ...MERGING.store({ device: 'd', numbers: [1] }), destination: DESTINATION, origin: '' };
    await Promise.all(range(60_000).map(() => rig.outbox.accept(item)));
    rig.sender.resume();
    for (const _ of range(100)) await quiet();
    const { length } = rig.transport.sent().flat();
    assert(length >= 20_000 && length <= 40_000, `${length} went`);
    deleted.abort();
    for (let turns = 0; turns < 2000 && rig.transport.sent().flat().length < 60_000; turns += 1)
      await quiet();
    assert.equal(rig.transport.sent().flat().length, 60_000);
    await rig.close();
  });

  it('tells of many delivered items in time, so that the outbox never deletes thousands at once', async () => {
    const rig = new Rig();
    const deleted = new AbortController();
    const told: number[] = [];
    rig.outbox.acknowledge = async ({ length }) => {
      told.push(length);
      if (!deleted.signal.aborted) await once(deleted.signal, 'abort');
      return success(undefined);
    };
    rig.transport.respond = () => TAKEN;
    rig.sender.hold();
    await rig.accept(range(600));
    rig.sender.resume();
    for (const _ of range(10)) await quiet();
    assert.equal(rig.delivered.length, 600);
    assert.deepEqual(told, [1, 250, 250]);
    deleted.abort();
    await quiet();
    assert.deepEqual(told, [1, 250, 250, 99]);
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
      'acknowledge',
      range(50).map(() => 'storage' as const),
    );
    await rig.accept([1]);
    await rig.close();
    assert(rig.outbox.calls.filter((call) => call === 'acknowledge').length < 10);
    assert.deepEqual(rig.outbox.idsIn('due'), [1], 'it is delivered again rather than stuck');
  });
});

/** A clock that goes on by a microsecond each time that it is read, and whose timers come early, as those of Node.js do. */
class RestlessClock extends TestClock {
  constructor(earlyMs: number) {
    super();
    const { schedule } = this;
    this.monotonic = () => (this.time += 0.001);
    this.schedule = (ms, task) => schedule(Math.max(0, ms - earlyMs), task);
  }
}
