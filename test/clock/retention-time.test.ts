import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  advanceRetentionTime,
  beginRetentionTime,
  boundsOf,
  isToBeStored,
  lookOf,
  resumeRetentionTime,
  type RetentionTime,
} from '../../src/clock/retention-time';
import { HOUR, MINUTE, SECOND, TRUE_START } from './machine';

const DAY = 24 * HOUR;

/** How wrong small corrections leave the clock at most. */
const ERROR_MS = 2 * SECOND;

/** A store keeps its values for so long. */
const KEEP_MS = 30 * DAY;

/**
 * A machine with a store whose values are looked at each minute. What is deleted is compared with the truth, of which the
 * retention time knows nothing.
 */
class Simulation {
  truth = TRUE_START;
  /** How wrong the wall clock is. */
  errorMs = 0;
  isSet = true;
  #boot = 1;
  #uptimeMs = 1000;
  #time: RetentionTime;
  #stored: RetentionTime;
  /** The true times of the values that are kept, oldest first: one a day, beginning long ago. */
  #values: number[] = Array.from({ length: 500 }, (_, index) => TRUE_START - (500 - index) * DAY);
  /** The least true age of a value that was deleted. */
  youngestDeleted = Infinity;

  constructor() {
    this.#time = beginRetentionTime(undefined, this.#uptime, this.wall);
    this.#stored = this.#time;
  }

  get wall(): number {
    return Math.floor(this.truth + this.errorMs);
  }

  get #uptime() {
    return { boot: `boot-${this.#boot}`, ms: this.#uptimeMs };
  }

