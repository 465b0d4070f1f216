import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { createTimekeeper, type Timekeeper } from '../../src/clock';
import {
  DEFAULT_BOUNDS,
  openOutbox,
  type KeptItem,
  type NewestLimits,
  type Outbox,
  type OutboxNotice,
} from '../../src/outbox';
import {
  chronySlewing,
  HOUR,
  KERNEL_SET,
  KERNEL_UNSET,
  Machine,
  MINUTE,
  SECOND,
  TRUE_START,
} from '../clock/machine';
import { ids, newItem, PLENTY, START, testOutbox, value, type TestOutbox } from './support';
import { VERSION_1 } from './version-1';

const DESTINATION = newItem().destination;

interface Reading {
  /** When it was really taken. */
  readonly truth: number;
  /** What the clock said then. */
  readonly timestamp: number;
  /** Counts the boots. */
  readonly boot: number;
}

/** A machine with an outbox on it: what Node-RED is to them. */
class Installation {
  readonly machine: Machine;
  readonly folder: string;
  /** What was read, by the ids of the items. */
  readonly readings = new Map<number, Reading>();
  readonly notices: OutboxNotice[] = [];
  boots = 1;
  timekeeper: Timekeeper;
  outbox: Outbox;

  constructor(machine: Machine, folder: string) {
    this.machine = machine;
    this.folder = folder;
    [this.timekeeper, this.outbox] = this.#start();
  }

  async restart(): Promise<void> {
    await this.stop();
    [this.timekeeper, this.outbox] = this.#start();
  }

  async reboot(plan: Parameters<Machine['boot']>[0]): Promise<void> {
    await this.stop();
    this.machine.boot(plan);
    this.boots += 1;
    await this.machine.pass(20 * SECOND);
    [this.timekeeper, this.outbox] = this.#start();
  }

  async stop(): Promise<void> {
    this.timekeeper.close();
    await this.outbox.close();
  }

  /** Takes a reading, and lets time pass. */
  async read(ms = MINUTE): Promise<void> {
    const timestamp = this.timekeeper.stamp();
    const reading = { truth: this.machine.truth, timestamp, boot: this.boots };
    this.readings.set(await value(this.outbox.accept(newItem({ timestamp, group: 'd' }))), reading);
    await this.machine.pass(ms);
  }

  /** Lets time pass, and then two servers say how far the clock is behind. */
  async hearServers(behindMs: number): Promise<void> {
    await this.machine.pass(MINUTE);
    for (const hostname of ['one.example.com', 'other.example.com'])
      this.timekeeper.heard(hostname, { leastMs: behindMs, mostMs: behindMs });
  }

  async lease(): Promise<readonly KeptItem[]> {
    const items = await value(this.outbox.lease(DESTINATION, PLENTY));
    await value(this.outbox.release(ids(items)));
    return items;
  }

  /** How far each reading's time is from the truth, in milliseconds, and how well it is said to be known. */
  async errors(): Promise<readonly (readonly [number, KeptItem['certainty']])[]> {
    return (await this.lease()).map(({ id, timestamp, certainty }) => {
      const error = timestamp - (this.readings.get(id)?.truth ?? 0);
      return [Math.abs(error) <= 1 ? 0 : Math.round(error / SECOND) * SECOND, certainty];
    });
  }

  #start(): [Timekeeper, Outbox] {
    const timekeeper = createTimekeeper(this.machine.environment);
    const outbox = openOutbox({
      folder: this.folder,
      now: timekeeper.now,
      isClockSet: timekeeper.isSet,
      uptime: timekeeper.uptime,
      schedule: this.machine.environment.schedule,
      timekeeper,
      report: (notice) => this.notices.push(notice),
    });
    return [timekeeper, outbox];
  }
}

/** Alters a database as no program of this package does; without the sum of its version it counts as damaged. */
function alter(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, 'outbox.sqlite'));
  database.exec(sql);
  database.close();
}

/** What must hold of all items in the end, however the clock was treated. */
function check(here: Installation, items: readonly KeptItem[], synchronised: ReadonlySet<number>): void {
  assert.deepEqual(ids(items), [...here.readings.keys()]);
  for (const [index, { id, timestamp, certainty }] of items.entries()) {
    const { truth, boot } = here.readings.get(id) ?? { truth: 0, boot: 0 };
    const before = items[index - 1];
    assert(!before || timestamp > before.timestamp, `item ${id} is not later than the one before it`);
    assert(Number.isInteger(timestamp));
    assert.equal(certainty, synchronised.has(boot) ? 'certain' : 'estimated');
    if (synchronised.has(boot))
      assert(Math.abs(timestamp - truth) <= SECOND, `item ${id} is ${timestamp - truth} ms off`);
  }
}

