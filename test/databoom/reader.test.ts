import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createDataboomReader, type ChartRange, type DataboomReads, type ReadBack } from '../../src/databoom';
import { success } from '../../src/result';
import { failureOf, messageOf, valueOf } from '../support/results';
import { fieldsOf, MOST_VALUES, simulateReads, type SimulatedSignal } from './simulated-reads';

const HOUR = 3_600_000;
const START = Date.parse('2026-05-01T00:00:00Z');
const NEVER = new AbortController().signal;
const ALL = { device: '', signals: [] };
const RANGE: ChartRange = { from: START, to: START + HOUR, granularity: '*', periodValue: 'mean' };

/** Each value by itself, in a comparable order. */
function flat({ readings }: ReadBack): readonly string[] {
  return readings
    .flatMap(({ device, timestamp, values }) =>
      [...values].map(([name, value]) => JSON.stringify([device, name, timestamp, value])),
    )
    .toSorted();
}

const flatOf = (signals: readonly SimulatedSignal[], range = RANGE) =>
  signals
    .flatMap(({ device, name, values }) =>
      values
        .filter(([time]) => time >= range.from && time <= range.to)
        .map(([time, value]) => JSON.stringify([device, name, time, value])),
    )
    .toSorted();

const drawnValue = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.boolean(),
  fc.string({ maxLength: 5 }),
);
const drawnValues = fc
  .array(fc.tuple(fc.integer({ min: START - 1000, max: START + 10_000 }), drawnValue), { maxLength: 12 })
  .map((values) => values.toSorted(([one], [other]) => one - other));
const drawnSignals = fc.uniqueArray(
  fc.record({
    device: fc.constantFrom('d1', 'd2', '__proto__'),
    name: fc.constantFrom('temp', 'door', 'constructor', '__proto__'),
    values: drawnValues,
  }),
  { maxLength: 8, selector: ({ device, name }) => `${device} ${name}` },
);

/** Its ends are seldom whole seconds, which requests have; some are those of values. */
const drawnRange = fc
  .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 3000, max: 9000 }))
  .map(([from, to]): ChartRange => ({ ...RANGE, from: START + from, to: START + to }));

