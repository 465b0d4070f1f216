import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { encodePush, pushCodec, type Push } from '../../src/databoom';
import { success } from '../../src/result';
import { decodeBody } from './support';

const times = fc.integer({ min: 946_684_800_000, max: 2_000_000_000_000 });
// Few of them are frequent, so that pushes have signals in common.
const names = fc.oneof(fc.constantFrom('temp', '__proto__', '0'), fc.string({ minLength: 1 }));
const values = fc.oneof(fc.integer(), fc.string(), fc.boolean());
const targets = fc.oneof(
  fc.record({ device: names }, { noNullPrototype: true }),
  fc.record({ template: names, unique: names }, { noNullPrototype: true }),
);
const current = fc
  .dictionary(names, values, { minKeys: 1 })
  .map((signals) => ({ kind: 'current', signals: new Map(Object.entries(signals)) }) as const);
const timedValues = fc.array(fc.record({ timestamp: times, value: values }, { noNullPrototype: true }), {
  minLength: 1,
});
const histories = fc.record(
  { description: fc.string(), values: timedValues },
  { requiredKeys: ['values'], noNullPrototype: true },
);
const history = fc
  .dictionary(names, histories, { minKeys: 1 })
  .map((signals) => ({ kind: 'history', signals: new Map(Object.entries(signals)) }) as const);
const pushes: fc.Arbitrary<Push> = fc.record(
  {
    target: targets,
    timestamp: times,
    content: fc.oneof(current, history),
  },
  { noNullPrototype: true },
);

/** Pushes of one device, oldest first. */
const backlogs = fc
  .tuple(targets, fc.array(pushes, { minLength: 1, maxLength: 5 }))
  .map(([target, many]) => many.map((push) => ({ ...push, target })));

describe('databoom: keeping pushes', () => {
  it('restores any push as it was', () => {
    fc.assert(
      fc.property(pushes, (push) =>
        assert.deepEqual(pushCodec.restore(pushCodec.store(push)), success(push)),
      ),
    );
  });

  it('keeps each push with its lane, one for each target', () => {
    fc.assert(
      fc.property(pushes, (push) => assert.equal(pushCodec.laneOf?.(push), pushCodec.store(push).group)),
    );
    const content = { kind: 'current', signals: new Map([['temp', 1]]) } as const;
    const lanes = [
      { device: 'a' },
      { device: 'b' },
      { template: 'a', unique: '1' },
      { template: 'a', unique: '2' },
    ];
    const groups = lanes.map((target) => pushCodec.laneOf?.({ target, timestamp: 0, content }));
    assert.equal(new Set(groups).size, lanes.length);
  });

  it('names a lane by its device, or by its template and unique value, and leaves any other group as it is', () => {
    const lanes = [
      ['{"device":"garden"}', 'garden'],
      ['{"template":"sensors","unique":"7"}', 'sensors › 7'],
      ['{"template":"sensors"}', '{"template":"sensors"}'],
      ['not JSON', 'not JSON'],
    ] as const;
    for (const [group, name] of lanes) assert.equal(pushCodec.nameOfLane?.(group), name);
  });

  it('refuses what is no kept push', () => {
    const bodies = [
      '{}',
      '[]',
      '[{},"current",[]]',
      '[{"device":"d"},"future",[]]',
      '[{"template":"t"},"current",[["a",1]]]',
      '[{"unique":"u"},"current",[["a",1]]]',
      '[{"device":"d"},"current",[["a",null]]]',
      '[{"device":"d"},"current",{}]',
      '[{"device":"d"},"current",[["a",1],7]]',
      '[{"device":"d"},"current",[["a",1],[2,1]]]',
      '[{"device":"d"},"history",[["a",7]]]',
      '[{"device":"d"},"history",[["a",{"values":7}]]]',
      '[{"device":"d"},"history",[["a",{"values":[{"timestamp":"1","value":1}]}]]]',
      '[{"device":"d"},"history",[["a",{"values":[{"timestamp":1,"value":1},{"timestamp":1}]}]]]',
    ];
    for (const body of bodies)
      assert.equal(pushCodec.restore({ group: '', timestamp: 1, body, images: [] }).ok, false, body);
  });

  it('restores a push to a device of a template, which needs both the template and its unique value', () => {
    const body = '[{"template":"t","unique":"u"},"current",[["a",1]]]';
    const restored = pushCodec.restore({ group: '', timestamp: 1, body, images: [] });
    assert(restored.ok);
    assert.deepEqual(restored.value.target, { template: 't', unique: 'u' });
  });

  it('merges pushes of one device, each value with its own time and in order', () => {
    fc.assert(
      fc.property(backlogs, (backlog) => {
        const merged = merge(backlog);
        assert.deepEqual(merged.target, backlog[0]?.target);
        assert.equal(merged.timestamp, Math.max(...backlog.map(({ timestamp }) => timestamp)));
        assert.deepEqual(valuesOf([merged]), valuesOf(backlog));
      }),
    );
  });

  it('says in the merged request what the requests of the parts would have said', () => {
    fc.assert(
      fc.property(backlogs, (backlog) => {
        assert.deepEqual(sentIn([merge(backlog)]), sentIn(backlog));
      }),
    );
  });

  it('keeps the latest description of each signal', () => {
    fc.assert(
      fc.property(backlogs, (backlog) => {
        const latest = new Map(backlog.flatMap((push) => [...descriptionsOf(push)]));
        assert.deepEqual(descriptionsOf(merge(backlog)), latest);
      }),
    );
  });

  it('merges into one request in the documented form', () => {
    const merged = merge([temperatureAt(1_580_871_573_000, 22), temperatureAt(1_580_871_633_000, 22.1)]);
    assert.deepEqual(encodePush(merged).body, {
      device: 'd1',
      date: '2020-02-05T03:00:33.000+0000',
      signals: {
        temp: {
          history: [
            { date: '2020-02-05T02:59:33.000+0000', value: 22 },
            { date: '2020-02-05T03:00:33.000+0000', value: 22.1 },
          ],
        },
      },
    });
  });
});

function merge(many: readonly Push[]): Push {
  assert(pushCodec.merge);
  return pushCodec.merge(many);
}

function temperatureAt(timestamp: number, value: number): Push {
  const signals = new Map([['temp', value]]);
  return { target: { device: 'd1' }, timestamp, content: { kind: 'current', signals } };
}

/** Every value with its signal and time; of one signal, in order. */
function valuesOf(many: readonly Push[]): string[] {
  return many
    .flatMap(({ timestamp, content }) =>
      content.kind === 'current'
        ? [...content.signals].map(([signal, value]) => ({ signal, timestamp, value }))
        : [...content.signals].flatMap(([signal, { values: timed }]) =>
            timed.map((one) => ({ signal, ...one })),
          ),
    )
    .map((one, index) => ({ ...one, index }))
    .toSorted((a, b) => (a.signal < b.signal ? -1 : a.signal > b.signal ? 1 : a.index - b.index))
    .map(({ signal, timestamp, value }) => JSON.stringify([signal, timestamp, value]));
}

/** What a receiver makes of the requests of all pushes together. */
function sentIn(many: readonly Push[]): string[] {
  return many.flatMap((push) => decodeBody(JSON.parse(JSON.stringify(encodePush(push).body)))).toSorted();
}

function descriptionsOf({ content }: Push): Map<string, string> {
  if (content.kind === 'current') return new Map();
  const described = [...content.signals].map(([signal, { description }]) => [signal, description] as const);
  return new Map(described.flatMap(([signal, text]) => (text === undefined ? [] : [[signal, text]])));
}
