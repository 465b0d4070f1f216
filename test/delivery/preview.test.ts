import assert from 'node:assert/strict';
import type { BestTime } from '../../src/clock';
import { createTimeWait } from '../../src/delivery';
import { MERGING, quiet, Rig, START, TAKEN } from './support';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const awaited: BestTime = { timestamp: START - 3 * HOUR, correctionMs: 0, certainty: 'awaited' };
const undated: BestTime = { ...awaited, certainty: 'undated' };
const corrected: BestTime = { timestamp: START, correctionMs: 3 * HOUR, certainty: 'certain' };

/** A rig whose service shows what waits. */
class Previewing extends Rig {
  /** What was shown and sent, in order: each time the readings that were shown then. */
  readonly log: string[] = [];
  /** What the service says to each preview. */
  isShowable = true;

  static async create(options: ConstructorParameters<typeof Rig>[0] = {}): Promise<Previewing> {
    const rig = new Previewing(options);
    rig.outbox.timeOf = () => awaited;
    rig.transport.respond = ({ numbers }) => {
      rig.log.push(`sent ${numbers.join(' ')}`);
      return TAKEN;
    };
    rig.transport.preview = async (readings) => {
      rig.log.push(`shown ${readings.flatMap(({ numbers }) => numbers).join(' ')}`.trim());
      return rig.isShowable && readings.length > 0;
    };
    await rig.recreate();
    return rig;
  }

  learn(time: BestTime): void {
    this.outbox.timeOf = () => time;
    this.outbox.learnTimes();
  }
}

/** Has the service answer only when it is told to, to what it was shown last. */
async function answerLater(rig: Previewing): Promise<(isShown: boolean) => void> {
  let answer: ((isShown: boolean) => void) | undefined;
  rig.transport.preview = (readings) =>
    readings.length > 0 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(false);
  await rig.recreate();
  return (isShown) => {
    assert(answer, 'nothing was shown');
    answer(isShown);
  };
}

