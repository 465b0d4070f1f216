import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { presentAt } from '../../src/clock';
import { parsePush } from '../../src/databoom';
import { adviseOnNumber, type PayloadOptions } from '../../src/fields';
import { parseMeasurement } from '../../src/senio';
import { messageOf, valueOf } from '../support/results';
import { evaluateElsewhere } from '../support/values';

const NOW = Date.parse('2026-05-01T12:00:00Z');

const STRICT: PayloadOptions = { unsendable: 'error', nested: false, keepText: false };

function toSenio(payload: unknown, options: Partial<PayloadOptions> = {}) {
  const input = { payload, timestamp: NOW, field: 'temp', options: { ...STRICT, ...options } };
  return parseMeasurement(input, presentAt(NOW));
}

function toDataboom(payload: unknown, options: Partial<PayloadOptions> = {}) {
  const target = { device: 'd1' };
  const input = {
    payload,
    timestamp: NOW,
    signal: 'temp',
    target,
    options: { ...STRICT, ...options },
  };
  return parsePush(input, presentAt(NOW));
}

const scalarsOf = (payload: unknown, options: Partial<PayloadOptions> = {}) => [
  ...valueOf(toSenio(payload, options)).scalars,
];

const signalsOf = (payload: unknown, options: Partial<PayloadOptions> = {}) => [
  ...valueOf(toDataboom(payload, options)).content.signals,
];

const leftOutOf = (result: ReturnType<typeof toSenio> | ReturnType<typeof toDataboom>) =>
  result.ok ? result.leftOut.map(({ field }) => field) : messageOf(result);

const wide = (count: number) => ({ a: Array.from({ length: count }, () => 1) });

describe('nested values of a payload', () => {
  const tasmota = {
    Time: '2026-05-01T12:00:00',
    DHT22: { Temperature: 21.5, Humidity: 48 },
    TempUnit: 'C',
  };

  it('have the names on the way to them, joined by a point, and an index in an array', () => {
    const shelly = { relays: [{ power: 12.5 }, { power: 0 }], tmp: { tC: 41, is_valid: null } };
    assert.deepEqual(scalarsOf(shelly, { nested: true }), [
      ['relays.0.power', 12.5],
      ['relays.1.power', 0],
      ['tmp.tC', 41],
    ]);
    assert.deepEqual(signalsOf(tasmota, { nested: true }), [
      ['Time', '2026-05-01T12:00:00'],
      ['DHT22.Temperature', 21.5],
      ['DHT22.Humidity', 48],
      ['TempUnit', 'C'],
    ]);
  });

  it('fail by default, with the setting that takes them', () => {
    for (const result of [toSenio({ DHT22: { t: 1 } }), toDataboom(tasmota)])
      assert.match(messageOf(result), /"DHT22" is an object, but .*: tick "Take nested values" in the node/);
    assert.match(messageOf(toDataboom({ power: [1, 2] })), /"power" is an array, .*"Take nested values"/);
  });

  it('fail where two have one name, and both places are named', () => {
    for (const unsendable of ['error', 'leftOut'] as const) {
      const result = toSenio({ 'a.b': 1, a: { b: 2 } }, { nested: true, unsendable });
      assert.match(
        messageOf(result),
        /two values for the field "a\.b", at "a\.b" and at "a" → "b": rename one$/,
      );
    }
    assert.deepEqual(scalarsOf({ 'a.b': 1, a: { b: null } }, { nested: true }), [['a.b', 1]]);
  });

  it('may be ten levels deep, and a thousand in all', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
    assert.equal(scalarsOf(deep(10), { nested: true })[0]?.[0], 'a.a.a.a.a.a.a.a.a.a');
    assert.match(messageOf(toSenio(deep(11), { nested: true })), /is nested deeper than 10 levels$/);
    const circle: Record<string, unknown> = {};
    circle['a'] = circle;
    assert.match(messageOf(toSenio(circle, { nested: true })), /is nested deeper than 10 levels$/);
    assert.equal(scalarsOf(wide(999), { nested: true }).length, 999);
    assert.match(messageOf(toSenio(wide(1000), { nested: true })), /more than 1000 fields: at most 1000/);
    const long = { ['x'.repeat(199)]: { yy: 1 } };
    assert.match(messageOf(toSenio(long, { nested: true })), /longer than 200 characters$/);
  });

  it("leave Databoom's own history as it is", () => {
    const temp = { history: [{ date: NOW, value: '21.5' }] };
    const { content } = valueOf(toDataboom({ hall: { temp } }, { nested: true }));
    const values = [{ timestamp: NOW, value: 21.5 }];
    assert.deepEqual(content, { kind: 'history', signals: new Map([['hall.temp', { values }]]) });
  });
});

