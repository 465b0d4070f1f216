import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { NewColumn } from '../../../src/station/store';
import type { Connection } from '../../../src/storage';
import { NOW, picture, sha1 } from '../support/index';
import { openTables, type Tables } from '../support/tables';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ROOMY = 2 ** 40;
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER, isAfterFrom: false, count: 1_000_000 };

/** What a number takes, and a text beside its bytes. */
const [NUMBER, TEXT] = [16, 60];

/** Readings of one field at even intervals, the last of which ends `until` before now. */
interface Sensor {
  readonly type: 'number' | 'text';
  readonly every: number;
  readonly count: number;
  readonly until: number;
}

function columnOf({ type, every, count, until }: Sensor, number: number): NewColumn {
  const times = Array.from({ length: count }, (_, index) => NOW - until - index * every).toReversed();
  const common = { kind: 'device', name: `d${number}`, field: 'x', times } as const;
  if (type === 'number') return { ...common, type, values: times.map((time) => time % 1009) };
  return { ...common, type, values: times.map((time) => `the text of ${time}`) };
}

function fill(sensors: readonly Sensor[], watch?: (connection: Connection) => Connection): Tables {
  const tables = openTables(watch);
  for (const [number, sensor] of sensors.entries()) {
    const { isAppended } = tables.commit('append', { columns: [columnOf(sensor, number)], bytes: ROOMY });
    assert(isAppended);
  }
  return tables;
}

interface Reading {
  readonly sensor: number;
  readonly time: number;
  readonly bytes: number;
}

/** All readings that sensors have sent, oldest first. */
function readingsOf(sensors: readonly Sensor[]): readonly Reading[] {
  return sensors
    .flatMap((sensor, number) => {
      const { type, times } = columnOf(sensor, number);
      return times.map((time, index) => ({
        sensor: number,
        time,
        bytes: type === 'text' ? TEXT + `the text of ${times[index]}`.length : NUMBER,
      }));
    })
    .toSorted((one, other) => one.time - other.time);
}

/** The times that each sensor has left. */
function timesLeft({ operations }: Tables, sensors: readonly Sensor[]): readonly (readonly number[])[] {
  return sensors.map(({ type }, number) =>
    operations.values
      .run({ kind: 'device', name: `d${number}`, field: 'x', type, ...ALL }, NOW)
      .map(({ timestamp }) => timestamp),
  );
}

function usedBytes({ operations }: Tables): number {
  return operations.catalogue.run({ present: Infinity, until: Infinity }, NOW).usedBytes;
}

function expireAll(tables: Tables, before: number | undefined, bytes: number): void {
  for (let step = 0; tables.commit('expire', { before, bytes }).isMore; step += 1)
    assert(step < 10_000, 'retention does not end');
}

/** The model: deletes one time after the other, oldest first, until what is left fits. @returns how many readings went */
function deleteOneByOne(sensors: readonly Sensor[], bytes: number): number {
  const tables = fill(sensors);
  const readings = readingsOf(sensors);
  let gone = 0;
  while (usedBytes(tables) > bytes && gone < readings.length) {
    const end = (readings[gone]?.time ?? 0) + 1;
    expireAll(tables, end, ROOMY);
    while ((readings[gone]?.time ?? Infinity) < end) gone += 1;
  }
  tables.connection.close();
  return gone;
}

const sensor: fc.Arbitrary<Sensor> = fc.record({
  type: fc.constantFrom('number', 'number', 'text'),
  every: fc.constantFrom(10 * SECOND, MINUTE, 10 * MINUTE, HOUR),
  count: fc.integer({ min: 1, max: 700 }),
  until: fc.constantFrom(0, 0, HOUR, 100 * HOUR),
});

const FAST: Sensor = { type: 'number', every: 30 * SECOND, count: 6000, until: 0 };
const SLOW: Sensor = { type: 'number', every: HOUR, count: 500, until: 0 };

describe('Retention for room', () => {
  it('deletes the oldest readings of all sensors, and not many more than deleting one by one until it fits', () => {
    fc.assert(
      fc.property(
        fc.array(sensor, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.7, max: 0.99, noNaN: true }),
        (sensors, part) => {
          const tables = fill(sensors);
          const bytes = Math.floor(usedBytes(tables) * part);
          const needed = deleteOneByOne(sensors, bytes);
          expireAll(tables, undefined, bytes);
          const left = timesLeft(tables, sensors).flatMap((times, number) =>
            times.map((time) => `${number} ${time}`),
          );
          const readings = readingsOf(sensors);
          const gone = readings.length - left.length;
          // All that is left is newer than all that is gone, but for the same millisecond, which is not divided.
          const expected = readings.slice(gone).map((reading) => `${reading.sensor} ${reading.time}`);
          assert.deepEqual(left.toSorted(), expected.toSorted());
          assert(usedBytes(tables) <= bytes || left.length === 0);
          // A page that is nearly empty is not free yet, and one reading of each sensor may have the same time.
          assert(gone <= needed + 256 + 0.1 * needed, `${gone} went, ${needed} had to`);
          tables.connection.close();
        },
      ),
      { numRuns: 5, examples: [[[FAST, SLOW], 0.95]] },
    );
  });

  it('leaves a slow sensor its readings of the time that the others keep', () => {
    const sensors = [FAST, { ...FAST, until: 15 * SECOND }, SLOW];
    const tables = fill(sensors);
    expireAll(tables, undefined, usedBytes(tables) - 16_384);
    const [fast = [], , slow = []] = timesLeft(tables, sensors);
    const newestGone = columnOf(FAST, 0).times[FAST.count - fast.length - 1] ?? Infinity;
    assert(fast.length > FAST.count / 2, `${fast.length} fast ones are left`);
    // In the days before the fast ones began it was alone, and there its readings go first.
    assert.deepEqual(
      slow,
      columnOf(SLOW, 2).times.filter((time) => time > newestGone),
    );
    tables.connection.close();
  });
});