describe('the preview of what waits for the time', () => {
  it('shows readings at once, and those that follow some seconds later, without sending any', async () => {
    const rig = await Previewing.create();
    await rig.accept([1]);
    assert.deepEqual(rig.log, ['shown 1']);
    assert.equal(rig.sender.state().isPreviewed, true);
    await rig.accept([2]);
    await rig.accept([3]);
    assert.deepEqual(rig.log, ['shown 1']);
    await rig.clock.pass(5 * SECOND);
    assert.deepEqual(rig.log, ['shown 1', 'shown 1 2 3']);
    assert.deepEqual(rig.outbox.idsIn('due'), [1, 2, 3]);
    await rig.close();
  });

  it('shows the readings of all lanes', async () => {
    const rig = await Previewing.create({ codec: MERGING });
    await rig.accept([1], 'a');
    await rig.clock.pass(5 * SECOND);
    await rig.accept([2], 'b');
    await rig.clock.pass(5 * SECOND);
    assert.equal(rig.log.at(-1), 'shown 1 2');
    await rig.close();
  });

  it('ends when the time is known, before anything is sent', async () => {
    const rig = await Previewing.create();
    await rig.accept([1, 2]);
    await rig.clock.pass(5 * SECOND);
    rig.log.length = 0;
    rig.learn(corrected);
    await quiet();
    assert.deepEqual(rig.log, ['shown', 'sent 1', 'sent 2']);
    assert.equal(rig.sender.state().isPreviewed, false);
    await rig.clock.pass(2 * MINUTE);
    assert.deepEqual(rig.log, ['shown', 'sent 1', 'sent 2']);
    await rig.close();
  });

  it('ends after three hours, before what was waited for long enough is sent as it is', async () => {
    const rig = await Previewing.create();
    const begunAt = rig.clock.now();
    await rig.accept([1]);
    assert.equal(rig.sender.state().retryAt, begunAt + 3 * HOUR);
    await rig.clock.pass(3 * HOUR - 1);
    assert.equal(rig.log.at(-1), 'shown 1');
    assert.equal(rig.sender.state().isPreviewed, true);
    await rig.clock.pass(1);
    assert.deepEqual(rig.log.slice(-2), ['shown', 'sent 1']);
    await rig.accept([2]);
    assert.equal(rig.log.at(-1), 'sent 2');
    await rig.close();
  });

  it('does not end because the sender was created anew or held after ten minutes', async () => {
    const timeWait = createTimeWait();
    const rig = await Previewing.create({ timeWait });
    await rig.accept([1]);
    await rig.clock.pass(HOUR);
    await rig.recreate();
    await rig.accept([2]);
    await rig.clock.pass(HOUR);
    rig.sender.hold();
    await quiet();
    rig.sender.resume();
    await rig.clock.pass(HOUR - MINUTE);
    assert.equal(rig.log.at(-1), 'shown 1 2');
    assert(!rig.log.some((line) => line.startsWith('sent')), rig.log.join(', '));
    await rig.clock.pass(2 * MINUTE);
    assert.deepEqual(rig.log.slice(-3), ['shown', 'sent 1', 'sent 2']);
    await rig.close();
  });

  it('keeps nothing back for longer than ten minutes where the service does not show it, also after it did', async () => {
    const rig = await Previewing.create();
    rig.isShowable = false;
    await rig.accept([1]);
    await rig.clock.pass(10 * MINUTE - 1);
    assert.equal(rig.log.at(-1), 'shown 1');
    await rig.clock.pass(1);
    assert.deepEqual(rig.log.slice(-2), ['shown', 'sent 1']);
    await rig.close();

    const other = await Previewing.create();
    await other.accept([1]);
    await other.clock.pass(HOUR);
    other.isShowable = false;
    await other.accept([2]);
    await other.clock.pass(MINUTE);
    assert.deepEqual(other.log.slice(-4), ['shown 1 2', 'shown', 'sent 1', 'sent 2']);
    await other.accept([3]);
    assert.equal(other.log.at(-1), 'sent 3');
    await other.close();
  });

  for (const [name, timeWaitMs, waitMs] of [
    ['for longer than three hours where the setting says so', 30 * HOUR, 30 * HOUR],
    ['for no time where the setting is 0', 0, 0],
  ] as const)
    it(`keeps back what is shown ${name}`, async () => {
      const rig = await Previewing.create({ policy: { timeWaitMs } });
      await rig.accept([1]);
      await rig.clock.pass(Math.max(waitMs - 1, 0));
      assert.equal(rig.log.at(-1), waitMs > 0 ? 'shown 1' : 'sent 1');
      await rig.clock.pass(1);
      assert.equal(rig.log.at(-1), 'sent 1');
      await rig.close();
    });

  it('shows nothing of an answer of the outbox that was under way when the time became known', async () => {
    const rig = await Previewing.create();
    const newest = rig.outbox.newest.bind(rig.outbox);
    let answer: (() => void) | undefined;
    rig.outbox.newest = async (...asked) => {
      const found = await newest(...asked);
      await new Promise<void>((resolve) => (answer = resolve));
      return found;
    };
    await rig.accept([1]);
    rig.learn(corrected);
    await quiet();
    assert(answer, 'the outbox was not asked');
    answer();
    await quiet();
    assert.deepEqual(rig.log, ['sent 1']);
    await rig.close();
  });

  it('does not believe an answer of the service to an earlier one', async () => {
    const rig = await Previewing.create();
    const answer = await answerLater(rig);
    await rig.accept([1]);
    rig.learn(corrected);
    await quiet();
    answer(true);
    await quiet();
    assert.equal(rig.sender.state().isPreviewed, false);
    await rig.close();
  });

  it('leaves out what is not kept any more', async () => {
    const rig = await Previewing.create();
    await rig.accept([1, 2]);
    await rig.clock.pass(5 * SECOND);
    assert.equal(rig.log.at(-1), 'shown 1 2');
    rig.outbox.rows = rig.outbox.rows.filter(({ item }) => item.id !== 1);
    rig.sender.look();
    await rig.clock.pass(5 * SECOND);
    assert.equal(rig.log.at(-1), 'shown 2');
    await rig.close();
  });

  it('ends while the sender is held, and when it is closed', async () => {
    const rig = await Previewing.create();
    await rig.accept([1]);
    rig.sender.hold();
    await quiet();
    assert.deepEqual(rig.log, ['shown 1', 'shown']);
    rig.sender.resume();
    await rig.clock.pass(5 * SECOND);
    assert.deepEqual(rig.log, ['shown 1', 'shown', 'shown 1']);
    await rig.close();
    assert.deepEqual(rig.log, ['shown 1', 'shown', 'shown 1', 'shown']);
  });

  it('has nothing of readings that are known, or of which no time is known at all', async () => {
    const rig = await Previewing.create();
    rig.outbox.timeOf = () => undated;
    await rig.accept([1]);
    rig.outbox.timeOf = () => corrected;
    await rig.accept([2]);
    rig.outbox.timeOf = () => awaited;
    await rig.accept([3]);
    await rig.clock.pass(5 * SECOND);
    assert.deepEqual(new Set(rig.log), new Set(['sent 2', 'shown 3']));
    await rig.close();
  });

  it('says where the service does not show it', async () => {
    const rig = await Previewing.create();
    rig.isShowable = false;
    await rig.accept([1]);
    assert.deepEqual([rig.mode(), rig.sender.state().isPreviewed], ['awaiting-time', false]);
    rig.isShowable = true;
    await rig.accept([2]);
    await rig.clock.pass(5 * SECOND);
    assert.equal(rig.sender.state().isPreviewed, true);
    await rig.close();
  });

  it('tells its owner once the service shows it', async () => {
    const rig = await Previewing.create();
    const answer = await answerLater(rig);
    await rig.accept([1]);
    await rig.clock.pass(SECOND);
    assert.equal(rig.states.at(-1)?.isPreviewed, false);
    answer(true);
    await rig.clock.pass(SECOND);
    assert.equal(rig.states.at(-1)?.isPreviewed, true);
    await rig.close();
  });

  it('goes on after the outbox has failed', async () => {
    const rig = await Previewing.create();
    rig.outbox.failures.set('newest', ['storage']);
    await rig.accept([1]);
    assert.deepEqual(rig.log, []);
    await rig.accept([2]);
    await rig.clock.pass(5 * SECOND);
    assert.deepEqual(rig.log, ['shown 1 2']);
    await rig.close();
  });

  it('asks the outbox nothing where the service cannot show what waits', async () => {
    const rig = new Rig();
    rig.outbox.timeOf = () => awaited;
    await rig.accept([1]);
    await rig.clock.pass(MINUTE);
    assert.equal(rig.mode(), 'awaiting-time');
    assert(!rig.outbox.calls.includes('newest'));
    await rig.close();
  });
});
