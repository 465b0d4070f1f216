import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BestTime, ClockChange } from '../../src/clock';
import { createTimeWait, type DeliveryFailure } from '../../src/delivery';
import { failed, success } from '../../src/result';
import { failure, MERGING, quiet, range, Rig, SINGLE, START, TAKEN, type Answer } from './support';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const awaited: BestTime = { timestamp: START - 3 * HOUR, correctionMs: 0, certainty: 'awaited' };
const corrected: BestTime = { timestamp: START, correctionMs: 3 * HOUR, certainty: 'certain' };

/** A rig whose service can be reached while `isThere` says so. */
class Reachable extends Rig {
  isThere = true;
  /** When it was looked for, in milliseconds since the start. */
  readonly looks: number[] = [];

  constructor(options: ConstructorParameters<typeof Rig>[0] = {}) {
    super(options);
    this.transport.reach = async () => {
      this.looks.push(this.clock.time);
      return this.isThere;
    };
    this.transport.respond = () => TAKEN;
    this.outbox.timeOf = () => awaited;
  }

  learn(time: BestTime, change?: ClockChange): void {
    this.outbox.timeOf = () => time;
    this.outbox.learnTimes(change);
  }

  sent(): number[] {
    return this.transport.sent().flat();
  }
}

function ahead(aheadMs: number): Answer {
  return success({ statusCode: 201, answer: 'taken', aheadMs });
}

function ignore(): void {}

const UNSENT = failed<DeliveryFailure>({ kind: 'offline', message: 'no connection', isUnsent: true });

const BUSY: DeliveryFailure = { kind: 'unavailable', statusCode: 503, message: 'no room' };

const NOTHING: ClockChange = { jumpMs: 0, isNowRight: false };
const trifle: ClockChange = { ...NOTHING, jumpMs: -10_000 };
const jump: ClockChange = { ...NOTHING, jumpMs: -10_001 };
const right: ClockChange = { ...NOTHING, isNowRight: true };

/** A rig whose only reading has failed; and how often it was tried. */
async function failing(answer: Answer, options: ConstructorParameters<typeof Rig>[0] = {}) {
  const rig = new Reachable({ random: () => 0.999, ...options });
  rig.outbox.timeOf = () => corrected;
  rig.transport.respond = () => answer;
  await rig.accept([1]);
  return rig;
}