describe('databoom: reading signals back', () => {
  it('gives each value of the range with its own time, once, and no other', () =>
    fc.assert(
      fc.asyncProperty(
        drawnSignals,
        drawnRange,
        fc.integer({ min: 1, max: 9 }),
        async (signals, range, perPage) => {
          const reader = createDataboomReader(simulateReads(signals, perPage), () => 0);
          const history = valueOf(await reader.readHistory(ALL, range, NEVER));
          assert.deepEqual(flat(history), flatOf(signals, range));
          const times = history.readings.map(({ timestamp }) => timestamp);
          assert.deepEqual(
            times,
            times.toSorted((one, other) => one - other),
          );
          assert.deepEqual(history.overBound, []);
        },
      ),
      { numRuns: 60 },
    ));

  it('gives the last value of each signal, with the time of that', () =>
    fc.assert(
      fc.asyncProperty(drawnSignals, async (signals) => {
        const reader = createDataboomReader(simulateReads(signals), () => 0);
        const latest = signals.map((each) => ({ ...each, values: each.values.slice(-1) }));
        const everything = { ...RANGE, from: 0, to: Infinity };
        assert.deepEqual(flat(valueOf(await reader.readLatest(ALL, NEVER))), flatOf(latest, everything));
      }),
      { numRuns: 60 },
    ));

  const TWO_DEVICES: readonly SimulatedSignal[] = ['d1', 'd2'].flatMap((device) =>
    ['temp', 'humidity', 'door'].map((name) => ({
      device,
      name,
      values: [[START, `${device} ${name}`]] as const,
    })),
  );

  it('puts what a device has of one time into one reading', async () => {
    const reader = createDataboomReader(simulateReads(TWO_DEVICES), () => 0);
    const { readings } = valueOf(await reader.readLatest(ALL, NEVER));
    assert.deepEqual(
      readings.map(({ device, values }) => [device, values.size]),
      [
        ['d1', 3],
        ['d2', 3],
      ],
    );
  });

  it('reads only the device and the signals that were chosen, and names what is not there', async () => {
    const reader = createDataboomReader(simulateReads(TWO_DEVICES), () => 0);
    const choice = { device: 'd2', signals: ['door', 'temp'] };
    for (const { readings } of [
      valueOf(await reader.readLatest(choice, NEVER)),
      valueOf(await reader.readHistory(choice, RANGE, NEVER)),
    ])
      assert.deepEqual(
        readings.map(({ device, values }) => [device, [...values.keys()].toSorted()]),
        [['d2', ['door', 'temp']]],
      );
    for (const [wrong, expected] of [
      [{ device: 'd3', signals: [] }, /no signal of the device "d3": are its tokens right/],
      [{ device: 'd1', signals: ['temp', 'rain'] }, /no signal "rain" of the device "d1"/],
      [{ device: '', signals: ['rain'] }, /no signal "rain": are its tokens right/],
    ] as const)
      for (const result of [
        await reader.readLatest(wrong, NEVER),
        await reader.readHistory(wrong, RANGE, NEVER),
      ]) {
        assert.equal(failureOf(result).kind, 'missing');
        assert.match(messageOf(result), expected);
      }
  });

  it('asks for the ids of named signals once in ten minutes, and anew where they are gone', async () => {
    let now = 0;
    const reads = simulateReads(TWO_DEVICES, 100);
    const reader = createDataboomReader(reads, () => now);
    const choice = { device: 'd1', signals: ['temp'] };
    const lists = async () => {
      valueOf(await reader.readHistory(choice, RANGE, NEVER));
      return reads.asked.filter((each) => each === 1).length;
    };
    assert.deepEqual([await lists(), await lists()], [1, 1]);
    now = 600_000;
    assert.equal(await lists(), 1);
    now += 1;
    assert.equal(await lists(), 2);
    reads.replace([{ device: 'd1', name: 'temp', values: [[START, 'made anew']] }]);
    const history = valueOf(await reader.readHistory(choice, RANGE, NEVER));
    assert.deepEqual(flat(history), [JSON.stringify(['d1', 'temp', START, 'made anew'])]);
  });

  it('tells of which signals the range has more than the service gives', async () => {
    const values = Array.from({ length: MOST_VALUES + 1 }, (_, index) => [START + index, index] as const);
    const signals = ['few', 'many'].map((name) => ({
      device: 'd',
      name,
      values: name === 'many' ? values : values.slice(1),
    }));
    const reader = createDataboomReader(simulateReads(signals), () => 0);
    const history = valueOf(await reader.readHistory(ALL, RANGE, NEVER));
    assert.deepEqual(history.overBound, ['d many']);
    assert.equal(flat(history).length, 2 * MOST_VALUES);
  });

  it('refuses a history of more than ten signals before it reads one', async () => {
    const signals = Array.from({ length: 11 }, (_, index) => ({
      device: 'd',
      name: `s${index}`,
      values: [],
    }));
    const reads = simulateReads(signals);
    const result = await createDataboomReader(reads, () => 0).readHistory(ALL, RANGE, NEVER);
    assert.match(messageOf(result), /^That are 11 signals, and a history has 10 at most/);
    assert(reads.asked.every((each) => typeof each === 'number'));
  });
});

/** A service with one signal, whose chart is as given. */
const answering = (entries: unknown, info: unknown = {}): DataboomReads => ({
  list: async () => success({ data: [fieldsOf('id', 'd', 's')] }),
  chart: async () => success({ id: entries, info }),
});

const at = (hour: number) => new Date(START + hour * HOUR).toISOString();

const valuesOf = (history: ReadBack) => history.readings.map(({ values }) => values.get('s'));

/** An entry of the list, called as its last value. */
const last = (value: unknown, time: unknown) => ({
  ...fieldsOf(String(value), 'd', String(value)),
  last_recived_value: value,
  last_conn: time,
});

async function chart(entries: unknown, info: unknown, range: Partial<ChartRange> = {}) {
  const reader = createDataboomReader(answering(entries, info), () => 0);
  return reader.readHistory(ALL, { ...RANGE, to: START + 24 * HOUR, ...range }, NEVER);
}

