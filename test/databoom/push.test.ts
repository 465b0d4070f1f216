import assert from 'node:assert/strict';
import { presentAt } from '../../src/clock';
import * as fc from 'fast-check';
import { encodePush, parsePush, type DataboomTarget } from '../../src/databoom';
import { failureOf, messageOf, valueOf } from '../support/results';
import { evaluateElsewhere, STRANGE_VALUES } from '../support/values';
import { decodeBody } from './support';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const DEVICE = { device: 'IF7879-34D35A1' };
const TEMPLATE = { template: 'TPL', unique: 'unit-1' };

function parse(payload: unknown, timestamp?: unknown, signal = '', target: DataboomTarget = DEVICE) {
  return parsePush({ payload, timestamp, signal, target }, presentAt(NOW));
}

function bodyOf(payload: unknown, target: DataboomTarget = DEVICE): unknown {
  // Through JSON, because that is what goes out.
  return JSON.parse(JSON.stringify(encodePush(valueOf(parse(payload, NOW, '', target))).body));
}

describe('databoom: a push', () => {
  it('has current values: numbers, texts and booleans', () => {
    const payload = { temp: 22, text: 'warm', empty: '', on: false, tiny: -5e-324 };
    const push = valueOf(parse(payload));
    assert.equal(push.timestamp, NOW);
    assert.deepEqual(push.content, {
      kind: 'current',
      signals: new Map<string, unknown>(Object.entries(payload)),
    });
  });

  it('may be one value whose signal the node or the topic names', () => {
    for (const value of [22, 'warm', true]) {
      const { content } = valueOf(parse(value, undefined, 'temp'));
      assert.deepEqual(content, { kind: 'current', signals: new Map([['temp', value]]) });
    }
  });

  it('may be a history of readings, whatever signals each of them has', () => {
    const readings = [
      { timestamp: NOW - 2000, data: { temp: 22, on: true } },
      { timestamp: new Date(NOW - 1000), data: { temp: 22.1 } },
      { timestamp: '2026-05-01T12:00:00Z', data: { state: 'dry' } },
    ];
    const signals = new Map([
      [
        'temp',
        {
          values: [
            { timestamp: NOW - 2000, value: 22 },
            { timestamp: NOW - 1000, value: 22.1 },
          ],
        },
      ],
      ['on', { values: [{ timestamp: NOW - 2000, value: true }] }],
      ['state', { values: [{ timestamp: NOW, value: 'dry' }] }],
    ]);
    assert.deepEqual(valueOf(parse(readings)).content, { kind: 'history', signals });
  });

  it('may be a history of signals, with or without a description', () => {
    const payload = {
      temp: {
        description: 'kitchen',
        history: [
          { date: NOW - 1, value: 22 },
          { date: '2026-05-01', value: 'x' },
        ],
      },
      on: { history: [{ date: new Date(NOW), value: false }] },
    };
    const signals = new Map<string, unknown>([
      [
        'temp',
        {
          description: 'kitchen',
          values: [
            { timestamp: NOW - 1, value: 22 },
            { timestamp: Date.UTC(2026, 4, 1), value: 'x' },
          ],
        },
      ],
      ['on', { values: [{ timestamp: NOW, value: false }] }],
    ]);
    assert.deepEqual(valueOf(parse(payload)).content, { kind: 'history', signals });
  });

  it('may come from a function node, which has a realm of its own', () => {
    const readings = evaluateElsewhere(`[{ timestamp: new Date(${NOW}), data: { temp: 22 } }]`);
    assert.equal(valueOf(parse(readings)).content.kind, 'history');
    const histories = evaluateElsewhere(`({ temp: { history: [{ date: new Date(${NOW}), value: 22 }] } })`);
    assert.equal(valueOf(parse(histories)).content.kind, 'history');
    assert.equal(valueOf(parse(evaluateElsewhere('({ temp: 22 })'))).content.kind, 'current');
  });

  it('goes to a device, or to one that a template makes, named without blanks around', () => {
    assert.deepEqual(valueOf(parse({ a: 1 }, NOW, '', { device: ' IF7879 \n' })).target, {
      device: 'IF7879',
    });
    const target = { template: ' TPL ', unique: ' küche/1 % ' };
    assert.deepEqual(valueOf(parse({ a: 1 }, NOW, '', target)).target, {
      template: 'TPL',
      unique: 'küche/1 %',
    });
  });
});