describe('times in the outbox', () => {
  let parent: string;
  let installation: Installation | undefined;
  // It stays open, so that the storage thread does not have to be started for each other one.
  let companion: TestOutbox;

  before(async () => {
    companion = await testOutbox();
  });

  after(() => companion.remove());

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'times-'));
  });

  afterEach(async () => {
    await installation?.stop();
    installation = undefined;
    await rm(parent, { recursive: true, force: true });
  });

  const install = (plan: ConstructorParameters<typeof Machine>[0] = {}) => {
    installation = new Installation(new Machine(plan), join(parent, 'outbox'));
    return installation;
  };

  it('come from the clock if that is right from the start', async () => {
    const here = install();
    here.machine.sayIsSynchronised();
    await here.read();
    await here.read();
    assert.deepEqual(await here.errors(), [
      [0, 'certain'],
      [0, 'certain'],
    ]);
  });

  it('become right when the clock is set', async () => {
    const here = install({ wall: TRUE_START - 3 * HOUR });
    await here.read();
    await here.read();
    assert.deepEqual(await here.errors(), [
      [-3 * HOUR, 'awaited'],
      [-3 * HOUR, 'awaited'],
    ]);
    here.machine.synchronise();
    await here.machine.pass(2 * SECOND);
    await here.read();
    assert.deepEqual(
      await here.errors(),
      Array.from({ length: 3 }, () => [0, 'certain']),
    );
    const [first] = await here.lease();
    assert(first && Math.abs(first.correctionMs - 3 * HOUR) <= 1);
    const counts = await value(here.outbox.counts(DESTINATION));
    assert.equal(counts.oldest, first.timestamp);
  });

  it('can be looked at without a lease, with the newest that wait', async () => {
    const here = install({ wall: TRUE_START - 3 * HOUR });
    for (let count = 0; count < 4; count += 1) await here.read();
    const own = await value(here.outbox.accept(newItem({ timestamp: TRUE_START })));
    const limits = { count: 10, characters: 10_000, times: ['awaited'] } as const;
    const newest = async (other: Partial<NewestLimits> = {}) =>
      value(here.outbox.newest(DESTINATION, { ...limits, ...other }));
    const [first] = await here.lease();
    assert(first);
    const { id, group, body, timestamp, correctionMs, certainty } = first;
    assert.deepEqual((await newest())[0], { id, group, body, timestamp, correctionMs, certainty });
    assert.deepEqual(ids(await newest()), [1, 2, 3, 4]);
    assert.deepEqual(ids(await newest({ count: 3 })), [2, 3, 4]);
    assert.deepEqual(ids(await newest({ characters: 2 * body.length })), [3, 4]);
    await value(here.outbox.lease(DESTINATION, { ...PLENTY, count: 2 }));
    assert.deepEqual(ids(await newest()), [1, 2, 3, 4]);
    await value(here.outbox.acknowledge([1]));
    assert.deepEqual(ids(await newest()), [2, 3, 4]);
    await value(here.outbox.pause(DESTINATION));
    assert.deepEqual(await newest(), []);
    await value(here.outbox.resume(DESTINATION));
    await here.stop();
    alter(here.folder, 'UPDATE items SET timestamp = timestamp + 1 WHERE id = 3');
    await here.restart();
    assert.deepEqual(ids(await newest()), [2, 4]);
    here.machine.synchronise();
    await here.machine.pass(2 * SECOND);
    assert.deepEqual(await newest(), []);
    assert.deepEqual(await value(here.outbox.newest('unknown', limits)), []);
    assert.deepEqual(ids(await here.lease()), [2, 4, own]);
  });

  it('stay as they were corrected, to the millisecond, also after a restart', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.setClock(TRUE_START - 30 * MINUTE);
    await here.read();
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    const times = (await here.lease()).map(({ timestamp }) => timestamp);
    here.machine.setClock(here.machine.wall + 3 * SECOND);
    await here.machine.pass(MINUTE);
    await here.restart();
    assert.deepEqual(
      (await here.lease()).map(({ timestamp }) => timestamp),
      times,
    );
  });

  it('become right if the clock was set while Node-RED was down', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    await here.stop();
    here.machine.synchronise();
    await here.machine.pass(HOUR);
    await here.restart();
    const [error] = await here.errors();
    // Two processes read the clocks to a hundredth of a second.
    assert.deepEqual(error, [0, 'certain']);
  });

  it('become right after a reboot if the clock had been set before it', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    await here.reboot({ offMs: HOUR, wall: here.machine.wall });
    assert.deepEqual(await here.errors(), [[0, 'certain']]);
  });

  it('become estimates if the clock was not set before a reboot: in order, and between what is known', async () => {
    const here = install();
    here.machine.sayIsSynchronised();
    await here.machine.pass(HOUR);
    await here.read();
    const lastKnown = here.machine.truth;
    await here.reboot({ offMs: 5 * HOUR, wall: here.machine.wall - 10 * MINUTE });
    await here.read();
    await here.read();
    await here.reboot({ offMs: MINUTE, wall: here.machine.wall });
    await here.read();
    assert.deepEqual(
      (await here.lease()).map(({ certainty }) => certainty),
      ['certain', 'awaited', 'awaited', 'awaited'],
    );
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    const items = await here.lease();
    assert.deepEqual(
      items.map(({ certainty }) => certainty),
      ['certain', 'estimated', 'estimated', 'certain'],
    );
    const times = items.map(({ timestamp }) => timestamp);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    const [, estimate = 0] = times;
    assert(estimate > lastKnown - MINUTE && estimate < here.machine.truth);
  });

  it('never leave a boot whose clock was long before this package without a bound', async () => {
    const here = install({ wall: SECOND });
    await here.read();
    assert.equal((await here.lease())[0]?.certainty, 'undated');
    await here.reboot({ wall: SECOND });
    await here.read();
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    const [early, late] = await here.errors();
    assert.deepEqual(late, [0, 'certain']);
    assert.equal(early?.[1], 'estimated');
    assert(Math.abs(early?.[0] ?? Infinity) <= MINUTE + 20 * SECOND);
  });

  it('come from a clock that no time daemon sets, and follow it when it is set', async () => {
    const here = install({ wall: TRUE_START - HOUR, hasTimesyncd: false });
    await here.read();
    assert.deepEqual(await here.errors(), [[-HOUR, 'certain']]);
    await here.restart();
    const [item] = await here.lease();
    assert.equal(item?.correctionMs, 0);
    here.machine.setClock(here.machine.truth);
    await here.machine.pass(2 * SECOND);
    assert.deepEqual(await here.errors(), [[0, 'certain']]);
  });

  it('follow a clock that was put right after it had been called synchronised, and a restart', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.sayIsSynchronised();
    await here.machine.pass(MINUTE);
    // Wrong, but certain: it may have been sent like that.
    await here.read();
    here.machine.setClock(here.machine.truth);
    // As DietPi does; nothing can be asked from now on.
    here.machine.stopTimesyncd();
    await here.machine.pass(MINUTE);
    await here.restart();
    for (let count = 0; count < 20; count += 1) await here.read();
    const [first, second, ...later] = await here.errors();
    assert.deepEqual(
      [first, second],
      [
        [0, 'certain'],
        [-HOUR, 'certain'],
      ],
    );
    assert.deepEqual(
      later,
      Array.from({ length: 20 }, () => [0, 'certain']),
    );
  });

  it('follow a clock that was put right in the same process, once that is known to be right', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.sayIsSynchronised();
    await here.machine.pass(MINUTE);
    here.machine.setClock(here.machine.truth);
    here.machine.kernel = KERNEL_UNSET;
    await here.machine.pass(MINUTE);
    await here.read();
    assert.deepEqual(await here.errors(), [
      [0, 'awaited'],
      [0, 'awaited'],
    ]);
    here.machine.kernel = KERNEL_SET;
    await here.machine.pass(2 * MINUTE);
    assert.deepEqual(await here.errors(), [
      [0, 'certain'],
      [0, 'certain'],
    ]);
    await here.restart();
    assert.deepEqual(await here.errors(), [
      [0, 'certain'],
      [0, 'certain'],
    ]);
  });

  it('wait again for a clock that was moved since it was synchronised, and is not said to be right', async () => {
    const here = install();
    here.machine.sayIsSynchronised();
    await here.machine.pass(MINUTE);
    await here.read();
    await here.stop();
    here.machine.setClock(here.machine.truth - HOUR);
    here.machine.stopTimesyncd();
    here.machine.startTimesyncd();
    await here.restart();
    await here.read();
    assert.deepEqual(await here.errors(), [
      [0, 'certain'],
      [-HOUR, 'awaited'],
    ]);
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    assert.deepEqual(await here.errors(), [
      [0, 'certain'],
      [0, 'certain'],
    ]);
  });

  it('stay as the clock says after a restart if it was synchronised and only kept since, whoever can be asked', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    // What a day without a network makes of a Raspberry Pi's clock.
    here.machine.setClock(here.machine.wall + 2 * SECOND);
    await here.machine.pass(MINUTE);
    here.machine.stopTimesyncd();
    await here.restart();
    const timestamp = here.timekeeper.stamp();
    assert.equal(here.timekeeper.stampOf(timestamp)?.trust, 'unset');
    await here.read();
    await here.machine.pass(MINUTE);
    await here.read();
    const [first, ...later] = await here.lease();
    assert(first && Math.abs(first.timestamp - TRUE_START) <= 1);
    assert.deepEqual(
      later.map(({ correctionMs, certainty }) => [correctionMs, certainty]),
      [
        [0, 'certain'],
        [0, 'certain'],
      ],
    );
  });

  for (const [slipMs, restarts] of [
    [-59 * SECOND, 1],
    [11 * SECOND, 1],
    [11 * SECOND, 0],
  ] as const)
    it(`wait for a clock that slips by ${slipMs / SECOND} s after ${restarts} restarts, and come right with it`, async () => {
      const here = install();
      here.machine.sayIsSynchronised();
      await here.machine.pass(MINUTE);
      await here.read();
      for (let count = 0; count < restarts; count += 1) await here.restart();
      await here.machine.pass(MINUTE);
      await here.read();
      here.machine.setClock(here.machine.wall + slipMs);
      await here.read(2 * SECOND);
      assert.deepEqual(await here.errors(), [
        [0, 'certain'],
        [0, 'certain'],
        [slipMs, 'awaited'],
      ]);
      here.machine.setClock(here.machine.wall - slipMs);
      await here.machine.pass(2 * SECOND);
      await here.read();
      assert.deepEqual(
        await here.errors(),
        Array.from({ length: 4 }, () => [0, 'certain']),
      );
    });

  for (const behindMs of [3 * SECOND, 30 * SECOND])
    it(`stay right after a restart where two servers say that the clock is ${behindMs / SECOND} s behind`, async () => {
      const here = install({ wall: TRUE_START - behindMs, hasTimesyncd: false });
      here.machine.kernel = KERNEL_UNSET;
      await here.hearServers(behindMs);
      await here.read();
      await here.restart();
      await here.hearServers(behindMs);
      for (let count = 0; count < 3; count += 1) await here.read();
      assert.deepEqual(
        await here.errors(),
        Array.from({ length: 4 }, () => [0, 'certain']),
      );
    });

  it('follow two servers after a restart that find the clock less and less behind', async () => {
    const here = install({ wall: TRUE_START - 30 * SECOND, hasTimesyncd: false });
    here.machine.kernel = KERNEL_UNSET;
    await here.hearServers(30 * SECOND);
    await here.restart();
    for (const seconds of [30, 24, 18]) await here.hearServers(seconds * SECOND);
    await here.read();
    assert.deepEqual(
      (await here.lease()).map(({ correctionMs, certainty }) => [correctionMs, certainty]),
      [[18 * SECOND, 'certain']],
    );
  });

  it('stay right after a restart where chronyd slewed the clock before', async () => {
    const here = install({ wall: TRUE_START - 20 * SECOND, hasTimesyncd: false });
    const { machine } = here;
    machine.startChronyd();
    machine.chronyc = () => chronySlewing(machine.truth - machine.wall);
    machine.slew(0.08);
    await here.read(270 * SECOND);
    machine.slew(0);
    await machine.pass(MINUTE);
    await here.read();
    const before = await here.lease();
    await here.restart();
    await here.read();
    const [slewed, ...later] = await here.lease();
    assert(slewed && Math.abs(slewed.timestamp - TRUE_START) < SECOND);
    assert.deepEqual(
      [slewed, later[0]].map((item) => item?.timestamp),
      before.map(({ timestamp }) => timestamp),
    );
    assert(later.every(({ correctionMs, certainty }) => correctionMs === 0 && certainty === 'certain'));
  });

  it('do not make an item over age when the clock is set', async () => {
    const bounds = { ...DEFAULT_BOUNDS, freeDisk: 0, ageMs: HOUR };
    for (const wait of [0, 2 * SECOND]) {
      const here = install({ wall: TRUE_START - 12 * HOUR, hasTimesyncd: false });
      await here.machine.pass(MINUTE);
      await here.read();
      const kept = await value(here.outbox.lease(DESTINATION, { ...PLENTY, count: 1 }));
      await value(here.outbox.refuse(ids(kept), 'no'));
      await here.read();
      here.machine.setClock(here.machine.truth);
      await here.machine.pass(wait);
      assert.deepEqual(await value(here.outbox.enforce(DESTINATION, bounds)), []);
      // Age counts by what the clock was set to once it has kept that.
      await here.machine.pass(7 * HOUR);
      assert.equal((await value(here.outbox.enforce(DESTINATION, bounds))).length, 2);
      await here.stop();
      await rm(here.folder, { recursive: true });
    }
  });

  it('stay as they are if they are the user’s own', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    const timestamp = TRUE_START - 12_345.678;
    await value(here.outbox.accept(newItem({ timestamp })));
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    const [item] = await here.lease();
    assert.deepEqual([item?.timestamp, item?.correctionMs, item?.certainty], [timestamp, 0, 'certain']);
  });

  it('become right on the refused list and of dropped items too', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    const [item] = await value(here.outbox.lease(DESTINATION, PLENTY));
    await value(here.outbox.refuse([item?.id ?? 0], 'no'));
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    const [refused] = await value(here.outbox.refused.list(DESTINATION, { count: 1 }));
    assert(refused && Math.abs(refused.timestamp - TRUE_START) <= 1);
    const bounds = { ageMs: Infinity, bytes: 0, freeDisk: 0 };
    const [dropped] = await value(here.outbox.enforce(DESTINATION, bounds));
    assert.equal(dropped?.timestamp, refused.timestamp);
  });

  it('change for what is leased after listeners were told', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read(SECOND);
    const seen: ReturnType<Outbox['counts']>[] = [];
    const forget = here.outbox.onTimesChanged(() => seen.push(here.outbox.counts(DESTINATION)));
    here.machine.synchronise();
    await here.machine.pass(2 * SECOND);
    assert(seen.length > 0);
    for (const counts of seen) {
      const { oldest = 0 } = await value(counts);
      assert(Math.abs(oldest - TRUE_START) <= 1);
    }
    forget();
    const count = seen.length;
    here.machine.setClock(TRUE_START);
    await here.machine.pass(MINUTE);
    assert.equal(seen.length, count);
  });

  it('keep their order, their distances and the truth, whatever happens to the clock', async () => {
    const minutes = fc.integer({ min: 1, max: 600 });
    const event = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('read' as const),
          ms: fc.integer({ min: 1, max: 5 * MINUTE }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('set' as const), by: fc.integer({ min: -9, max: 9 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('synchronise' as const),
          errorMs: fc.integer({ min: -400, max: 400 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('slew' as const), ppm: fc.integer({ min: -500, max: 500 }) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('reboot' as const), off: minutes, loses: minutes }),
      },
    );
    let run = 0;
    const property = fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
      run += 1;
      const machine = new Machine({ wall: TRUE_START - 5 * HOUR });
      const here = new Installation(machine, join(parent, `run-${run}`));
      const synchronised = new Set<number>();
      const synchronise = async (errorMs: number) => {
        // Where it is nearly right already, a time daemon slews.
        if (!synchronised.has(here.boots)) machine.synchronise(errorMs);
        synchronised.add(here.boots);
        machine.slew(0);
        await machine.pass(2 * SECOND);
      };
      try {
        for (const each of events) {
          if (each.do === 'read') await here.read(each.ms);
          else if (each.do === 'set') {
            if (!synchronised.has(here.boots)) machine.setClock(machine.wall + each.by * HOUR);
          } else if (each.do === 'synchronise') await synchronise(each.errorMs);
          else if (each.do === 'slew') {
            if (synchronised.size === 0) machine.slew(each.ppm / 1e6);
          } else if (each.do === 'restart') {
            await machine.pass(SECOND);
            await here.restart();
          } else await here.reboot({ offMs: each.off * MINUTE, wall: machine.wall - each.loses * SECOND });
        }
        await here.read();
        await synchronise(0);
        await here.read();
        check(here, await here.lease(), synchronised);
      } finally {
        await here.stop();
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('stay as they are in items of version 1', async () => {
    const folder = join(parent, 'outbox');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'outbox.sqlite'), gunzipSync(Buffer.from(VERSION_1, 'base64')));
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    assert.deepEqual(
      (await here.lease()).map(({ body, timestamp, correctionMs, certainty }) => [
        body,
        timestamp - (body === newItem().body ? here.machine.wall : START),
        correctionMs,
        certainty,
      ]),
      [
        ['{"value":22}', 1000, 0, 'certain'],
        ['{"value":21.5}', -MINUTE, 0, 'awaited'],
      ],
    );
    const [elsewhere] = await value(here.outbox.lease('databoom https://example.com account-1', PLENTY));
    assert.deepEqual([elsewhere?.group, elsewhere?.timestamp], ['device', START + 3000]);
    const [refused] = await value(here.outbox.refused.list(DESTINATION, { count: 9 }));
    assert.deepEqual(
      [refused?.body, refused?.reason, refused?.timestamp, refused?.refusedAt],
      ['{"value":23}', '422: the unit is unknown', START + 2000.5, START],
    );
    await here.restart();
    assert.equal((await here.lease()).length, 2);
    assert.deepEqual(here.notices, []);
  });

  it('survive in items that are carried over from a damaged database of version 1', async () => {
    const folder = join(parent, 'outbox');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'outbox.sqlite'), gunzipSync(Buffer.from(VERSION_1, 'base64')));
    alter(folder, 'UPDATE schema SET sum = 0');
    const here = install();
    assert.deepEqual(
      (await here.lease()).map(({ body }) => body),
      ['{"value":22}'],
    );
    assert.equal((await value(here.outbox.refused.list(DESTINATION, { count: 9 }))).length, 1);
    assert.deepEqual(
      here.notices.map(({ kind }) => kind),
      ['file-damaged'],
    );
  });

  it('survive a database that is rebuilt', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    await here.read();
    await here.stop();
    alter(here.folder, 'UPDATE schema SET sum = 0');
    await here.reboot({ offMs: HOUR });
    assert.deepEqual(await here.errors(), [
      [0, 'certain'],
      [0, 'certain'],
    ]);
    assert(here.notices.some(({ kind }) => kind === 'file-damaged'));
  });

  it('count as damage if a stamp comes back altered', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    await here.read();
    await here.stop();
    alter(here.folder, 'UPDATE items SET uptime = uptime + 1000 WHERE id = 1');
    await here.restart();
    assert.deepEqual(ids(await here.lease()), [2]);
    assert.deepEqual(
      here.notices.map(({ kind, id }) => [kind, id]),
      [['quarantined', 1]],
    );
  });

  it('come from the clock if what was known of their boot comes back altered', async () => {
    const here = install({ wall: TRUE_START - HOUR });
    await here.read();
    here.machine.synchronise();
    await here.machine.pass(MINUTE);
    await here.stop();
    alter(here.folder, 'UPDATE boots SET started = started + 1000');
    await here.reboot({ offMs: HOUR });
    assert.deepEqual(await here.errors(), [[-HOUR, 'certain']]);
    assert.deepEqual(
      here.notices.map(({ kind }) => kind),
      ['quarantined'],
    );
  });

  it('come from an earlier synchronisation if the outbox could not be told that the clock was moved since', async () => {
    const here = install();
    here.machine.sayIsSynchronised();
    await here.read();
    await here.stop();
    here.machine.setClock(here.machine.truth - HOUR);
    here.machine.stopTimesyncd();
    here.machine.startTimesyncd();
    const timekeeper = createTimekeeper(here.machine.environment);
    const outbox = openOutbox({
      folder: here.folder,
      now: timekeeper.now,
      isClockSet: timekeeper.isSet,
      timekeeper: { stampOf: timekeeper.stampOf, boot: () => undefined, onChange: () => () => undefined },
      report: ({ message }) => assert.fail(message),
    });
    const { truth } = here.machine;
    await value(outbox.accept(newItem({ timestamp: timekeeper.stamp() })));
    const [, item] = await value(outbox.lease(DESTINATION, PLENTY));
    assert(item && Math.abs(item.timestamp - truth) <= 50, `${item && item.timestamp - truth} ms off`);
    timekeeper.close();
    await outbox.close();
  });

  it('become right with the next reading if the outbox could not be told that the clock was set', async () => {
    const machine = new Machine({ wall: TRUE_START - HOUR });
    const timekeeper = createTimekeeper(machine.environment);
    let isWatched = false;
    const outbox = openOutbox({
      folder: join(parent, 'outbox'),
      now: timekeeper.now,
      isClockSet: timekeeper.isSet,
      timekeeper: {
        stampOf: timekeeper.stampOf,
        boot: () => undefined,
        onChange: () => {
          isWatched = true;
          return () => {
            isWatched = false;
          };
        },
      },
      report: ({ message }) => assert.fail(message),
    });
    await value(outbox.accept(newItem({ timestamp: timekeeper.stamp() })));
    machine.synchronise();
    await machine.pass(MINUTE);
    await value(outbox.accept(newItem({ timestamp: timekeeper.stamp() })));
    const [item] = await value(outbox.lease(DESTINATION, PLENTY));
    assert(item && Math.abs(item.timestamp - TRUE_START) <= 1);
    assert.equal(isWatched, true);
    timekeeper.close();
    await outbox.close();
    assert.equal(isWatched, false);
  });

  it('leases past what has no time yet where it is asked to, and finds that again later', async () => {
    const here = install({ wall: TRUE_START - 3 * HOUR });
    for (let count = 0; count < 300; count += 1) await here.read(SECOND);
    const certain: number[] = [];
    for (let count = 0; count < 3; count += 1)
      certain.push(await value(here.outbox.accept(newItem({ timestamp: START + count, group: 'd' }))));
    const lease = async (lane: boolean, exceptTimes: readonly KeptItem['certainty'][]) => {
      const limits = { count: 2, bytes: 1e9, exceptTimes };
      return lane
        ? value(here.outbox.leaseLane(DESTINATION, { ...limits, lane: { only: 'd' } }))
        : value(here.outbox.lease(DESTINATION, limits));
    };
    for (const lane of [true, false]) {
      const first = await lease(lane, ['awaited', 'undated']);
      assert.deepEqual(ids(first), certain.slice(0, 2));
      const second = await lease(lane, ['awaited', 'undated']);
      assert.deepEqual(ids(second), certain.slice(2));
      assert.deepEqual(await lease(lane, ['awaited', 'undated']), []);
      await value(here.outbox.release(certain.slice(1, 2)));
      const again = await lease(lane, ['awaited', 'undated']);
      assert.deepEqual(ids(again), certain.slice(1, 2));
      const later = await value(here.outbox.accept(newItem({ timestamp: START + 9, group: 'd' })));
      assert.deepEqual(ids(await lease(lane, ['awaited', 'undated'])), [later]);
      await value(here.outbox.acknowledge([later]));
      const waiting = await lease(lane, ['undated']);
      assert.deepEqual(
        waiting.map(({ id, certainty }) => [id, certainty]),
        [...here.readings.keys()].slice(0, 2).map((id) => [id, 'awaited']),
      );
      await value(here.outbox.release(ids([...first, ...second, ...waiting])));
    }
    assert.deepEqual(here.notices, []);
  });

  it('stay as they were sent where the service may have taken it, also after a restart and in the export', async () => {
    const here = install({ wall: TRUE_START - 3 * HOUR, hasTimesyncd: false });
    await here.machine.pass(HOUR);
    for (let count = 0; count < 3; count += 1) await here.read();
    const before = await value(here.outbox.lease(DESTINATION, PLENTY));
    const [sent, unsent, delivered] = before;
    assert(sent && unsent && delivered);
    await value(here.outbox.acknowledge([delivered.id]));
    await value(here.outbox.releaseSent([sent, delivered]));
    await value(here.outbox.release([unsent.id]));
    here.machine.synchronise();
    await here.machine.pass(10 * SECOND);
    for (let turn = 0; turn < 2; turn += 1) {
      const after = await here.lease();
      assert.deepEqual(
        after.map(({ id, timestamp, correctionMs }) => ({ id, timestamp, correctionMs })),
        [
          { id: sent.id, timestamp: sent.timestamp, correctionMs: 0 },
          { id: unsent.id, timestamp: unsent.timestamp + 3 * HOUR, correctionMs: 3 * HOUR },
        ],
      );
      await here.restart();
    }
    assert.deepEqual(here.notices, []);
  });
});
