import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createTimekeeper, type Stamp } from '../../src/clock';
import { createSlewMeter } from '../../src/clock/slew';
import { chronySlewing, CHRONY_UNSET, KERNEL_SET, KERNEL_UNSET, Machine, MINUTE, SECOND } from './machine';

/** A clock that is slewed until it is right, and when readings are taken meanwhile. */
interface Slewing {
  /** How far it is behind at the boot, in milliseconds; negative where it is ahead. */
  readonly behindMs: number;
  /** By how much faster (slower) it runs until it is right. */
  readonly share: number;
  /** When the daemon has found a server, in milliseconds after the boot. */
  readonly foundAt: number;
  /** From one reading to the next, in milliseconds. */
  readonly intervalMs: number;
}

/** What chronyd may do, and adjtime(3) always does. */
const SHARES_OF_CHRONYD = [0.0005, 0.005, 0.05, 0.0833, 0.1];
const SHARE_OF_ADJTIME = 0.0005;

function drawn(shares: readonly number[]): fc.Arbitrary<Slewing> {
  return fc.record({
    behindMs: fc.oneof(fc.integer({ min: 2000, max: 30_000 }), fc.integer({ min: -30_000, max: -2000 })),
    share: fc.constantFrom(...shares),
    foundAt: fc.integer({ min: 0, max: 200_000 }),
    intervalMs: fc.constantFrom(7 * SECOND, 20 * SECOND, 60 * SECOND),
  });
}

/** A corrected reading is off by less than this, in milliseconds: a clock is set that is less than a second off. */
const LARGEST_ERROR_MS = 2000;

/** Takes readings on a machine whose clock is slewed until something says that it is set. @returns their errors in ms */
async function errorsOf(
  { behindMs, share, foundAt, intervalMs }: Slewing,
  daemon: (machine: Machine) => Daemon,
) {
  const machine = new Machine({ hasTimesyncd: false });
  machine.setClock(machine.truth - behindMs);
  const told = daemon(machine);
  const timekeeper = createTimekeeper(machine.environment);
  const readings: { readonly truth: number; readonly timestamp: number; readonly stamp: Stamp }[] = [];
  const readUntil = async (end: number) => {
    while (machine.uptime < end) {
      const { truth } = machine;
      const timestamp = timekeeper.stamp();
      const stamp = timekeeper.stampOf(timestamp);
      assert(stamp);
      readings.push({ truth, timestamp, stamp });
      await machine.pass(Math.min(intervalMs, end - machine.uptime));
    }
  };
  await readUntil(foundAt);
  told.slews();
  const pace = Math.sign(behindMs) * share;
  machine.slew(pace);
  // What the wall clock gains on the truth in a millisecond of its own is a little less than its share.
  await readUntil(machine.uptime + (behindMs / pace) * (1 + pace));
  machine.slew(0);
  told.isDone();
  await machine.pass(2 * MINUTE);
  assert.equal(timekeeper.isSynchronised(), true);
  const boot = timekeeper.boot();
  timekeeper.close();
  assert(boot);
  return readings.map(({ truth, timestamp, stamp: { trust, uptime } }) => {
    return (trust === 'set' ? timestamp : boot.startedAt + uptime) - truth;
  });
}

/** What can be asked while the clock is slewed, and afterwards. */
interface Daemon {
  readonly slews: () => void;
  readonly isDone: () => void;
}

function chronyd(machine: Machine): Daemon {
  machine.chronyc = CHRONY_UNSET;
  return {
    slews: () => {
      machine.chronyc = () => chronySlewing(machine.truth - machine.wall);
    },
    isDone: () => {},
  };
}

/** As a container sees the daemon of its host: the kernel alone says anything, and that early. */
function host(machine: Machine): Daemon {
  machine.kernel = KERNEL_UNSET;
  return {
    slews: () => {
      machine.kernel = KERNEL_SET;
    },
    isDone: () => {},
  };
}

/** As adjtime(3), of which the kernel knows no error. */
function adjtime(machine: Machine): Daemon {
  machine.kernel = KERNEL_UNSET;
  return {
    slews: () => {},
    isDone: () => {
      machine.kernel = KERNEL_SET;
    },
  };
}

const DAEMONS = [
  { name: 'by chronyd', daemon: chronyd, shares: SHARES_OF_CHRONYD },
  { name: 'by the host of a container', daemon: host, shares: SHARES_OF_CHRONYD },
  { name: 'by adjtime(3)', daemon: adjtime, shares: [SHARE_OF_ADJTIME] },
];

describe('a clock that is slewed', () => {
  for (const { name, daemon, shares } of DAEMONS) {
    it(`has readings from before and meanwhile dated rightly once it is right, ${name}`, async () => {
      const property = fc.asyncProperty(drawn(shares), async (slewing) => {
        for (const error of await errorsOf(slewing, daemon))
          assert(Math.abs(error) < LARGEST_ERROR_MS, `${Math.round(error)} ms off`);
      });
      await fc.assert(property, { numRuns: 25 });
    });
  }

  it('goes on as before for whoever tells nothing, or something else than a slew', () => {
    const meter = createSlewMeter();
    assert.equal(meter.observe('chronyd', undefined, 0), 0);
    assert.equal(meter.observe('chronyd', 100_000, 0), 0);
    // A daemon makes up for how inaccurate the hardware is.
    assert.equal(meter.observe('chronyd', 100_001, 10_000), 0);
    assert.equal(meter.observe('chronyd', 100_501, 20_000), 500);
    // Nobody slews as fast as this: it has another server now.
    assert.equal(meter.observe('chronyd', 103_501, 30_000), 0);
    assert.equal(meter.observe('chronyd', 103_001, 40_000), -500);
    meter.forget();
    assert.equal(meter.observe('chronyd', 103_501, 50_000), 0);
    // Each counts from elsewhere.
    assert.equal(meter.observe('kernel', 103_900, 60_000), 0);
    assert.equal(meter.observe('kernel', 104_000, 70_000), 100);
    assert.equal(meter.observe('chronyd', 104_100, 80_000), 0);
  });
});
