import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createTimekeeper } from '../../src/clock';
import { createServerTimes } from '../../src/clock/server-times';
import { HOUR, Machine, MINUTE, SECOND, TRUE_START } from './machine';

/** What a right server's Date says of a clock that is behind; asked for so long, it writes the date at some moment. */
function aheadBy(machine: Machine, behindMs: number, takesMs: number, part = 0.5) {
  const written = Math.floor(machine.truth / SECOND) * SECOND;
  const sentAt = machine.truth - behindMs - part * takesMs;
  return { leastMs: written - (sentAt + takesMs), mostMs: written + 999 - sentAt };
}

/** A container without python3, as nobody there knows the time. */
function container(behindMs: number) {
  const machine = new Machine({ hasTimesyncd: false, wall: TRUE_START - behindMs });
  const timekeeper = createTimekeeper(machine.environment);
  const hears = (hostname: string, takesMs = 80, part = 0.5) =>
    timekeeper.heard(hostname, aheadBy(machine, machine.truth - machine.wall, takesMs, part));
  return { machine, timekeeper, hears };
}

describe('the time in the answers of servers', () => {
  it('tells the true time of readings where two servers agree that this machine is wrong', async () => {
    const drawn = fc.record({
      behindMs: fc.oneof(
        fc.integer({ min: 7 * SECOND, max: 400 * 24 * HOUR }),
        fc.integer({ min: -400 * 24 * HOUR, max: -7 * SECOND }),
      ),
      moments: fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 300_000 })),
      takesMs: fc.integer({ min: 1, max: 2000 }),
      parts: fc.tuple(fc.constantFrom(0, 0.5, 1), fc.constantFrom(0, 0.5, 1)),
    });
    const property = fc.asyncProperty(drawn, async ({ behindMs, moments, takesMs, parts }) => {
      const { machine, timekeeper, hears } = container(behindMs);
      await machine.pass(MINUTE);
      const before = { truth: machine.truth, stamp: timekeeper.stampOf(timekeeper.stamp()) };
      for (const [index, moment] of moments.entries()) {
        await machine.pass(moment);
        hears(`server-${index}.example.com`, takesMs, parts[index]);
      }
      const after = { truth: machine.truth, stamp: timekeeper.stampOf(timekeeper.stamp()) };
      const boot = timekeeper.boot();
      assert.equal(boot?.trust, 'set');
      assert.deepEqual([timekeeper.isSet(), timekeeper.isSynchronised()], [false, false]);
      for (const { truth, stamp } of [before, after]) {
        assert(stamp && stamp.trust !== 'set');
        const error = boot.startedAt + stamp.uptime - truth;
        assert(Math.abs(error) < 2000, `${error} ms off`);
      }
      timekeeper.close();
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('says nothing where one server alone says so, however often', async () => {
    const { machine, timekeeper, hears } = container(3 * HOUR);
    await machine.pass(MINUTE);
    for (let count = 0; count < 3; count += 1) hears('one.example.com');
    assert.equal(timekeeper.boot()?.trust, 'unknown');
    timekeeper.close();
  });

  it('says nothing where the servers disagree', async () => {
    const { machine, timekeeper } = container(3 * HOUR);
    await machine.pass(MINUTE);
    timekeeper.heard('one.example.com', aheadBy(machine, 3 * HOUR, 50));
    timekeeper.heard('other.example.com', aheadBy(machine, 2 * HOUR, 50));
    assert.equal(timekeeper.boot()?.trust, 'unknown');
    timekeeper.close();
  });

  it('says nothing where the clock agrees with them, or is hardly wrong', async () => {
    for (const behindMs of [0, 1500, -1500]) {
      const { machine, timekeeper, hears } = container(behindMs);
      await machine.pass(MINUTE);
      for (const hostname of ['one.example.com', 'other.example.com']) hears(hostname);
      assert.deepEqual([timekeeper.boot()?.trust, timekeeper.isSet()], ['unknown', true]);
      timekeeper.close();
    }
  });

  it('counts for nothing once something on this machine knows the time', async () => {
    const { machine, timekeeper, hears } = container(0);
    machine.setClock(machine.truth - HOUR);
    machine.startTimesyncd();
    machine.sayIsSynchronised();
    await machine.pass(MINUTE);
    const said = timekeeper.boot();
    for (const hostname of ['one.example.com', 'other.example.com']) hears(hostname);
    assert.deepEqual(timekeeper.boot(), said);
    assert.equal(timekeeper.isSynchronised(), true);
    timekeeper.close();
  });

  it('says nothing any more once the clock was set', async () => {
    const { machine, timekeeper, hears } = container(3 * HOUR);
    await machine.pass(MINUTE);
    hears('one.example.com');
    machine.setClock(machine.truth - HOUR);
    await machine.pass(2 * SECOND);
    hears('other.example.com');
    assert.equal(timekeeper.boot()?.trust, 'unknown');
    hears('one.example.com');
    assert.deepEqual([timekeeper.boot()?.trust, timekeeper.isSet()], ['set', false]);
    machine.setClock(machine.truth);
    await machine.pass(2 * SECOND);
    assert.equal(timekeeper.isSet(), true);
    timekeeper.close();
  });

  it('does not come from this machine, and counts for ten minutes', () => {
    const times = createServerTimes();
    const ahead = { leastMs: HOUR, mostMs: HOUR + SECOND };
    for (const hostname of ['localhost', 'a.localhost', '127.0.0.1', '127.8.8.8', '[::1]', '[::ffff:7f00:1]'])
      assert.equal(times.heard(hostname, ahead, 0), undefined);
    assert.equal(times.heard('one.example.com', ahead, 0), undefined);
    assert.equal(times.heard('two.example.com', ahead, 10 * MINUTE), HOUR + SECOND / 2);
    assert.equal(times.heard('three.example.com', ahead, 20 * MINUTE + 1), undefined);
  });

  it('counts for nothing where an answer took long', () => {
    const times = createServerTimes();
    const slow = { leastMs: HOUR, mostMs: HOUR + 3 * SECOND + 1 };
    assert.equal(times.heard('one.example.com', slow, 0), undefined);
    assert.equal(times.heard('other.example.com', { leastMs: HOUR, mostMs: HOUR + SECOND }, 0), undefined);
  });

  it('changes where the servers say something else later', async () => {
    const { machine, timekeeper, hears } = container(10 * SECOND);
    await machine.pass(MINUTE);
    for (const hostname of ['one.example.com', 'other.example.com']) hears(hostname);
    assert.deepEqual([timekeeper.boot()?.trust, timekeeper.isSet()], ['set', false]);
    // A daemon that nobody sees slews the clock until it is right.
    machine.slew(0.05);
    await machine.pass(100 * SECOND * 2.1);
    machine.slew(0);
    hears('one.example.com');
    assert.equal(timekeeper.isSet(), false);
    hears('other.example.com');
    assert.deepEqual([timekeeper.boot()?.trust, timekeeper.isSet()], ['unknown', true]);
    timekeeper.close();
  });

  it('fits into memory, however many there are', () => {
    const times = createServerTimes();
    const other = { leastMs: 9 * HOUR, mostMs: 9 * HOUR + SECOND };
    times.heard('first.example.com', { leastMs: HOUR, mostMs: HOUR + SECOND }, 0);
    for (let count = 0; count < 8; count += 1) times.heard(`${count}.example.com`, other, 0);
    assert.equal(times.heard('last.example.com', { leastMs: HOUR, mostMs: HOUR + SECOND }, 0), undefined);
  });
});