describe('a sender and the time', () => {
  it('waits for this machine to know the time, and then sends at once', async () => {
    const rig = new Reachable();
    await rig.accept([1, 2]);
    assert.deepEqual(rig.sent(), []);
    assert.equal(rig.mode(), 'awaiting-time');
    await rig.clock.pass(2 * MINUTE);
    assert.deepEqual(rig.sent(), []);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    rig.learn(corrected);
    await quiet();
    assert.deepEqual(rig.sent(), [1, 2]);
    await rig.close();
  });

  it('looks anew where an answer of the outbox was under way when the time became known', async () => {
    const rig = new Reachable();
    await rig.accept([1, 2]);
    rig.outbox.delay = () => 3;
    // As a clock is set: first it jumps, and then it is known to be right.
    rig.learn(awaited);
    while (rig.outbox.calls.filter((call) => call === 'lease').length < 2) await nextTurn();
    await nextTurn();
    rig.learn(corrected);
    rig.outbox.delay = () => 0;
    await quiet();
    assert.deepEqual(rig.sent(), [1, 2]);
    await rig.close();
  });

  it('says how many it sent with a corrected time, and by how much', async () => {
    const rig = new Reachable();
    await rig.accept([1, 2]);
    rig.learn(corrected);
    await quiet();
    const { corrected: count, correctionMs, estimated } = rig.sender.state();
    assert.deepEqual({ count, correctionMs, estimated }, { count: 2, correctionMs: 3 * HOUR, estimated: 0 });
    for (const time of [
      { timestamp: START, correctionMs: 400, certainty: 'certain' },
      { timestamp: START, correctionMs: HOUR, certainty: 'estimated' },
    ] as const) {
      rig.learn(time);
      await rig.accept([3]);
    }
    const state = rig.sender.state();
    assert.deepEqual([state.corrected, state.correctionMs, state.estimated], [2, 3 * HOUR, 1]);
    await rig.close();
  });

  it('tells its owner the time with which an item was sent', async () => {
    const seen: unknown[] = [];
    const rig = new Reachable({
      events: {
        delivered: ({ timestamp, correctionMs, certainty }) =>
          seen.push({ timestamp, correctionMs, certainty }),
        refused: ignore,
        dropped: ignore,
        changed: ignore,
      },
    });
    await rig.accept([1]);
    rig.learn(corrected);
    await quiet();
    assert.deepEqual(seen, [corrected]);
    await rig.close();
  });

  it('waits no longer than ten minutes while the service can be reached, and says until when', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    assert.equal(rig.sender.state().retryAt, START + 10 * MINUTE);
    await rig.clock.pass(10 * MINUTE - 1);
    assert.deepEqual(rig.sent(), []);
    await rig.clock.pass(1);
    assert.deepEqual(rig.sent(), [1]);
    assert.notEqual(rig.mode(), 'awaiting-time');
    // It does not begin anew with each reading.
    await rig.accept([2]);
    assert.deepEqual(rig.sent(), [1, 2]);
    await rig.close();
  });

  it('counts what it sent without waiting any longer as sent with an estimated time', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    await rig.clock.pass(10 * MINUTE);
    await rig.accept([2]);
    assert.deepEqual(rig.sent(), [1, 2]);
    const { corrected: count, estimated } = rig.sender.state();
    assert.deepEqual({ count, estimated }, { count: 0, estimated: 2 });
    await rig.close();
  });

  it('waits as long as it was told', async () => {
    const rig = new Reachable({ policy: { timeWaitMs: 5000 } });
    await rig.accept([1]);
    await rig.clock.pass(4999);
    assert.deepEqual(rig.sent(), []);
    await rig.clock.pass(1);
    assert.deepEqual(rig.sent(), [1]);
    await rig.close();
  });

  it('waits as long as it takes while the service cannot be reached', async () => {
    const rig = new Reachable();
    rig.isThere = false;
    await rig.accept([1]);
    await rig.clock.pass(5 * HOUR);
    assert.deepEqual(rig.sent(), []);
    assert.deepEqual([rig.mode(), rig.sender.state().retryAt], ['awaiting-time', undefined]);
    rig.isThere = true;
    await rig.clock.pass(10 * MINUTE);
    assert.deepEqual(rig.sent(), []);
    await rig.clock.pass(MINUTE);
    assert.deepEqual(rig.sent(), [1]);
    await rig.close();
  });

  it('counts the minutes in which the service can be reached, and does not begin anew after others', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    await rig.clock.pass(9 * MINUTE);
    rig.isThere = false;
    await rig.clock.pass(HOUR);
    assert.deepEqual(rig.sent(), []);
    assert.equal(rig.sender.state().retryAt, undefined);
    rig.isThere = true;
    await rig.clock.pass(MINUTE - 1);
    assert.deepEqual(rig.sent(), []);
    await rig.clock.pass(MINUTE);
    assert.deepEqual(rig.sent(), [1]);
    await rig.close();
  });

  it('does not count from anew where times change in the middle of a look', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    const { reach } = rig.transport;
    rig.transport.reach = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cancelled')));
      });
    await rig.clock.pass(MINUTE);
    rig.learn(corrected, NOTHING);
    await quiet();
    assert.deepEqual(rig.sent(), [1]);
    if (reach) rig.transport.reach = reach;
    rig.outbox.timeOf = () => awaited;
    await rig.accept([2]);
    assert.equal(rig.sender.state().retryAt, START + 10 * MINUTE);
    await rig.close();
  });

  it('goes on counting after a deploy, and not for the time in between', async () => {
    const rig = new Reachable({ timeWait: createTimeWait() });
    await rig.accept([1]);
    await rig.clock.pass(4 * MINUTE);
    await rig.recreate();
    await rig.clock.pass(4 * MINUTE);
    await rig.close();
    await rig.clock.pass(HOUR);
    await rig.recreate();
    await rig.clock.pass(MINUTE);
    assert.deepEqual(rig.sent(), []);
    await rig.clock.pass(MINUTE);
    assert.deepEqual(rig.sent(), [1]);
    // What has lasted long enough is not waited for again.
    await rig.recreate();
    await rig.accept([2]);
    assert.deepEqual(rig.sent(), [1, 2]);
    await rig.close();
  });

  it('waits as long again for a clock that slips after it was right, though one wait was used up', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    await rig.clock.pass(15 * MINUTE);
    assert.deepEqual(rig.sent(), [1]);
    rig.learn(corrected, right);
    await rig.clock.pass(HOUR);
    rig.learn(awaited, jump);
    await rig.accept([2]);
    assert.equal(rig.mode(), 'awaiting-time');
    await rig.clock.pass(10 * MINUTE - 1);
    assert.deepEqual(rig.sent(), [1]);
    await rig.clock.pass(1);
    assert.deepEqual(rig.sent(), [1, 2]);
    await rig.close();
  });

  it('looks for the service now and then, and only while something waits for the time', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => corrected;
    await rig.accept([1]);
    await rig.clock.pass(HOUR);
    assert.deepEqual(rig.looks, []);
    rig.outbox.timeOf = () => awaited;
    await rig.accept([2]);
    await rig.clock.pass(5 * MINUTE);
    assert.equal(rig.looks.length, 11);
    rig.learn(corrected);
    await rig.clock.pass(HOUR);
    assert.equal(rig.looks.length, 11);
    await rig.close();
  });

  it('takes a transport that cannot be asked for one that can be reached', async () => {
    const rig = new Reachable();
    delete rig.transport.reach;
    await rig.accept([1]);
    await rig.clock.pass(10 * MINUTE);
    assert.deepEqual(rig.sent(), [1]);
    await rig.close();
  });

  it('goes on where a look fails', async () => {
    const rig = new Reachable();
    let count = 0;
    rig.transport.reach = () => {
      count += 1;
      return Promise.reject(new Error('broken'));
    };
    await rig.accept([1]);
    await rig.clock.pass(5 * MINUTE);
    assert.equal(count, 11);
    assert.equal(rig.mode(), 'awaiting-time');
    await rig.close();
  });

  it('never sends what has no time at all', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => ({ ...awaited, certainty: 'undated' });
    await rig.accept([1]);
    await rig.clock.pass(24 * HOUR);
    assert.deepEqual(rig.sent(), []);
    rig.learn(corrected);
    await quiet();
    assert.deepEqual(rig.sent(), [1]);
    await rig.close();
  });

  it('looks for the service no more once it has waited long enough, though an item has no time at all', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    await rig.clock.pass(10 * MINUTE);
    assert.deepEqual(rig.sent(), [1]);
    const { length } = rig.looks;
    rig.outbox.timeOf = () => ({ ...awaited, certainty: 'undated' });
    await rig.accept([2]);
    await rig.clock.pass(10 * MINUTE);
    assert.deepEqual([rig.sent(), rig.looks.length], [[1], length]);
    await rig.close();
  });

  for (const [name, codec] of [
    ['single readings', SINGLE],
    ['readings of one device', MERGING],
  ] as const)
    it(`has no certain reading wait behind one whose time is not known (${name})`, async () => {
      const rig = new Reachable({ codec });
      rig.outbox.timeOf = () => ({ ...awaited, certainty: 'undated' });
      await rig.accept(range(300));
      rig.outbox.timeOf = () => awaited;
      await rig.accept([301]);
      rig.outbox.timeOf = () => corrected;
      await rig.accept([302]);
      assert.deepEqual(rig.sent(), [302]);
      await rig.clock.pass(HOUR);
      assert.deepEqual(rig.sent(), [302, 301]);
      await rig.accept([303]);
      assert.deepEqual(rig.sent(), [302, 301, 303]);
      assert.equal(rig.mode(), 'awaiting-time');
      assert.deepEqual(rig.outbox.idsIn('leased'), []);
      rig.learn(corrected, right);
      await quiet();
      while (rig.sent().length < 303) await rig.clock.pass(0);
      assert.deepEqual(rig.sent().slice(3), range(300));
      await rig.close();
    });

  it('says that somebody should look when it has waited for minutes, also over a deploy, until the time is known', async () => {
    const timeWait = createTimeWait();
    const rig = new Reachable({ timeWait });
    rig.isThere = false;
    await rig.accept([1]);
    const isOverdue = () => rig.sender.state().isTimeOverdue;
    await rig.clock.pass(2 * MINUTE);
    assert.equal(isOverdue(), false);
    await rig.recreate();
    await rig.clock.pass(MINUTE);
    assert.equal(isOverdue(), true);
    assert.equal(rig.states.at(-1)?.isTimeOverdue, true, 'its owner was told');
    rig.learn(awaited, { jumpMs: -HOUR, isNowRight: false });
    await quiet();
    assert.equal(isOverdue(), true);
    rig.learn(corrected, right);
    await quiet();
    assert.equal(isOverdue(), false);
    rig.learn(awaited);
    await rig.accept([2]);
    assert.equal(isOverdue(), false);
    await rig.close();
  });

  it('sends what has its time, and keeps the order of what has not', async () => {
    const rig = new Reachable();
    rig.sender.hold();
    rig.outbox.timeOf = () => corrected;
    await rig.accept([1, 2]);
    rig.outbox.timeOf = () => awaited;
    await rig.accept([3]);
    rig.outbox.timeOf = () => corrected;
    await rig.accept([4]);
    rig.sender.resume();
    await quiet();
    assert.deepEqual(rig.sent(), [1, 2, 4]);
    assert.deepEqual(rig.outbox.idsIn('leased'), []);
    rig.outbox.timeOf = () => awaited;
    await rig.accept([5]);
    await rig.clock.pass(10 * MINUTE);
    assert.deepEqual(rig.sent(), [1, 2, 4, 3, 5]);
    await rig.close();
  });

  it('sends nothing with an earlier time once a better one is known that the service has not taken', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => ({ ...awaited, certainty: 'certain' });
    rig.transport.respond = () => undefined;
    await rig.accept([1, 2]);
    assert.equal(rig.transport.open.length, 2);
    rig.learn(corrected);
    rig.transport.answer(failure('throttled'));
    rig.transport.answer(failure('refused'));
    await quiet();
    const leases = [1, 2].map((id) => rig.outbox.leases.get(id));
    assert.deepEqual(leases, [2, 2], 'what had failed was not leased anew');
    rig.transport.respond = () => TAKEN;
    for (const { answer } of rig.transport.open) answer(TAKEN);
    await rig.clock.pass(MINUTE);
    assert.equal(rig.sender.state().corrected, 2);
    assert.deepEqual(rig.refused, []);
    await rig.close();
  });

  for (const [name, answer, certain] of [
    ['whose answer was lost', failure('offline'), true],
    ['that a gateway answered', failure('unavailable'), true],
    ['that was not sent', UNSENT, false],
    ['that the service would not take then', failure('throttled'), false],
    ['that the service had no room for', failed(BUSY), false],
  ] as const)
    it(`${certain ? 'keeps' : 'corrects'} the time of a reading ${name}, whatever the clock says later`, async () => {
      const sent: number[] = [];
      const rig = new Reachable({
        codec: { ...SINGLE, restore: (stored) => (sent.push(stored.timestamp), SINGLE.restore(stored)) },
      });
      rig.outbox.timeOf = () => ({ ...awaited, certainty: 'certain' });
      rig.transport.respond = () => answer;
      await rig.accept([1]);
      rig.transport.respond = () => TAKEN;
      rig.learn(corrected, right);
      await rig.clock.pass(10 * MINUTE);
      assert.deepEqual(rig.delivered.length, 1);
      assert.deepEqual(sent, [awaited.timestamp, (certain ? awaited : corrected).timestamp]);
      await rig.close();
    });

  it('keeps the time of a reading that was under way when the flows stopped', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => ({ ...awaited, certainty: 'certain' });
    rig.transport.respond = () => undefined;
    await rig.accept([1]);
    await rig.recreate();
    rig.transport.respond = () => TAKEN;
    rig.learn(corrected, right);
    await rig.clock.pass(MINUTE);
    assert.deepEqual([rig.delivered.length, rig.sender.state().corrected], [1, 0]);
    await rig.close();
  });

  it('tries again at once when the clock was set: with the right date, certificates are valid', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => corrected;
    rig.transport.respond = () => failure('untrusted');
    await rig.accept([1]);
    assert.equal(rig.mode(), 'paused');
    rig.transport.respond = () => TAKEN;
    rig.learn(corrected);
    await quiet();
    assert.deepEqual(rig.delivered.length, 1);
    await rig.close();
  });

  it('waits for the time where a certificate is not valid at the time of a clock that is not set', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => corrected;
    rig.transport.respond = () => failure('untimely');
    await rig.accept([1]);
    assert.equal(rig.mode(), 'awaiting-time');
    assert.notEqual(rig.sender.state().retryAt, undefined);
    assert.equal(rig.sender.state().isTimeOverdue, false);
    await rig.clock.pass(3 * MINUTE);
    assert.equal(rig.sender.state().isTimeOverdue, true);
    rig.transport.respond = () => TAKEN;
    rig.learn(corrected, right);
    await quiet();
    assert.deepEqual(rig.delivered.length, 1);
    await rig.close();
  });

  describe('while it backs off', () => {
    for (const [name, answer] of [
      ['an open circuit', failure('untrusted')],
      ['a service that is away', failure('offline')],
    ] as const) {
      it(`has a small step of the clock change nothing about ${name}, and a jump end that`, async () => {
        const rig = await failing(answer);
        for (const change of [NOTHING, trifle]) rig.learn(corrected, change);
        await quiet();
        assert.equal(rig.sent().length, 1);
        for (const [index, change] of [jump, right].entries()) {
          rig.learn(corrected, change);
          await quiet();
          assert.equal(rig.sent().length, index + 2);
        }
        await rig.close();
      });
    }

    for (const codec of [SINGLE, MERGING]) {
      it(`keeps to what a service asks for, with ${codec === SINGLE ? 'one lane' : 'lanes'}, until a person says otherwise`, async () => {
        const rig = await failing(failure('throttled', 10 * MINUTE), { codec });
        for (let count = 0; count < 60; count += 1) {
          for (const change of [trifle, jump, right]) rig.learn(corrected, change);
          await rig.clock.pass(9000);
        }
        assert.equal(rig.sent().length, 1);
        rig.sender.retryNow();
        await quiet();
        assert.equal(rig.sent().length, 2);
        await rig.close();
      });
    }

    it('keeps to what a service asks for one item', async () => {
      const rig = new Reachable({ policy: { concurrent: 1 }, random: () => 0 });
      rig.outbox.timeOf = () => corrected;
      rig.transport.respond = ({ numbers }) =>
        numbers[0] === 1 ? failure('unavailable', 30 * MINUTE) : TAKEN;
      await rig.accept([1, 2]);
      await rig.clock.pass(70 * MINUTE);
      const triesOfFirst = () => rig.sent().filter((number) => number === 1).length;
      const tries = triesOfFirst();
      assert(tries >= 2, `tried ${tries} times`);
      await rig.clock.pass(30 * MINUTE);
      const next = triesOfFirst();
      for (let count = 0; count < 5; count += 1) {
        rig.learn(corrected, right);
        await quiet();
      }
      assert.equal(triesOfFirst(), next);
      rig.sender.retryNow();
      await quiet();
      assert.equal(triesOfFirst(), next + 1);
      await rig.close();
    });

    it('ends the back-off of one item and of a lane when the clock is known to be right', async () => {
      for (const codec of [SINGLE, MERGING]) {
        const rig = new Reachable({ codec, policy: { concurrent: 1 }, random: () => 0 });
        rig.outbox.timeOf = () => corrected;
        rig.transport.respond = ({ device }) => (device === 'bad' ? failure('unavailable') : TAKEN);
        await rig.accept([1], 'bad');
        await rig.accept([2], 'good');
        await rig.clock.pass(HOUR);
        const triesOfBad = () => rig.sent().filter((number) => number === 1).length;
        const tries = triesOfBad();
        rig.learn(corrected, trifle);
        await quiet();
        assert.equal(triesOfBad(), tries);
        rig.learn(corrected, right);
        await quiet();
        assert.equal(triesOfBad(), tries + 1);
        await rig.close();
      }
    });
  });

  it('warns where the service’s clock is more than two minutes off', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => corrected;
    const answers: readonly (readonly [Answer, number | undefined])[] = [
      [ahead(2 * MINUTE), undefined],
      [ahead(-2 * MINUTE), undefined],
      [ahead(3 * HOUR + 4000), 3 * HOUR],
      [TAKEN, 3 * HOUR],
      [ahead(-5 * MINUTE), -5 * MINUTE],
      [ahead(0), undefined],
    ];
    for (const [answer, expected] of answers) {
      rig.transport.respond = () => answer;
      await rig.accept([1]);
      assert.equal(rig.sender.state().serviceAheadMs, expected);
    }
    rig.transport.respond = () => ahead(HOUR);
    await rig.accept([1]);
    rig.learn(corrected);
    assert.equal(rig.sender.state().serviceAheadMs, undefined);
    await rig.close();
  });

  it('hears the service’s time from a refusal too', async () => {
    const rig = new Reachable();
    rig.outbox.timeOf = () => corrected;
    const refusal = failure('refused');
    rig.transport.respond = () =>
      refusal.ok ? refusal : { ok: false, failure: { ...refusal.failure, aheadMs: HOUR } };
    await rig.accept([1]);
    assert.equal(rig.sender.state().serviceAheadMs, HOUR);
    await rig.close();
  });

  it('leaves nothing behind when it is closed meanwhile', async () => {
    const rig = new Reachable();
    await rig.accept([1]);
    await rig.clock.pass(MINUTE);
    await rig.close();
    assert.deepEqual(rig.outbox.idsIn('due'), [1]);
  });
});