describe('databoom: what is refused as a push', () => {
  const date = NOW;
  const longName = 'x'.repeat(100_000_000);
  const payloads: readonly (readonly [string, unknown, RegExp])[] = [
    ['undefined', undefined, /^msg\.payload is undefined: an object of signals or one value is needed$/],
    ['an empty object', {}, /^msg\.payload is an empty object: it has no signal to publish$/],
    ['an empty array', [], /^msg\.payload is an empty array: it has no reading to publish$/],
    [
      'a number without a name',
      22,
      /^msg\.payload is one value \(22\) without a name: set the signal in the node/,
    ],
    [
      'NaN',
      { ok: 1, temp: Number.NaN },
      /^Signal "temp" is NaN, but Databoom takes numbers, texts, true and false\. To publish the rest all the same, set "What cannot be sent" in the node to "is left out"$/,
    ],
    ['infinity', { temp: Infinity }, /^Signal "temp" is Infinity, but/],
    ['a Buffer', { cam1: Buffer.alloc(3) }, /^Signal "cam1" is a Buffer of 3 bytes, but/],
    ['an array', { temp: [1] }, /^Signal "temp" is an array, but/],
    ['an empty name', { '': 1 }, /^A signal has an empty name$/],
    ['an empty name of a history', { '': { history: [{ date, value: 1 }] } }, /^A signal has an empty name$/],
    ['a name of 100 MB', { [longName]: 1 }, /^The name of signal "x{40}…" is longer than 200/],
    ['a name of 100 MB of a history', { [longName]: {} }, /^The name of signal "x{40}…" is longer/],
    ['a name of 100 MB beside a history', { [longName]: 1, temp: {} }, /^The name of signal "x{40}…"/],
    [
      'current values beside a history',
      { a: 1, b: { history: [{ date, value: 1 }] } },
      /^Signal "a" is a current value and "b" is not: send/,
    ],
    [
      'an object',
      { temp: { value: 1 } },
      /^Signal "temp" is an object, but .*: tick "Take nested values" in the node$/,
    ],
    [
      'a history that is no array',
      { temp: { history: {} } },
      /^Signal "temp" is an object without a "history" array$/,
    ],
    ['an inherited history', { temp: Object.create({ history: [] }) }, /^Signal "temp" is/],
    ['an empty history', { temp: { history: [] } }, /^Signal "temp" has an empty history$/],
    [
      'a description that is no text',
      { temp: { description: 1, history: [{ date, value: 1 }] } },
      /its description is 1, not a text$/,
    ],
    [
      'a history of numbers',
      { temp: { history: [1] } },
      /^Signal "temp", history item 0 is 1, not \{date, value\}$/,
    ],
    [
      'a history with holes',
      { temp: { history: Array.from({ length: 2 }) } },
      /history item 0 is undefined, not/,
    ],
    [
      'a history without dates',
      { temp: { history: [{ date, value: 1 }, { value: 2 }] } },
      /^Signal "temp", history item 1 has no date: a value of the past needs its time$/,
    ],
    [
      'a history with an empty date',
      { temp: { history: [{ date: '', value: 1 }] } },
      /history item 0 has no date/,
    ],
    [
      'a history with a timestamp',
      { temp: { history: [{ timestamp: date, value: 1 }] } },
      /history item 0 has no date/,
    ],
    [
      'a history with a wrong date',
      { temp: { history: [{ date: 'x', value: 1 }] } },
      /^Signal "temp", history item 0: its date "x" is not a time/,
    ],
    [
      'a history of the future',
      { temp: { history: [{ date: NOW * 2, value: 1 }] } },
      /its date \d+ is more than a day ahead/,
    ],
    [
      'a history in seconds',
      { temp: { history: [{ date: 1777636800, value: 1 }] } },
      /its date 1777636800 is before .* looks like seconds/,
    ],
    [
      'a history without values',
      { temp: { history: [{ date }] } },
      /^History item 0: Signal "temp" is undefined, but/,
    ],
    [
      'a reading that is none',
      [{ timestamp: date, data: { a: 1 } }, 7],
      /^Reading 1 is 7, not \{timestamp, data\}$/,
    ],
    ['a list in a list', [[1]], /^Reading 0 is an array, not \{timestamp, data\}$/],
    [
      'a reading without a time',
      [{ data: { a: 1 } }],
      /^Reading 0 has no timestamp: a value of the past needs its time$/,
    ],
    ['a reading with a date', [{ date, data: { a: 1 } }], /^Reading 0 has no timestamp/],
    [
      'a reading with a wrong time',
      [{ timestamp: true, data: { a: 1 } }],
      /^Reading 0: its timestamp true is not a time/,
    ],
    [
      'a reading without data',
      [{ timestamp: date }],
      /^Reading 0 is not \{timestamp, data\}: put its values into "data"$/,
    ],
    [
      'a reading with data that is one value',
      [{ timestamp: date, data: 1 }],
      /^Reading 0: its data is 1, not an object/,
    ],
    ['a reading with empty data', [{ timestamp: date, data: {} }], /^Reading 0 has no signal in its data$/],
    [
      'a reading with an empty name',
      [{ timestamp: date, data: { '': 1 } }],
      /^Reading 0: A signal has an empty name$/,
    ],
    [
      'a reading with NaN',
      [{ timestamp: date, data: { a: Number.NaN } }],
      /^Reading 0: Signal "a" is NaN, but/,
    ],
    [
      'a reading with a history',
      [{ timestamp: date, data: { a: { history: [] } } }],
      /^Reading 0: Signal "a" is an object, but/,
    ],
  ];
  for (const [name, payload, message] of payloads) {
    it(`includes ${name}`, () => {
      assert.equal(failureOf(parse(payload)).kind, 'invalid');
      assert.match(messageOf(parse(payload)), message);
    });
  }

  for (const [name, value] of STRANGE_VALUES) {
    it(`includes ${name}, wherever a value belongs`, () => {
      if (value === null || value === undefined) {
        assert.match(messageOf(parse({ temp: value })), /^msg\.payload has no value: "temp" is/);
        assert.match(
          messageOf(parse({ temp: { history: [{ date, value }] } })),
          /^msg\.payload has no value/,
        );
        assert.match(
          messageOf(parse([{ timestamp: date, data: { temp: value } }])),
          /^msg\.payload has no value/,
        );
        return;
      }
      const strange = /is .*, but Databoom takes numbers, texts, true and false/;
      assert.match(messageOf(parse({ ok: 1, temp: value })), strange);
      assert.match(messageOf(parse({ temp: { history: [{ date, value }] } })), strange);
      assert.match(messageOf(parse([{ timestamp: date, data: { temp: value } }])), strange);
    });

    it(`includes ${name}, wherever a structure belongs`, () => {
      messageOf(parse(value));
      assert.match(messageOf(parse([value])), /^Reading 0 is /);
      assert.match(
        messageOf(parse([{ timestamp: date, data: value }])),
        value === undefined ? /^Reading 0 is not / : /^Reading 0: its data is /,
      );
      assert.match(messageOf(parse({ temp: { history: [value] } })), /^Signal "temp", history item 0 is /);
    });
  }

  const targets: readonly (readonly [DataboomTarget, RegExp])[] = [
    [{ device: '' }, /^The device token is empty: set it in the node, or in what the node takes it from$/],
    [{ device: ' \n' }, /^The device token is empty/],
    [{ device: 'x'.repeat(100_000_000) }, /^The device token "x{40}…" is too long/],
    [{ device: 'a\0b' }, /^The device token "a\\u0000b" is too long, or has characters/],
    [{ template: '', unique: 'u' }, /^The HTTP template is empty/],
    [{ template: 'x'.repeat(201), unique: 'u' }, /^The HTTP template "x{40}…" is too long/],
    [{ template: 't', unique: '' }, /^The unique value of the device is empty/],
    [{ template: 't', unique: '..' }, /^"\.\." cannot be a unique value of the device$/],
    [
      { template: 't', unique: 'x'.repeat(100_000_000) },
      /^The unique value of the device "x{40}…" is too long/,
    ],
  ];
  for (const [target, message] of targets) {
    it(`includes the target ${JSON.stringify(target).slice(0, 40)}`, () => {
      assert.match(messageOf(parse({ temp: 1 }, NOW, '', target)), message);
    });
  }

  it('includes a timestamp that is none', () => {
    assert.match(messageOf(parse({ temp: 1 }, 'yesterday')), /^msg\.timestamp "yesterday" is not a time/);
    assert.match(
      messageOf(parse([{ timestamp: date, data: { a: 1 } }], NOW * 2)),
      /^msg\.timestamp .* a day ahead/,
    );
  });
});