/** Counts what is asked of a connection. */
function createCounter() {
  let count = 0;
  const watch = (connection: Connection): Connection => ({
    ...connection,
    run: (sql, ...values) => ((count += 1), connection.run(sql, ...values)),
    all: (sql, ...values) => ((count += 1), connection.all(sql, ...values)),
    get: (sql, ...values) => ((count += 1), connection.get(sql, ...values)),
  });
  const during = (work: () => void): number => {
    count = 0;
    work();
    return count;
  };
  return { watch, during };
}

function numberAt(time: number, number = 0): NewColumn {
  return { kind: 'device', name: `d${number}`, field: 'x', type: 'number', times: [time], values: [1] };
}

/** A picture of 10,000 bytes at a minute, as it is appended where so many bytes may be stored. */
function pictureAt(number: number, minute: number, bytes: number) {
  const value = { id: sha1(picture(number, 100)), bytes: 10_000, type: 'image/jpeg' };
  const names = { kind: 'sensor', name: 'rpi', field: 'cam1', type: 'image' } as const;
  const columns: readonly NewColumn[] = [{ ...names, times: [NOW + minute * MINUTE], values: [value] }];
  return { columns, bytes };
}

describe('A store without room', () => {
  it('refuses exactly the readings that would be among the oldest block worth of readings', () => {
    fc.assert(
      fc.property(
        fc.array(sensor, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 1, noNaN: true })), {
          minLength: 8,
          maxLength: 8,
        }),
        (drawn, places) => {
          const sensors = [FAST, ...drawn];
          const tables = fill(sensors);
          const bytes = usedBytes(tables);
          let readings = readingsOf(sensors);
          for (const [number, place] of places) {
            // More often near to the oldest.
            const index = Math.floor(place ** 3 * readings.length);
            const time = (readings[index]?.time ?? 0) + 7;
            if (sensors[number]?.type !== 'number') continue;
            let sum = 0;
            const last = readings.find((reading) => (sum += reading.bytes) >= 8192);
            const end = (last?.time ?? Infinity) + 1;
            const isThere = readings.some((reading) => reading.sensor === number && reading.time === time);
            const outcome = tables.commit('append', { columns: [numberAt(time, number)], bytes });
            assert.equal(outcome.isAppended, time >= end || isThere, `${time} of ${number} before ${end}`);
            if (outcome.isAppended && !isThere)
              readings = [...readings, { sensor: number, time, bytes: NUMBER }].toSorted(
                (one, other) => one.time - other.time,
              );
          }
          tables.connection.close();
        },
      ),
      { numRuns: 8 },
    );
  });

  it('asks as little of the disk for an append however much it holds', () => {
    const counts = [1, 8].map((times) => {
      const counter = createCounter();
      const tables = fill([{ ...FAST, count: FAST.count * times }, SLOW], counter.watch);
      const bytes = usedBytes(tables);
      const append = (second: number) =>
        counter.during(() => {
          const columns = [0, 1].map((number) => numberAt(NOW + second * SECOND, number));
          const argument = { columns, bytes };
          for (let each = 0; each < 5; each += 1)
            assert(tables.operations.append.run(argument, NOW).isAppended);
        });
      append(1);
      // What is deleted first was looked up with the first one.
      const found = append(2);
      tables.connection.close();
      return found;
    });
    assert.equal(counts[0], counts[1]);
    // Of five posts of two values: what is used, and whether the value is there.
    assert((counts[0] ?? Infinity) <= 5 * 2, `${counts[0]} questions`);
  });

  it('takes a late picture exactly if those that are newer, each once, leave room for two of its size', () => {
    const BYTES = 10_000;
    const row = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 30 }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 5, maxLength: 120 }),
        row,
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        (drawn, [number, minute], part) => {
          const tables = openTables();
          const shown = new Map(drawn.map(([each, at]) => [at, each]));
          for (const [at, each] of shown)
            assert(tables.commit('append', pictureAt(each, at, ROOMY)).isAppended);
          const files = new Set(shown.values());
          const rows = usedBytes(tables) - files.size * BYTES;
          const room = Math.max(2, Math.ceil(files.size * part)) * BYTES + 100;
          const later = [...shown].filter(([at]) => at > minute + 0.5).map(([, each]) => each);
          const fits = later.length === 0 || (new Set(later).size + 2) * BYTES <= room;
          const outcome = tables.commit('append', pictureAt(number, minute + 0.5, (room + rows) / 0.99));
          assert.equal(outcome.isAppended, fits || usedBytes(tables) + 2 * BYTES <= room + rows);
          tables.connection.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads no more pictures for one that comes late than have to go for it', () => {
    const counts = [50, 800].map((count) => {
      const counter = createCounter();
      const tables = openTables(counter.watch);
      const add = (number: number, minute: number, bytes: number) =>
        tables.commit('append', pictureAt(number, minute, bytes)).isAppended;
      for (let number = 0; number < count; number += 1) assert(add(number, number, ROOMY));
      const bytes = usedBytes(tables) / 0.99;
      assert.equal(add(count, 0.5, bytes), false);
      let isAppended = false;
      const found = counter.during(() => {
        isAppended = add(count, 20.5, bytes);
      });
      assert(isAppended);
      tables.connection.close();
      return found;
    });
    assert.equal(counts[0], counts[1]);
  });
});