describe('what is left out of a payload', () => {
  const leftOut = { unsendable: 'leftOut' } as const;

  it('contains what cannot be sent, with its reason, whatever kind of fault it is', () => {
    const faults = {
      nan: Number.NaN,
      infinite: -Infinity,
      list: [1],
      object: { a: 1 },
      comma: '21,5',
      big: 1n,
      date: new Date(NOW),
      ['x'.repeat(201)]: 1,
      ' ': 1,
      'a\nb': 1,
    };
    const names = Object.keys(faults).map((name) => name.slice(0, 200));
    const senio = toSenio({ ok: 1, on: true, text: 'warm', bytes: Buffer.from([1]), ...faults }, leftOut);
    assert.deepEqual([...valueOf(senio).scalars], [['ok', 1]]);
    assert.deepEqual(leftOutOf(senio), ['on', 'text', 'bytes', ...names]);
    const databoom = toDataboom(
      { ok: 1, on: true, text: 'warm', bytes: Buffer.from([1]), ...faults },
      leftOut,
    );
    assert.deepEqual([...valueOf(databoom).content.signals.keys()], ['ok', 'on', 'text']);
    assert.deepEqual(leftOutOf(databoom), ['bytes', ...names]);
    assert(senio.ok && senio.leftOut.every(({ reason }) => reason.length > 10 && reason.length < 300));
  });

  it('makes an error where nothing else is there', () => {
    assert.match(
      messageOf(toSenio({ a: 'x', b: null }, leftOut)),
      /has no field that can be sent\. Field "a" is "x"/,
    );
    const reading = [{ timestamp: NOW, data: { a: Number.NaN } }];
    assert.match(
      messageOf(toDataboom(reading, leftOut)),
      /has no signal that can be sent\. Signal "a" is NaN/,
    );
  });

  it('can be an item of a history, or a signal of a reading', () => {
    const temp = {
      history: [
        { date: NOW, value: [1] },
        { date: NOW, value: 2 },
        { date: NOW, value: null },
      ],
    };
    const result = toDataboom({ temp }, leftOut);
    assert.deepEqual(valueOf(result).content.signals.get('temp'), {
      values: [{ timestamp: NOW, value: 2 }],
    });
    assert.deepEqual(leftOutOf(result), ['temp']);
    const readings = [
      { timestamp: NOW, data: { temp: null } },
      { timestamp: NOW, data: { temp: 1, odd: [1] } },
    ];
    assert.deepEqual(leftOutOf(toDataboom(readings, leftOut)), ['odd']);
    assert.deepEqual(signalsOf(readings, leftOut), [['temp', { values: [{ timestamp: NOW, value: 1 }] }]]);
  });

  it('never contains a history that is too long, or a reading without its time', () => {
    const history = Array.from({ length: 100_001 }, () => ({ date: NOW, value: 1 }));
    assert.match(
      messageOf(toDataboom({ ok: { history: history.slice(0, 1) }, temp: { history } }, leftOut)),
      /at most 100000/,
    );
    assert.match(messageOf(toDataboom([{ data: { a: 1 } }], leftOut)), /^Reading 0 has no timestamp/);
  });
});