  get oldestAge(): number {
    return this.truth - (this.#values[0] ?? this.truth);
  }

  look(): void {
    this.#time = advanceRetentionTime(this.#time, lookOf(this.#uptime, this.wall, this.isSet));
    if (isToBeStored(this.#time, this.#stored)) this.#store();
    const now = boundsOf(this.#time)?.earliest ?? -Infinity;
    for (
      let [oldest] = this.#values;
      oldest !== undefined && oldest < now - KEEP_MS;
      [oldest] = this.#values
    ) {
      this.youngestDeleted = Math.min(this.youngestDeleted, this.truth - oldest);
      this.#values.shift();
    }
  }

  /** Lets time pass, by the clocks, with a look each minute. */
  pass(minutes: number): void {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.#go(MINUTE);
      this.look();
    }
  }

  /** Asleep, the uptime goes on. */
  suspend(ms: number): void {
    this.#go(ms);
    this.look();
  }

  restart(): void {
    this.#store();
    this.#resume();
  }

  /** Power off and on; what was not stored is gone. */
  boot(offMs: number): void {
    this.truth += offMs;
    this.#boot += 1;
    this.#uptimeMs = 20 * SECOND;
    this.#resume();
  }

  shutDown(): void {
    this.#store();
  }

  #resume(): void {
    this.#time = resumeRetentionTime(this.#stored, this.#uptime);
    this.#stored = this.#time;
  }

  #go(ms: number): void {
    this.truth += ms;
    this.#uptimeMs += ms;
    for (let last = this.#values.at(-1) ?? 0; last + DAY <= this.truth; last += DAY)
      this.#values.push(last + DAY);
  }

  /** As JSON, as in the store. */
  #store(): void {
    this.#stored = JSON.parse(JSON.stringify(this.#time));
  }
}

type Step =
  | { readonly do: 'pass'; readonly minutes: number }
  | { readonly do: 'correct'; readonly errorMs: number }
  | { readonly do: 'wrong'; readonly errorMs: number; readonly minutes: number; readonly cut: Cut }
  | { readonly do: 'suspend'; readonly ms: number }
  | { readonly do: 'restart' }
  | { readonly do: 'boot'; readonly offMs: number; readonly isClean: boolean; readonly unsetMinutes: number };

/** What happens in the middle of the time for which the clock is wrong. */
type Cut = 'nothing' | 'restart' | 'boot' | 'set further';

const errors = fc.integer({ min: -ERROR_MS, max: ERROR_MS });
const minutesBelowSixHours = fc.integer({ min: 0, max: 359 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ do: fc.constant('correct' as const), errorMs: errors }),
  fc.record({
    do: fc.constant('wrong' as const),
    errorMs: fc.oneof(
      fc.integer({ min: -400 * DAY, max: 4000 * DAY }),
      fc.integer({ min: -2 * DAY, max: 2 * DAY }),
      fc.integer({ min: -2 * MINUTE, max: 2 * MINUTE }),
    ),
    minutes: minutesBelowSixHours,
    cut: fc.constantFrom<Cut>('nothing', 'restart', 'boot', 'set further'),
  }),
  fc.record({ do: fc.constant('suspend' as const), ms: fc.integer({ min: 1, max: 60 * DAY }) }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({
    do: fc.constant('boot' as const),
    offMs: fc.integer({ min: 1, max: 100 * DAY }),
    isClean: fc.boolean(),
    unsetMinutes: fc.constantFrom(0, 0, 1, 300),
  }),
);

function run(here: Simulation, step: Step): void {
  if (step.do === 'pass') here.pass(step.minutes);
  else if (step.do === 'correct') here.errorMs = step.errorMs;
  else if (step.do === 'suspend') here.suspend(step.ms);
  else if (step.do === 'restart') here.restart();
  else if (step.do === 'boot') reboot(here, step);
  else beWrong(here, step);
}

/** The clock begins where it was, and is not set until later, as on a Raspberry Pi; or it is right at once. */
function reboot(here: Simulation, { offMs, isClean, unsetMinutes }: Step & { readonly do: 'boot' }): void {
  const { errorMs } = here;
  if (isClean) here.shutDown();
  here.boot(offMs);
  if (unsetMinutes > 0) {
    here.isSet = false;
    here.errorMs = -offMs;
    here.pass(unsetMinutes);
    here.errorMs = errorMs;
    here.isSet = true;
  }
  here.look();
}

function beWrong(here: Simulation, { errorMs, minutes, cut }: Step & { readonly do: 'wrong' }): void {
  const before = here.errorMs;
  here.errorMs = errorMs;
  here.look();
  const first = Math.floor(minutes / 2);
  here.pass(first);
  if (cut === 'restart') here.restart();
  if (cut === 'boot') here.boot(MINUTE);
  if (cut === 'set further') here.errorMs *= 2;
  here.pass(minutes - first);
  here.errorMs = before;
  here.look();
}

const START = beginRetentionTime(undefined, uptimeAt(0), TRUE_START);

function uptimeAt(ms: number) {
  return { boot: 'boot', ms };
}

/** What is known after looks that are a minute apart, beginning a minute later. */
function after(time: RetentionTime, wallAheadMs: number, minutes: number): RetentionTime {
  let known = time;
  for (let minute = 1; minute <= minutes; minute += 1) {
    const ms = time.uptime.ms + minute * MINUTE;
    known = advanceRetentionTime(known, lookOf(uptimeAt(ms), TRUE_START + ms + wallAheadMs, true));
  }
  return known;
}

function aheadOfUptime(time: RetentionTime): number {
  return time.confirmed - TRUE_START - time.uptime.ms;
}

/** The bounds a minute after the start, where the clock shows a time. */
function boundsAt(now: number, isSet: boolean) {
  return boundsOf(advanceRetentionTime(START, lookOf(uptimeAt(MINUTE), now, isSet)));
}

/** Where the confirmed time of a store begins whose newest row arrived at a time. */
function begun(newest: number | undefined): number {
  return beginRetentionTime(newest, uptimeAt(0), TRUE_START).confirmed;
}

describe('the retention time', () => {
  it('deletes nothing too young where the clock is wrong for less than six hours, and all in the end', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), (drawn) => {
        const here = new Simulation();
        here.look();
        for (const step of drawn) run(here, step);
        assert(here.youngestDeleted >= KEEP_MS - MINUTE, `${here.youngestDeleted / DAY} days old`);
        here.errorMs = 0;
        here.isSet = true;
        here.look();
        here.pass(13 * 60);
        assert(here.oldestAge <= KEEP_MS + DAY, `${here.oldestAge / DAY} days old and still there`);
      }),
      { numRuns: 1000 },
    );
  });

  it('follows the clock of a machine that runs for four hours every third day', () => {
    const here = new Simulation();
    for (let day = 0; day < 100; day += 1) {
      here.look();
      here.pass(4 * 60);
      here.shutDown();
      here.boot(68 * HOUR);
    }
    here.look();
    assert(here.youngestDeleted >= KEEP_MS);
    assert(here.oldestAge <= KEEP_MS + 10 * DAY, `${here.oldestAge / DAY} days old and still there`);
  });

  it('follows a jump after six hours in which the clock has kept it, and not a minute earlier', () => {
    const jumped = after(START, 400 * DAY, 360);
    assert.equal(aheadOfUptime(jumped), 0);
    assert.equal(aheadOfUptime(after(jumped, 400 * DAY, 1)), 400 * DAY);
  });

  for (const [what, nextMs] of [
    ['back', 200 * DAY],
    ['further ahead', 800 * DAY],
  ] as const) {
    it(`counts the six hours anew where the clock jumps ${what}`, () => {
      const again = after(after(START, 400 * DAY, 300), nextMs, 360);
      assert.equal(aheadOfUptime(again), 0);
      assert.equal(aheadOfUptime(after(again, nextMs, 1)), nextMs);
    });
  }

  it('stays at or before the time of the wall clock', () => {
    assert.deepEqual(boundsOf(after(START, -HOUR, 1)), {
      earliest: TRUE_START + MINUTE - HOUR,
      latest: TRUE_START + MINUTE,
    });
  });

  it('takes no evidence from a clock that is not set, or shows an impossible time', () => {
    assert.equal(boundsAt(TRUE_START, false), undefined);
    assert.equal(boundsAt(Date.UTC(2024, 11, 31), true), undefined);
    assert.equal(boundsAt(Date.UTC(2100, 0, 1), true), undefined);
    assert.notEqual(boundsAt(Date.UTC(2099, 11, 31), true), undefined);
  });

  it('counts no more than five minutes of agreement where nobody looked for longer', () => {
    const jumped = after(START, 400 * DAY, 1);
    const later = jumped.uptime.ms + 10 * HOUR;
    const known = advanceRetentionTime(jumped, lookOf(uptimeAt(later), TRUE_START + later + 400 * DAY, true));
    assert.equal(known.agreedMs, 5 * MINUTE);
    assert.equal(aheadOfUptime(known), 0);
  });

  it('begins with the newest row, with the wall clock where that is earlier, or where there is no row', () => {
    assert.equal(begun(TRUE_START - DAY), TRUE_START - DAY);
    assert.equal(begun(TRUE_START + DAY), TRUE_START);
    assert.equal(begun(undefined), TRUE_START);
    assert.equal(begun(1000), TRUE_START);
  });

  it('does not go on with the uptime of another boot, nor of one that has no id', () => {
    const elapsed = (boot: string, next: string) => {
      const time = { ...START, uptime: { boot, ms: 0 } };
      const uptime = { boot: next, ms: DAY };
      return advanceRetentionTime(resumeRetentionTime(time, uptime), lookOf(uptime, TRUE_START + DAY, true))
        .confirmed;
    };
    assert.equal(elapsed('one', 'one'), TRUE_START + DAY);
    assert.equal(elapsed('one', 'two'), TRUE_START);
    assert.equal(elapsed('', ''), TRUE_START);
  });
});