function repeat<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const text = () => 'x'.repeat(100_000_000);
const history = (count: number) => repeat(count, () => ({ date: NOW, value: 1 }));
const wide = () => Object.fromEntries(repeat(500_000, (index) => [index, index]));
const reading = (data: unknown) => ({ timestamp: NOW, data });

describe('databoom: the bound of a push', () => {
  // Made when they are needed, because together they are too much.
  const large: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'text',
      () => ({ temp: text() }),
      /^Signal "temp": 100\.0 million characters of text, but at most 4 million fit one message$/,
    ],
    [
      'text in a history',
      () => ({ temp: { history: [{ date: NOW, value: text() }] } }),
      /^Signal "temp": 100\.0 million characters/,
    ],
    ['text in a reading', () => [reading({ temp: text() })], /^Signal "temp": 100\.0 million characters/],
    [
      'description',
      () => ({ temp: { description: text(), history: history(1) } }),
      /^Signal "temp": 100\.0 million/,
    ],
    ['date', () => ({ temp: { history: [{ date: text(), value: 1 }] } }), /its date "x{40}…" is not a time/],
    [
      'history',
      () => ({ temp: { history: history(1_000_000) } }),
      /has 1000000 values or more: at most 100000 fit one message, so split it$/,
    ],
    [
      'readings',
      () => repeat(1_000_000, () => reading({ temp: 1 })),
      /has 100001 values or more: at most 100000/,
    ],
    ['wide reading', () => [reading(wide())], /has 500000 values or more: at most 100000/],
    ['wide object', wide, /500000 signals: at most 1000/],
    [
      'long names',
      () => repeat(50_000, () => reading({ ['x'.repeat(200)]: 1 })),
      /^Signal "x+": 10\.0 million characters/,
    ],
    ['holes', () => Array.from({ length: 12_500_000 }), /^Reading 0 is undefined, not \{timestamp, data\}$/],
    [
      'Buffer',
      () => ({ cam1: Buffer.alloc(100_000_000) }),
      /^Signal "cam1" is a Buffer of 100000000 bytes, but/,
    ],
  ];
  for (const [name, make, message] of large) {
    it(`refuses 100 MB of ${name}`, () => assert.match(messageOf(parse(make())), message));
  }

  it('lets a hundred thousand values pass', () => {
    const { content } = valueOf(parse({ temp: { history: history(100_000) } }));
    assert.equal(content.signals.size, 1);
  });
});

