import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createTimekeeper, type ClockChange, type Timekeeper } from '../../src/clock';
import type { ProgramRun } from '../../src/clock/environment';
import {
  CHRONY_LOCAL,
  CHRONY_SET,
  CHRONY_UNSET,
  FAILED,
  HOUR,
  KERNEL_SET,
  KERNEL_UNSET,
  Machine,
  MINUTE,
  SECOND,
  TRUE_START,
} from './machine';

/** A timekeeper on a machine, and how often it said that something changed. */
function keep(machine: Machine) {
  const timekeeper = createTimekeeper(machine.environment);
  const changes: number[] = [];
  timekeeper.onChange(() => changes.push(machine.uptime));
  return { timekeeper, changes };
}

/** The true time of a reading, from its stamp and from what is known of the boot now. */
function trueTime(timekeeper: Timekeeper, timestamp: number): number {
  const stamp = timekeeper.stampOf(timestamp);
  const boot = timekeeper.boot();
  assert(stamp && boot && stamp.boot === boot.id);
  return stamp.trust === 'set' ? timestamp : boot.startedAt + stamp.uptime;
}

describe('timekeeper', () => {
  it('takes the wall clock at its word where it was synchronised before', async () => {
    const machine = new Machine();
    machine.sayIsSynchronised();
    const { timekeeper, changes } = keep(machine);
    assert.equal(timekeeper.isSet(), true);
    await machine.pass(HOUR);
    const timestamp = timekeeper.stamp();
    assert.equal(timestamp, TRUE_START + HOUR);
    const { boot, uptime, trust } = timekeeper.stampOf(timestamp) ?? {};
    assert.deepEqual([boot, trust], ['boot-1', 'set']);
    assert(uptime === HOUR || uptime === HOUR + 1);
    assert.equal(timekeeper.latest(), timestamp + 24 * HOUR);
    assert.deepEqual(changes, []);
    timekeeper.close();
  });

  it('learns the true time of earlier readings when the clock is set', async () => {
    const machine = new Machine({ wall: TRUE_START - 3 * HOUR });
    const { timekeeper, changes } = keep(machine);
    assert.equal(timekeeper.isSet(), false);
    assert.equal(timekeeper.latest(), Infinity);
    const readings: { readonly truth: number; readonly timestamp: number }[] = [];
    const read = () => readings.push({ truth: machine.truth, timestamp: timekeeper.stamp() });
    for (let count = 0; count < 5; count += 1) {
      read();
      await machine.pass(10 * MINUTE);
    }
    machine.synchronise(200);
    const steppedAt = machine.uptime;
    read();
    await machine.pass(10 * SECOND);
    read();
    assert.deepEqual(
      readings.map(({ timestamp }) => timekeeper.stampOf(timestamp)?.trust),
      [...Array.from({ length: 6 }, () => 'unset'), 'set'],
    );
    for (const { truth, timestamp } of readings)
      assert(Math.abs(trueTime(timekeeper, timestamp) - truth) <= 201, `${timestamp} for ${truth}`);
    assert(changes.length > 0 && changes.every((at) => at - steppedAt <= 2 * SECOND), `at ${changes.join()}`);
    timekeeper.close();
  });

  it('notices within seconds that the clock was set, also back', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    const { timekeeper, changes } = keep(machine);
    await machine.pass(MINUTE);
    changes.length = 0;
    for (const stepMs of [3 * HOUR, -HOUR, 150, -150]) {
      const { uptime } = machine;
      machine.setClock(machine.wall + stepMs);
      await machine.pass(2 * SECOND);
      const [at = Infinity] = changes.splice(0);
      assert(at - uptime <= 2 * SECOND, `a step of ${stepMs} was noticed after ${at - uptime}`);
      assert.deepEqual(changes.splice(0), []);
      await machine.pass(MINUTE);
      assert.deepEqual(changes.splice(0), []);
    }
    timekeeper.close();
  });

  it('notices a step with the next reading, so that no reading gets the old boot time', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    const { timekeeper } = keep(machine);
    const before = timekeeper.stamp();
    await machine.pass(1);
    machine.setClock(TRUE_START);
    const after = timekeeper.stamp();
    const [one, other] = [timekeeper.stampOf(before), timekeeper.stampOf(after)];
    assert(one && other);
    assert(other.uptime - one.uptime >= 1 && other.uptime - one.uptime <= 3);
    timekeeper.close();
  });

  it('keeps readings apart that are taken while the clock is set again and again', () => {
    const machine = new Machine();
    const { timekeeper } = keep(machine);
    let last = -Infinity;
    for (let count = 1; count <= 100; count += 1) {
      machine.setClock(TRUE_START + (count % 7) * HOUR + count * 0.37);
      const { uptime = -Infinity } = timekeeper.stampOf(timekeeper.stamp()) ?? {};
      assert(uptime > last, `${uptime} after ${last}`);
      last = uptime;
    }
    timekeeper.close();
  });

  it('notices a step that came while it asked', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    const run = async () => {
      await Promise.resolve();
      machine.setClock(machine.truth);
      return CHRONY_SET;
    };
    const timekeeper = createTimekeeper({ ...machine.environment, run });
    const early = timekeeper.stamp();
    await machine.pass(0);
    assert.equal(timekeeper.boot()?.trust, 'set');
    assert(Math.abs(trueTime(timekeeper, early) - TRUE_START) <= 1);
    timekeeper.close();
  });

  it('does not take slewing for a step, whatever it adds up to', async () => {
    const machine = new Machine({ wall: TRUE_START - 400 });
    const { timekeeper, changes } = keep(machine);
    const timestamp = timekeeper.stamp();
    machine.slew(0.0005);
    await machine.pass(30 * MINUTE);
    machine.slew(0);
    machine.sayIsSynchronised();
    await machine.pass(2 * SECOND);
    assert.equal(trueTime(timekeeper, timestamp), timestamp);
    // Once, because it is synchronised.
    assert.equal(changes.length, 1);
    timekeeper.close();
  });

  it('does not take a wall clock that drifts against the other for one that is set', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    const { timekeeper, changes } = keep(machine);
    await machine.pass(SECOND);
    changes.length = 0;
    for (let count = 0; count < 1000; count += 1) {
      machine.setClock(machine.wall + 20);
      await machine.pass(2 * SECOND);
    }
    assert.deepEqual(changes, []);
    timekeeper.close();
  });

  it('does not take sleep for a step', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    const { timekeeper, changes } = keep(machine);
    await machine.pass(MINUTE);
    changes.length = 0;
    const before = timekeeper.stamp();
    machine.sleep(8 * HOUR);
    const after = timekeeper.stamp();
    await machine.pass(MINUTE);
    assert.deepEqual(changes, []);
    assert.equal(trueTime(timekeeper, before), before);
    assert.equal(trueTime(timekeeper, after), after);
    assert.equal(after - before, 8 * HOUR);
    timekeeper.close();
  });

  it('keeps to the first synchronisation: what was corrected stays as it was corrected', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    const { timekeeper } = keep(machine);
    const early = timekeeper.stamp();
    await machine.pass(MINUTE);
    machine.setClock(TRUE_START - 30 * MINUTE);
    await machine.pass(MINUTE);
    machine.synchronise();
    await machine.pass(MINUTE);
    const corrected = trueTime(timekeeper, early);
    const late = timekeeper.stamp();
    machine.setClock(machine.wall + 5 * SECOND);
    await machine.pass(MINUTE);
    assert(Math.abs(corrected - TRUE_START) <= 1);
    assert.equal(trueTime(timekeeper, early), corrected);
    assert.equal(trueTime(timekeeper, late), late);
    timekeeper.close();
  });

  it('takes the word of a clock that nobody speaks for, and corrects it once it is set', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    const { timekeeper, changes } = keep(machine);
    await machine.pass(10 * SECOND);
    assert.equal(timekeeper.isSet(), true);
    assert.equal(timekeeper.boot()?.trust, 'unknown');
    const timestamp = timekeeper.stamp();
    assert.equal(trueTime(timekeeper, timestamp), timestamp);
    changes.length = 0;
    machine.setClock(machine.truth);
    await machine.pass(2 * SECOND);
    assert.equal(trueTime(timekeeper, timestamp), timestamp + HOUR);
    assert.equal(changes.length, 1);
    timekeeper.close();
  });

  it('asks chronyd where there is no systemd-timesyncd, often only while it is not synchronised', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    machine.chronyc = CHRONY_UNSET;
    const { timekeeper } = keep(machine);
    const early = timekeeper.stamp();
    await machine.pass(MINUTE);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    assert(machine.questions >= 5 && machine.questions <= 7, `asked ${machine.questions} times`);
    machine.setClock(machine.truth);
    machine.chronyc = CHRONY_SET;
    await machine.pass(12 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'set');
    assert(Math.abs(trueTime(timekeeper, early) - TRUE_START) <= 1);
    const { questions } = machine;
    await machine.pass(HOUR);
    assert.equal(machine.questions, questions);
    timekeeper.close();

    const silent = new Machine({ hasTimesyncd: false });
    const { timekeeper: other } = keep(silent);
    await silent.pass(10 * MINUTE);
    assert(silent.questions <= 12, `asked ${silent.questions} times`);
    other.close();
  });

  it('stays unset when systemd-timesyncd ends before it has reached a server, as on DietPi', async () => {
    const machine = new Machine({ wall: TRUE_START - 3 * HOUR });
    const { timekeeper, changes } = keep(machine);
    const early = timekeeper.stamp();
    await machine.pass(MINUTE);
    machine.stopTimesyncd();
    await machine.pass(HOUR);
    assert.deepEqual([timekeeper.boot()?.trust, changes], ['unset', []]);
    machine.setClock(machine.truth);
    machine.kernel = KERNEL_SET;
    await machine.pass(12 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'set');
    assert(Math.abs(trueTime(timekeeper, early) - TRUE_START) <= 1);
    timekeeper.close();
  });

  it('stays set when systemd-timesyncd ends after it has set the clock', async () => {
    const machine = new Machine();
    machine.synchronise();
    const { timekeeper } = keep(machine);
    machine.stopTimesyncd();
    machine.kernel = KERNEL_UNSET;
    await machine.pass(HOUR);
    assert.equal(timekeeper.boot()?.trust, 'set');
    assert.deepEqual([machine.questions, machine.kernelQuestions], [0, 0]);
    timekeeper.close();
  });

  it('does not take chronyd’s own clock for a synchronised one', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    machine.chronyc = CHRONY_LOCAL;
    const { timekeeper } = keep(machine);
    await machine.pass(HOUR);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    timekeeper.close();
  });

  it('takes no clock at its word because chronyd does not answer the first questions', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    machine.chronyc = FAILED;
    const { timekeeper } = keep(machine);
    await machine.pass(19 * SECOND);
    assert.deepEqual([timekeeper.boot()?.trust, machine.questions], ['unset', 2]);
    machine.chronyc = CHRONY_UNSET;
    await machine.pass(4 * SECOND);
    machine.chronyc = FAILED;
    await machine.pass(HOUR);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    timekeeper.close();

    const silent = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    silent.chronyc = FAILED;
    const { timekeeper: other } = keep(silent);
    await silent.pass(25 * SECOND);
    assert.equal(other.boot()?.trust, 'unknown');
    other.close();
  });

  it('waits for five minutes where chronyd runs and does not answer', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    machine.chronyc = FAILED;
    machine.startChronyd();
    const { timekeeper } = keep(machine);
    await machine.pass(5 * MINUTE - 15 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    await machine.pass(30 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'unknown');
    timekeeper.close();
  });

  it('believes the kernel where chronyd runs and does not answer', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    const environment = { ...machine.environment, architecture: 'x64' };
    machine.chronyc = FAILED;
    machine.startChronyd();
    machine.kernel = KERNEL_UNSET;
    const timekeeper = createTimekeeper(environment);
    await machine.pass(10 * MINUTE);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    machine.kernel = KERNEL_SET;
    await machine.pass(MINUTE + 2 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'set');
    timekeeper.close();
  });

  it('asks the kernel in a container, which sees no time daemon, and soon after the clock was set', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    machine.kernel = KERNEL_UNSET;
    const { timekeeper } = keep(machine);
    const early = timekeeper.stamp();
    await machine.pass(30 * SECOND);
    assert.deepEqual([timekeeper.boot()?.trust, timekeeper.isSet()], ['unset', false]);
    machine.setClock(machine.truth);
    machine.kernel = KERNEL_SET;
    await machine.pass(4 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'set');
    assert(Math.abs(trueTime(timekeeper, early) - TRUE_START) <= 1);
    const { kernelQuestions } = machine;
    assert.equal(kernelQuestions, 3);
    await machine.pass(HOUR);
    assert.equal(machine.kernelQuestions, kernelQuestions);
    timekeeper.close();
  });

  it('asks the kernel four times a minute while readings may wait for it, and at most every ten seconds where the clock is set again and again', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    machine.kernel = KERNEL_UNSET;
    const { timekeeper } = keep(machine);
    await machine.pass(10 * MINUTE - SECOND);
    const { kernelQuestions } = machine;
    assert(kernelQuestions >= 36 && kernelQuestions <= 40, `asked ${kernelQuestions} times`);
    for (let count = 0; count < 60; count += 1) {
      machine.setClock(machine.wall + HOUR);
      await machine.pass(SECOND);
    }
    assert(machine.kernelQuestions <= kernelQuestions + 6, `asked ${machine.kernelQuestions} times`);
    timekeeper.close();
  });

  it('takes the clock of a PC at its word before the kernel has answered', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    const environment = { ...machine.environment, architecture: 'x64' };
    const kernel: ((run: ProgramRun) => void)[] = [];
    const run = (program: string, args: readonly string[]) =>
      program === 'python3'
        ? new Promise<ProgramRun>((resolve) => void kernel.push(resolve))
        : machine.environment.run(program, args);
    const timekeeper = createTimekeeper({ ...environment, run });
    await machine.pass(SECOND);
    assert.deepEqual([kernel.length, timekeeper.boot()?.trust], [1, 'unknown']);
    kernel[0]?.(KERNEL_SET);
    await machine.pass(SECOND);
    assert.equal(timekeeper.boot()?.trust, 'set');
    timekeeper.close();
  });

  it('tells by how much the clock was set, and whether it is right only now', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    const timekeeper = createTimekeeper(machine.environment);
    const told: ClockChange[] = [];
    timekeeper.onChange((change) => told.push(change));
    machine.setClock(machine.wall + 150);
    await machine.pass(2 * SECOND);
    machine.setClock(machine.wall - 60 * SECOND);
    await machine.pass(2 * SECOND);
    machine.sayIsSynchronised();
    await machine.pass(2 * SECOND);
    assert.deepEqual(
      told.map(({ jumpMs, isNowRight }) => [Math.round(jumpMs / 10) * 10, isNowRight]),
      [
        [150, false],
        [-60 * SECOND, false],
        [0, true],
      ],
    );
    timekeeper.close();
  });

  it('takes a clock anew that was put right after it had been said to be right', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    const { timekeeper, changes } = keep(machine);
    const early = timekeeper.stamp();
    machine.sayIsSynchronised();
    await machine.pass(MINUTE);
    assert.equal(trueTime(timekeeper, early), early);
    const wrong = timekeeper.stamp();
    machine.setClock(machine.truth);
    machine.kernel = KERNEL_UNSET;
    await machine.pass(MINUTE);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    machine.kernel = KERNEL_SET;
    changes.length = 0;
    await machine.pass(2 * MINUTE);
    assert(Math.abs(trueTime(timekeeper, early) - TRUE_START) <= 1);
    assert.equal(changes.length, 1);
    // It was sent, or may have been, with the time that it had then.
    assert.equal(trueTime(timekeeper, wrong), wrong);
    const { kernelQuestions } = machine;
    await machine.pass(HOUR);
    assert.equal(machine.kernelQuestions, kernelQuestions);
    timekeeper.close();
  });

  it('doubts a clock that is set anew after it was known to be right, until it is put back', async () => {
    const machine = new Machine();
    machine.kernel = KERNEL_UNSET;
    machine.sayIsSynchronised();
    const timekeeper = createTimekeeper(machine.environment);
    const changes: ClockChange[] = [];
    timekeeper.onChange((change) => changes.push(change));
    for (const jumpMs of [HOUR, -HOUR, 365 * 24 * HOUR, -10 * SECOND]) {
      machine.setClock(machine.wall + jumpMs);
      const truth = machine.truth;
      const wrong = timekeeper.stamp();
      assert.equal(timekeeper.isSynchronised(), false);
      assert.equal(timekeeper.latest(), Infinity);
      await machine.pass(MINUTE);
      assert.equal(timekeeper.boot()?.trust, 'unset');
      changes.length = 0;
      machine.setClock(machine.wall - jumpMs);
      await machine.pass(2 * SECOND);
      assert.equal(timekeeper.isSynchronised(), true);
      assert(Math.abs(trueTime(timekeeper, wrong) - truth) <= 5, `after ${jumpMs}`);
      assert.deepEqual(changes, [{ jumpMs: -jumpMs, isNowRight: true }]);
      assert.equal(timekeeper.stampOf(timekeeper.stamp())?.trust, 'set');
    }
    timekeeper.close();
  });

  it('believes a clock that was set anew once it has kept its time for five minutes, where nobody can be asked', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    machine.sayIsSynchronised();
    const { timekeeper } = keep(machine);
    await machine.pass(MINUTE);
    machine.setClock(machine.truth);
    const [truth, held] = [machine.truth, timekeeper.stamp()];
    await machine.pass(5 * MINUTE - 2 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    await machine.pass(4 * SECOND);
    assert.equal(timekeeper.boot()?.trust, 'set');
    assert(Math.abs(trueTime(timekeeper, held) - truth) <= 1);
    // No time server has said so.
    assert.equal(timekeeper.isSynchronised(), false);
    machine.kernel = KERNEL_SET;
    await machine.pass(2 * MINUTE);
    assert.equal(timekeeper.isSynchronised(), true);
    timekeeper.close();
  });

  it('doubts a clock that was set anew for as long as the kernel says that nobody has set it right', async () => {
    const machine = new Machine();
    machine.sayIsSynchronised();
    const { timekeeper } = keep(machine);
    await machine.pass(MINUTE);
    machine.kernel = KERNEL_UNSET;
    machine.setClock(machine.truth + HOUR);
    await machine.pass(HOUR);
    const [truth, held] = [machine.truth, timekeeper.stamp()];
    assert.equal(timekeeper.boot()?.trust, 'unset');
    machine.kernel = KERNEL_SET;
    machine.setClock(machine.truth);
    await machine.pass(20 * SECOND);
    assert.deepEqual([timekeeper.boot()?.trust, timekeeper.isSynchronised()], ['set', true]);
    assert(Math.abs(trueTime(timekeeper, held) - truth) <= 5);
    timekeeper.close();
  });

  it('takes no word that was on its way while the clock was set for the word on the new time', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    machine.kernel = KERNEL_SET;
    let answers = 0;
    const run: typeof machine.environment.run = async (program, args) => {
      const answer = await machine.environment.run(program, args);
      if (program === 'python3' && (answers += 1) === 1) {
        machine.kernel = KERNEL_UNSET;
        machine.setClock(machine.truth + HOUR);
      }
      return answer;
    };
    const timekeeper = createTimekeeper({ ...machine.environment, run });
    await machine.pass(SECOND);
    assert.deepEqual([answers, timekeeper.boot()?.trust], [2, 'unset']);
    timekeeper.close();
  });

  it('takes the kernel’s word on a clock that was set anew, not that of chronyd, which learns it later', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    machine.chronyc = CHRONY_SET;
    machine.kernel = KERNEL_SET;
    const { timekeeper } = keep(machine);
    await machine.pass(MINUTE);
    assert.equal(timekeeper.isSynchronised(), true);
    machine.setClock(machine.wall + HOUR);
    machine.kernel = KERNEL_UNSET;
    await machine.pass(MINUTE);
    assert.equal(timekeeper.boot()?.trust, 'unset');
    machine.kernel = KERNEL_SET;
    await machine.pass(MINUTE);
    assert.equal(timekeeper.isSynchronised(), true);
    timekeeper.close();
  });

  it('counts on from the host’s boot in a container that has an uptime of its own', async () => {
    const machine = new Machine();
    await machine.pass(5 * HOUR);
    const { read } = machine.environment;
    const timekeeper = createTimekeeper({
      ...machine.environment,
      read: (path) => (path === '/proc/uptime' ? '60.00 12.00\n' : read(path)),
    });
    const uptime = timekeeper.stampOf(timekeeper.stamp())?.uptime ?? 0;
    assert(Math.abs(uptime - machine.uptime) <= 1, `${uptime} for ${machine.uptime}`);
    timekeeper.close();
  });

  it('knows that a clock before this package is not set, and counts from the year 2000 before that', async () => {
    const machine = new Machine({ wall: 5 * SECOND, hasTimesyncd: false });
    const { timekeeper } = keep(machine);
    await machine.pass(MINUTE);
    assert.equal(timekeeper.isSet(), false);
    const [one, other] = [timekeeper.stamp(), (await machine.pass(10 * SECOND), timekeeper.stamp())];
    assert.equal(one, Date.UTC(2000) + MINUTE);
    assert.equal(other - one, 10 * SECOND);
    machine.setClock(machine.truth);
    await machine.pass(2 * SECOND);
    assert.equal(timekeeper.isSet(), true);
    assert(Math.abs(trueTime(timekeeper, one) - (TRUE_START + MINUTE)) <= 1);
    machine.setClock(Date.UTC(2024, 1));
    assert.equal(timekeeper.isSet(), false);
    timekeeper.close();
  });

  it('knows its own stamps again, but no time of anybody else, and not for ever', async () => {
    const machine = new Machine();
    const { timekeeper } = keep(machine);
    const first = timekeeper.stamp();
    assert.equal(timekeeper.stampOf(first + 1), undefined);
    assert.equal(timekeeper.stampOf(machine.truth - HOUR), undefined);
    for (let count = 0; count < 10_000; count += 1) {
      await machine.pass(1);
      timekeeper.stamp();
    }
    assert.equal(timekeeper.stampOf(first), undefined);
    assert.notEqual(timekeeper.stampOf(machine.wall), undefined);
    timekeeper.close();
  });

  it('corrects what user code took from the clock before it was set, each time, and no other time of its own', async () => {
    const takes = fc.record({
      wall: fc.oneof(fc.integer({ min: 0, max: 100 * HOUR }), fc.integer({ min: 1.6e12, max: 1.9e12 })),
      // What passes between two messages, on the way of one, and what a time of the user's own is off.
      steps: fc.array(
        fc.record({
          pauseMs: fc.nat(2000),
          wayMs: fc.nat(1000),
          offMs: fc.oneof(fc.integer({ min: 1001, max: 1e9 }), fc.integer({ min: -1e9, max: -1001 })),
        }),
        { minLength: 1, maxLength: 10 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(takes, async ({ wall, steps }) => {
        const machine = new Machine({ wall });
        const { timekeeper } = keep(machine);
        const taken: { readonly truth: number; readonly timestamp: number }[] = [];
        for (const { pauseMs, wayMs, offMs } of steps) {
          await machine.pass(pauseMs);
          const { truth, wall: time } = machine;
          await machine.pass(wayMs);
          const timestamp = timekeeper.adopt(time);
          if (timestamp !== undefined) taken.push({ truth, timestamp });
          // With a fraction, so that it is not by chance the time of an earlier stamp.
          const own = machine.wall + offMs + 0.5;
          assert.equal(timekeeper.adopt(own), undefined);
          assert.equal(timekeeper.stampOf(own), undefined);
        }
        assert(taken.length > 0);
        machine.synchronise();
        await machine.pass(4 * SECOND);
        for (const { truth, timestamp } of taken)
          assert(Math.abs(trueTime(timekeeper, timestamp) - truth) <= 2, `${timestamp} for ${truth}`);
        assert.equal(timekeeper.adopt(machine.wall), undefined);
        timekeeper.close();
      }),
    );
  });

  it('degrades to the wall clock where boots cannot be told apart', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    const timekeeper = createTimekeeper({ ...machine.environment, read: () => undefined });
    const timestamp = timekeeper.stamp();
    assert.equal(timestamp, machine.wall);
    assert.equal(timekeeper.stampOf(timestamp), undefined);
    assert.equal(timekeeper.boot(), undefined);
    assert.equal(timekeeper.isSet(), true);
    assert.equal(timekeeper.latest(), timestamp + 24 * HOUR);
    assert.equal(machine.timers, 0);
    timekeeper.close();
  });

  it('reads both clocks again if the process was interrupted between them, at most five times', () => {
    const machine = new Machine();
    let time = machine.environment.monotonic();
    /** How long the next looks at the monotonic clock take; after them, no time passes. */
    let delays: number[] = [];
    let looks = 0;
    const timekeeper = createTimekeeper({
      ...machine.environment,
      monotonic: () => (time += delays.shift() ?? 0),
      now: () => {
        looks += 1;
        return machine.wall;
      },
    });
    const looksWith = (...given: readonly number[]) => {
      delays = [...given];
      looks = 0;
      timekeeper.stamp();
      return looks;
    };
    const once = looksWith();
    // The first look comes before the wall clock is read, the second after it.
    assert.equal(looksWith(0, 2) - once, 0);
    assert.equal(looksWith(0, 3) - once, 1);
    assert.equal(looksWith(0, 3, 3) - once, 2);
    assert.equal(looksWith(0, ...Array.from({ length: 20 }, () => 3)) - once, 4);
    timekeeper.close();
  });

  it('asks chronyd no second time before it has answered, and ignores an answer that comes after the end', async () => {
    const machine = new Machine({ hasTimesyncd: false });
    const answers: ((run: ProgramRun) => void)[] = [];
    const run = () => new Promise<ProgramRun>((resolve) => void answers.push(resolve));
    const timekeeper = createTimekeeper({ ...machine.environment, run });
    let changes = 0;
    timekeeper.onChange(() => (changes += 1));
    await machine.pass(HOUR);
    assert.equal(answers.length, 1);
    timekeeper.close();
    answers[0]?.(CHRONY_SET);
    await machine.pass(SECOND);
    assert.deepEqual([timekeeper.boot()?.trust, changes], ['unset', 0]);
  });

  it('forgets the stamp first that was used longest ago', async () => {
    const machine = new Machine();
    const { timekeeper } = keep(machine);
    const start = machine.wall;
    const stampMany = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        timekeeper.stamp();
        await machine.pass(1);
      }
    };
    await stampMany(5000);
    machine.setClock(start);
    assert.equal(timekeeper.stamp(), start);
    await machine.pass(HOUR);
    await stampMany(5500);
    assert.notEqual(timekeeper.stampOf(start), undefined);
    assert.equal(timekeeper.stampOf(start + 1), undefined);
    timekeeper.close();
  });

  it('leaves no timer behind', () => {
    const machine = new Machine();
    const { timekeeper } = keep(machine);
    assert.equal(machine.timers, 1);
    timekeeper.close();
    assert.equal(machine.timers, 0);
  });

  it('does not depend on the time zone or on daylight saving', async () => {
    const { TZ } = process.env;
    try {
      // An hour before the clocks of Berlin go forward.
      const machine = new Machine({ wall: Date.UTC(2026, 2, 29, 0), hasTimesyncd: false });
      process.env['TZ'] = 'Europe/Berlin';
      const { timekeeper, changes } = keep(machine);
      await machine.pass(SECOND);
      changes.length = 0;
      const timestamp = timekeeper.stamp();
      await machine.pass(2 * HOUR);
      process.env['TZ'] = 'America/New_York';
      await machine.pass(HOUR);
      assert.deepEqual(changes, []);
      assert.equal(trueTime(timekeeper, timestamp), timestamp);
      timekeeper.close();
    } finally {
      if (TZ === undefined) delete process.env['TZ'];
      else process.env['TZ'] = TZ;
    }
  });
});
