import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { encodePush, pushCodec, type Push } from '../../src/databoom';
import { success } from '../../src/result';

const times = fc.integer({ min: 946_684_800_000, max: 2_000_000_000_000 });
const names = fc.string({ minLength: 1 });
const values = fc.oneof(fc.integer(), fc.string(), fc.boolean());
const targets = fc.oneof(
  fc.record({ device: names }, { noNullPrototype: true }),
  fc.record({ template: names, unique: names }, { noNullPrototype: true }),
);
const current = fc
  .dictionary(names, values, { minKeys: 1 })
  .map((signals) => ({ kind: 'current', signals: new Map(Object.entries(signals)) }) as const);
const history = fc
  .dictionary(
    names,
    fc.array(fc.record({ timestamp: times, value: values }, { noNullPrototype: true }), { minLength: 1 }),
    {
      minKeys: 1,
    },
  )
  .map((signals) => {
    const entries = Object.entries(signals).map(([signal, timed]) => [signal, { values: timed }] as const);
    return { kind: 'history', signals: new Map(entries) } as const;
  });
const pushes: fc.Arbitrary<Push> = fc.record(
  {
    target: targets,
    timestamp: times,
    content: fc.oneof(current, history),
  },
  { noNullPrototype: true },
);

describe('databoom: keeping pushes', () => {
  it('restores any push as it was', () => {
    fc.assert(
      fc.property(pushes, (push) =>
        assert.deepEqual(pushCodec.restore(pushCodec.store(push)), success(push)),
      ),
    );
  });

  it('refuses what is no kept push', () => {
    const bodies = [
      '{}',
      '[]',
      '[{},"current",[]]',
      '[{"device":"d"},"future",[]]',
      '[{"device":"d"},"current",[["a",null]]]',
    ];
    for (const body of bodies)
      assert.equal(pushCodec.restore({ group: '', timestamp: 1, body, images: [] }).ok, false, body);
  });

  it('merges pushes of one device, each value with its own time and in order', () => {
    const target = { device: 'd1' };
    fc.assert(
      fc.property(fc.array(pushes, { minLength: 1, maxLength: 5 }), (many) => {
        const [first, ...rest] = many.map((push) => ({ ...push, target }));
        assert(first);
        const merged = merge([first, ...rest]);
        assert.equal(pushCodec.store(merged).group, pushCodec.store(first).group);
        assert.deepEqual(valuesOf([merged]), valuesOf([first, ...rest]));
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