/** An entry of the template form. */
function messageEntry(date: string, ...signals: unknown[]) {
  return { template: 'TPL', date, signals };
}

describe('databoom: the documented request', () => {
  it('has current values', () => {
    assert.deepEqual(bodyOf({ temp: 22, on: true }), {
      device: 'IF7879-34D35A1',
      date: '2026-05-01T12:00:00.000+0000',
      signals: [
        { name: 'temp', value: 22 },
        { name: 'on', value: true },
      ],
    });
  });

  it('has history', () => {
    const date = '2026-05-01T11:59:59.999+0000';
    assert.deepEqual(bodyOf({ temp: { description: 'd', history: [{ date: NOW - 0.5, value: 22 }] } }), {
      device: 'IF7879-34D35A1',
      date: '2026-05-01T12:00:00.000+0000',
      signals: { temp: { description: 'd', history: [{ date, value: 22 }] } },
    });
  });

  it('has a template, with the unique value beside the body', () => {
    const push = valueOf(parse({ temp: 22 }, NOW, '', TEMPLATE));
    assert.deepEqual(encodePush(push), {
      unique: 'unit-1',
      body: {
        type: 'data',
        message: [
          { template: 'TPL', date: '2026-05-01T12:00:00.000Z', signals: [{ name: 'temp', value: 22 }] },
        ],
      },
    });
  });

  it('has a template with history: an entry for each time, and more where a signal repeats', () => {
    const payload = {
      temp: {
        history: [
          { date: NOW, value: 3 },
          { date: NOW - 1000, value: 1 },
          { date: NOW, value: 4 },
        ],
      },
      humidity: { history: [{ date: NOW, value: 50 }] },
    };
    assert.deepEqual(bodyOf(payload, TEMPLATE), {
      type: 'data',
      message: [
        messageEntry('2026-05-01T11:59:59.000Z', { name: 'temp', value: 1 }),
        messageEntry('2026-05-01T12:00:00.000Z', { name: 'temp', value: 3 }, { name: 'humidity', value: 50 }),
        messageEntry('2026-05-01T12:00:00.000Z', { name: 'temp', value: 4 }),
      ],
    });
  });

  it('has signals whose names JavaScript has a meaning for', () => {
    const payload: unknown = JSON.parse(`{"__proto__":{"history":[{"date":${NOW},"value":1}]}}`);
    const sent = JSON.stringify(encodePush(valueOf(parse(payload))).body);
    assert(
      sent.includes(
        '"signals":{"__proto__":{"history":[{"date":"2026-05-01T12:00:00.000+0000","value":1}]}}',
      ),
    );
  });
});