describe('text and Buffers as a payload', () => {
  it('fail where they hold JSON, with the node that reads it', () => {
    for (const json of ['{"temp":21.5}', ' [1, 2]\n', '\ufeff{}']) {
      for (const payload of [
        json,
        Buffer.from(json),
        evaluateElsewhere(`Uint8Array.from([${[...Buffer.from(json)].join()}])`),
      ])
        for (const result of [toSenio(payload), toDataboom(payload)])
          assert.match(
            messageOf(result),
            /^msg\.payload is .* that holds JSON: put a json node before this one$/,
          );
      assert.deepEqual(signalsOf(json, { keepText: true }), [['temp', json]]);
    }
    for (const text of ['[open]', '{temp}', '{"a":1', '"{}"'])
      assert.deepEqual(signalsOf(text), [['temp', text]]);
  });

  it('become the number that they hold', () => {
    const bytes = evaluateElsewhere('Uint8Array.from([50, 49, 46, 53])');
    for (const payload of [Buffer.from('21.5'), Buffer.from(' 21.5\n'), bytes, '21.5']) {
      assert.deepEqual(scalarsOf(payload), [['temp', 21.5]]);
      assert.deepEqual(signalsOf(payload), [['temp', 21.5]]);
    }
    assert.deepEqual(signalsOf('21.5', { keepText: true }), [['temp', '21.5']]);
    // In an object the bytes may be anything: 0x35 is 5 in text, and 53 from a serial port.
    assert.match(messageOf(toSenio({ temp: Buffer.from('5') })), /is a Buffer of 1 bytes that holds no JPEG/);
    for (const payload of [Buffer.from('12345678901234567890'), Buffer.from('on')])
      assert.match(messageOf(toSenio(payload)), /is a Buffer of \d+ bytes that holds no JPEG/);
  });
});

describe('text that is meant as a number', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['21,5', /a comma; numbers have a point/],
    [' -0,5 ', /a comma; numbers have a point/],
    ['21.5 °C', /a unit after the number; send the number alone/],
    ['48%', /a unit after the number; send the number alone/],
    ['1013 hPa', /a unit after the number/],
    ['21.5C', /a unit after the number/],
    ['21,5 °C', /a comma and a unit; numbers have a point, send the number alone/],
  ];
  for (const [text, advice] of wrong) {
    it(`fails with both services where it is ${text}, unless text is kept`, () => {
      assert.match(messageOf(toSenio({ temp: text })), advice);
      assert.match(messageOf(toDataboom({ temp: text })), advice);
      assert.deepEqual(signalsOf({ temp: text }, { keepText: true }), [['temp', text]]);
    });
  }

  it('stays a text for Databoom where it only begins like one', () => {
    const texts = [
      '52.52,13.40',
      '1,2,3',
      '3A',
      '5 of 7',
      '2nd',
      '10:30',
      '192.168.1.5',
      '0x10',
      'C',
      '%',
      ' °C',
    ];
    for (const text of texts) {
      assert.equal(adviseOnNumber(text), undefined, text);
      assert.deepEqual(signalsOf({ temp: text }), [['temp', text]]);
    }
  });

  it('keeps the digits of a whole number that is too long, or is refused', () => {
    const text = '12345678901234567890';
    assert.deepEqual(signalsOf({ id: text }), [['id', text]]);
    assert.match(messageOf(toSenio({ id: text })), /more digits than a number holds$/);
  });

  it('gets advice where it has groups of digits, as people of any language write it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1000, max: 1e12, noNaN: true }),
        fc.constantFrom('en-US', 'de-DE', 'de-CH', 'fr-FR', 'cs-CZ', 'pt-BR', 'nb-NO', 'it-CH'),
        fc.integer({ min: 1, max: 4 }),
        (number, language, minimumFractionDigits) => {
          const text = new Intl.NumberFormat(language, {
            minimumFractionDigits,
            maximumFractionDigits: 4,
            useGrouping: 'always',
          }).format(number);
          assert.match(adviseOnNumber(text) ?? text, /^digits in groups; /);
        },
      ),
    );
  });
});
