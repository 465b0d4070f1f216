import assert from 'node:assert/strict';
import english from '../../locales/en-US/station-views.json';
import { aheadOf, graphsOf, newestOf, tellDrawn, tellReading } from '../../src/page/fields';
import { Formats } from '../../src/page/formats';
import type { FieldAnswer } from '../../src/station/views/api';

const number = (name: string, unit?: string): FieldAnswer => ({
  name,
  type: 'number',
  ...(unit === undefined ? {} : { unit }),
});
const mixed = (type: FieldAnswer['type'], kinds: NonNullable<FieldAnswer['kinds']>): FieldAnswer => ({
  ...number('out'),
  type,
  kinds,
});
const at = (timestamp: number) => ({ timestamp, value: timestamp });
const unconfirmedAt = (timestamp: number) => ({ first: timestamp, latest: at(timestamp) });
const shapeOf = (fields: readonly FieldAnswer[]) =>
  graphsOf(fields).map((graph) => graph.fields.map(({ field }) => field.name));

describe('The graphs of fields', () => {
  it('show one unit each, or one field without a unit, or one switch, or one text', () => {
    const fields: FieldAnswer[] = [
      number('in', '°C'),
      number('humidity', '%'),
      number('out', '°C'),
      number('a'),
      number('b'),
      { name: 'door', type: 'boolean' },
      { name: 'state', type: 'text' },
      { name: 'cam', type: 'image' },
    ];
    assert.deepEqual(shapeOf(fields), [['in', 'out'], ['humidity'], ['a'], ['b'], ['door'], ['state']]);
  });

  it('show a field as numbers where it has any, whatever its newest value is, with the unit of the others', () => {
    const late: FieldAnswer = { ...number('out', '°C'), type: 'text', kinds: ['number', 'text'] };
    const [graph] = graphsOf([number('in', '°C'), late]);
    assert.deepEqual([graph?.kind, graph?.fields.length], ['number', 2]);
    const kinds = (...all: NonNullable<FieldAnswer['kinds']>) => graphsOf([{ ...late, kinds: all }])[0]?.kind;
    assert.deepEqual(
      [kinds('text', 'boolean'), kinds('text', 'image'), kinds('image')],
      ['boolean', 'text', undefined],
    );
  });

  it('contain no more lines than can be told apart, each with a colour of its own', () => {
    const graphs = graphsOf(Array.from({ length: 20 }, (_, index) => number(`t${index}`, '°C')));
    assert.deepEqual(
      graphs.map((graph) => graph.fields.length),
      [8, 8, 4],
    );
    const colours = graphs.flatMap((graph) => graph.fields.map(({ colour }) => colour));
    assert.equal(new Set(colours).size, 20);
  });
});

describe('The newest value of a field', () => {
  for (const [name, values, newest] of [
    ['the only one that is stored', { latest: at(1) }, at(1)],
    ['the only one whose time is not confirmed', { unconfirmed: unconfirmedAt(1) }, at(1)],
    ['the later one of both', { latest: at(1), unconfirmed: unconfirmedAt(2) }, at(2)],
    ['the stored one where that is later', { latest: at(2), unconfirmed: unconfirmedAt(1) }, at(2)],
  ] as const)
    it(`has ${name}`, () => {
      assert.deepEqual(newestOf({ ...number('in'), ...values }), newest);
    });
});

describe('The values of a graph', () => {
  const context = { formats: new Formats('en-US'), texts: english };
  const single = { time: 1, value: 1, low: 1, high: 1 };
  const downsampled = { time: 1, value: 1, low: 0, high: 1 };

  it('read as numbers where the field has any, also while its newest value is On', () => {
    const field = mixed('boolean', ['number', 'boolean']);
    assert.equal(tellDrawn(field, 21.5, context), '21.5');
    assert.equal(tellReading(field, single, context), '1');
    assert.equal(tellReading(field, downsampled, context), '0 – 1');
  });

  it('read as On and Off where the field is a switch, also while its newest value is a text', () => {
    const field = mixed('text', ['boolean', 'text']);
    assert.deepEqual([tellDrawn(field, 0, context), tellDrawn(field, 1, context)], ['Off', 'On']);
    assert.equal(tellReading(field, downsampled, context), 'On');
  });
});

describe('The values of a source that are ahead', () => {
  it('add up over all fields, up to the latest of them', () => {
    const fields: FieldAnswer[] = [
      { ...number('in'), ahead: { count: 2, until: 20 } },
      number('out'),
      { ...number('humidity'), ahead: { count: 1, until: 10 } },
    ];
    assert.deepEqual(aheadOf(fields, 'ahead'), { count: 3, until: 20 });
    assert.equal(aheadOf([number('in')], 'ahead'), undefined);
  });
});