describe('databoom: a push of any kind', () => {
  const name = fc.oneof(
    fc.constantFrom('temp', '__proto__', 'constructor', 'küche/1 %', '0', 'name'),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((word) => word.trim() !== '' && !/\p{Cc}/u.test(word)),
  );
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    // Texts that are numbers, or are meant as such, are those of test/fields.
    fc.string({ unit: 'grapheme' }).map((quoted) => `“${quoted}”`),
  );
  const time = fc.integer({ min: 946_684_800_000, max: NOW });
  const target = fc.constantFrom<DataboomTarget>(DEVICE, TEMPLATE);
  const signals = fc.dictionary(name, value, { minKeys: 1, maxKeys: 5 });

  function assertArrives(payload: unknown, to: DataboomTarget, expected: readonly unknown[]): void {
    const body: unknown = JSON.parse(JSON.stringify(encodePush(valueOf(parse(payload, NOW, '', to))).body));
    assert.deepEqual(decodeBody(body), expected.map((item) => JSON.stringify(item)).toSorted());
  }

  it('arrives with its signals, times and values: current values', () => {
    fc.assert(
      fc.property(signals, target, (payload, to) => {
        assertArrives(
          payload,
          to,
          Object.entries(payload).map(([signal, item]) => [signal, NOW, item]),
        );
      }),
    );
  });

  it('arrives with its signals, times and values: readings', () => {
    const readings = fc.array(fc.record({ timestamp: time, data: signals }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(readings, target, (payload, to) => {
        const expected = payload.flatMap(({ timestamp, data }) =>
          Object.entries(data).map(([signal, item]) => [signal, timestamp, item]),
        );
        assertArrives(payload, to, expected);
      }),
    );
  });

  it('arrives with its signals, times and values: histories, with times that repeat', () => {
    const few = fc.integer({ min: NOW - 3, max: NOW });
    const items = fc.array(fc.record({ date: fc.oneof(few, time), value }), { minLength: 1, maxLength: 8 });
    const histories = fc.dictionary(
      name,
      items.map((list) => ({ history: list })),
      { minKeys: 1, maxKeys: 4 },
    );
    fc.assert(
      fc.property(histories, target, (payload, to) => {
        const expected = Object.entries(payload).flatMap(([signal, { history: list }]) =>
          list.map((item) => [signal, item.date, item.value]),
        );
        assertArrives(payload, to, expected);
      }),
    );
  });

  it('never throws, and a refusal is one line', () => {
    const anything = fc.anything({ withDate: true, withMap: true, withBigInt: true, withTypedArray: true });
    const nearly = fc.oneof(
      anything,
      fc.array(fc.record({ timestamp: fc.oneof(time, anything), data: fc.oneof(signals, anything) })),
      fc.dictionary(
        name,
        fc.record({ history: fc.oneof(anything, fc.array(anything)), description: anything }),
      ),
    );
    fc.assert(
      fc.property(nearly, fc.oneof(time, anything), (payload, timestamp) => {
        const result = parse(payload, timestamp, 'temp');
        if (result.ok) JSON.stringify(encodePush(result.value).body);
        else messageOf(result);
      }),
      { numRuns: 500 },
    );
  });
});