describe('databoom: an answer to read back', () => {
  const HOURS = [
    { date: at(0), value: 9, mean: 5 },
    { date: at(1), value: null, mean: null },
    { date: at(2), value: 'on', mean: 7 },
    { date: at(3), value: true, mean: 0.5 },
    { date: at(4), value: 3 },
  ];

  it('has the mean of each period where that is wanted, and no number that is something else', async () => {
    for (const info of [{ id: { granularity: 'h' } }, { granularity: 'h', overBound: false }]) {
      const history = valueOf(await chart(HOURS, info, { granularity: 'a' }));
      assert.deepEqual(valuesOf(history), [5, 'on', 0.5]);
      assert.deepEqual(history.granularities, ['h']);
    }
  });

  it('has the value of each period where that is wanted', async () => {
    const history = valueOf(await chart(HOURS, { granularity: 'h' }, { periodValue: 'value' }));
    assert.deepEqual(valuesOf(history), [9, 'on', true, 3]);
  });

  it('has values and not means where each stands for itself, whatever was asked for', async () => {
    const history = valueOf(await chart(HOURS, { granularity: '*' }, { granularity: 'a' }));
    assert.deepEqual(valuesOf(history), [9, 'on', true, 3]);
  });

  it('takes the granularity that was asked for where the service says none', async () => {
    const history = valueOf(await chart(HOURS, 'none', { granularity: 'h' }));
    assert.deepEqual([valuesOf(history), history.granularities], [[5, 'on', 0.5], ['h']]);
  });

  it('tells of more values also where the service says so of all signals together', async () => {
    assert.deepEqual(valueOf(await chart(HOURS, { overBound: true })).overBound, ['d s']);
  });

  it('leaves out and counts what has no certain time, and what is no value', async () => {
    const dates = [
      '',
      null,
      7,
      'yesterday',
      '2026-05-01T01:00:00',
      '05/02/2026 01:00:00Z',
      '1970-01-01T00:00:00Z',
    ];
    const undated = dates.map((date) => ({ date, value: 1 }));
    const noValues = [null, undefined, {}, [1], JSON.parse('1e999')].map((value) => ({ date: at(1), value }));
    const history = valueOf(await chart([...undated, ...noValues, 'x', { date: at(2), value: 0 }], {}));
    assert.deepEqual([valuesOf(history), history.undated], [[0], dates.length]);
    const times = [
      '2026-05-01T02:00:00.500+02:00',
      '2026-05-01 02:00:00 +0200',
      'Fri, 01 May 2026 00:00:00 GMT',
    ];
    const read = valueOf(
      await chart(
        times.map((date) => ({ date, value: date })),
        {},
      ),
    );
    assert.deepEqual(
      read.readings.map(({ timestamp }) => timestamp - START),
      [0, 0, 500],
    );
  });

  it('keeps an hour that begins before the range, and no value that is', async () => {
    const entries = [{ date: at(0), value: 1, mean: 2 }];
    const range = { from: START + 1, to: START + HOUR };
    assert.deepEqual(valuesOf(valueOf(await chart(entries, {}, { ...range, granularity: 'h' }))), [2]);
    assert.deepEqual(valuesOf(valueOf(await chart(entries, {}, { ...range, granularity: '*' }))), []);
  });

  for (const entries of [undefined, null, {}, 'x'])
    it(`counts as none with ${JSON.stringify(entries)} in place of the values`, async () => {
      assert.match(messageOf(await chart(entries, {})), /is not a chart of the signal/);
    });

  for (const page of [undefined, [], { data: {} }, 'x'])
    it(`counts as none with ${JSON.stringify(page)} in place of the list`, async () => {
      const reads = { ...answering([]), list: async () => success(page) };
      const result = await createDataboomReader(reads, () => 0).readLatest(ALL, NEVER);
      assert.match(messageOf(result), /is not a list of signals/);
    });

  it('leaves out entries of the list that are no signals, and counts last values without a certain time', async () => {
    const data = [7, null, {}, fieldsOf('', 'd', 's'), last(1, at(0)), last(2, null), last(null, at(0))];
    const reads = { ...answering([]), list: async () => success({ data, pages: { next: null } }) };
    const latest = valueOf(await createDataboomReader(reads, () => 0).readLatest(ALL, NEVER));
    assert.deepEqual([flat(latest), latest.undated], [[JSON.stringify(['d', '1', START, 1])], 1]);
  });

  it('ends a list that never ends', async () => {
    let pages = 0;
    const list = async () => {
      pages += 1;
      return success({ data: [fieldsOf('id', 'd', 's')], pages: { next: 2 } });
    };
    const result = await createDataboomReader({ ...answering([]), list }, () => 0).readLatest(ALL, NEVER);
    assert.match(messageOf(result), /lists more than 10000 signals or 100 pages/);
    assert.equal(pages, 100);
  });
});
