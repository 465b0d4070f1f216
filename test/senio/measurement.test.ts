import assert from 'node:assert/strict';
import { presentAt } from '../../src/clock';
import { parseMeasurement, type Measurement } from '../../src/senio';
import { failureOf, messageOf, valueOf } from '../support/results';
import { evaluateElsewhere, GIF, JPEG, PNG, STRANGE_VALUES, WEBP } from '../support/values';

const NOW = Date.parse('2026-05-01T12:00:00Z');

function parse(payload: unknown, timestamp?: unknown, field = '') {
  return parseMeasurement({ payload, timestamp, field }, presentAt(NOW));
}

function imagesOf(measurement: Measurement) {
  return [...measurement.images].map(([field, { bytes, type }]) => [
    field,
    bytes.toString('hex'),
    type.contentType,
  ]);
}

describe('senio: a measurement', () => {
  it('has scalars, given as numbers or as numbers in text', () => {
    const payload = {
      temp: 21.5,
      humidity: ' 50.0 ',
      pressure: '1.013e3',
      zero: 0,
      cold: '-5',
      tiny: 5e-324,
    };
    const measurement = valueOf(parse(payload));
    assert.equal(measurement.timestamp, NOW);
    assert.deepEqual(
      [...measurement.scalars],
      [
        ['temp', 21.5],
        ['humidity', 50],
        ['pressure', 1013],
        ['zero', 0],
        ['cold', -5],
        ['tiny', 5e-324],
      ],
    );
    assert.equal(measurement.images.size, 0);
  });

  it('has images, known by their content, with scalars or without', () => {
    const measurement = valueOf(parse({ a: JPEG, b: PNG, temp: 1, c: GIF, d: new Uint8Array(WEBP) }));
    assert.deepEqual(imagesOf(measurement), [
      ['a', JPEG.toString('hex'), 'image/jpeg'],
      ['b', PNG.toString('hex'), 'image/png'],
      ['c', GIF.toString('hex'), 'image/gif'],
      ['d', WEBP.toString('hex'), 'image/webp'],
    ]);
    assert.deepEqual([...measurement.scalars], [['temp', 1]]);
  });

  it('has no more of a larger memory than the image in it', () => {
    const memory = Buffer.concat([Buffer.alloc(7), JPEG, Buffer.alloc(9)]);
    const measurement = valueOf(parse({ cam1: memory.subarray(7, 7 + JPEG.length) }));
    assert.deepEqual(imagesOf(measurement), [['cam1', JPEG.toString('hex'), 'image/jpeg']]);
  });

  it('may come from a function node, which has a realm of its own', () => {
    const bytes = `Uint8Array.from([${[...PNG].join()}])`;
    const payload = evaluateElsewhere(`({ temp: 21.5, cam1: ${bytes} })`);
    const measurement = valueOf(parse(payload, evaluateElsewhere(`new Date(${NOW - 5})`)));
    assert.equal(measurement.timestamp, NOW - 5);
    assert.deepEqual([...measurement.scalars], [['temp', 21.5]]);
    assert.deepEqual(imagesOf(measurement), [['cam1', PNG.toString('hex'), 'image/png']]);
  });

  it('may be one value whose field the node or the topic names', () => {
    assert.deepEqual([...valueOf(parse(21.5, undefined, 'temp')).scalars], [['temp', 21.5]]);
    assert.deepEqual([...valueOf(parse('21.5', undefined, 'temp')).scalars], [['temp', 21.5]]);
    assert.deepEqual(imagesOf(valueOf(parse(GIF, undefined, 'cam1'))), [
      ['cam1', GIF.toString('hex'), 'image/gif'],
    ]);
  });

  it('has fields of any name, also those that JavaScript has a meaning for', () => {
    const payload: unknown = JSON.parse('{"__proto__":1,"constructor":2,"hasOwnProperty":3,"json":4,"10":5}');
    const names = [...valueOf(parse(payload)).scalars.keys()].toSorted();
    assert.deepEqual(names, ['10', '__proto__', 'constructor', 'hasOwnProperty', 'json']);
  });

  it('has the time that the message gives', () => {
    for (const [timestamp, expected] of [
      [1_474_383_378_795.2, 1_474_383_378_795.2],
      [new Date(NOW), NOW],
      ['2026-05-01T14:00:00+02:00', NOW],
      [null, NOW],
    ] as const) {
      assert.equal(valueOf(parse({ temp: 1 }, timestamp)).timestamp, expected);
    }
  });
});

/** A picture of so many bytes. */
const image = (bytes: number) => Buffer.concat([JPEG], bytes);

describe('senio: what is refused as a measurement', () => {
  const payloads: readonly (readonly [string, unknown, RegExp])[] = [
    ['undefined', undefined, /^msg\.payload is undefined: an object of fields or one value is needed$/],
    ['null', null, /^msg\.payload is null: an object of fields/],
    ['an empty object', {}, /^msg\.payload is an empty object: it has no field to publish$/],
    [
      'a number without a name',
      21.5,
      /^msg\.payload is one value \(21\.5\) without a name: set the field in the node/,
    ],
    ['an array without a name', [1], /^msg\.payload is an array, neither an object of fields nor one value/],
    ['an empty name', { '': 1 }, /^A field has an empty name$/],
    ['a blank name', { ' ': 1 }, /^A field has an empty name$/],
    ['a name of 100 MB', { ['x'.repeat(100_000_000)]: 1 }, /^The name of field "x{40}…" is longer than 200/],
    ['a name with a line break', { 'a\r\nb': JPEG }, /has characters that no name can have$/],
    ['NaN', { ok: 1, temp: Number.NaN }, /^Field "temp" is NaN, but Senio takes numbers and images/],
    ['infinity', { temp: -Infinity }, /^Field "temp" is -Infinity, but/],
    ['true', { temp: true }, /^Field "temp" is true, but/],
    ['nothing', { temp: null }, /^msg\.payload has no value: "temp" is null$/],
    ['a nested object', { temp: { value: 1 } }, /^Field "temp" is an object, but/],
    ['an array', { temp: [21] }, /^Field "temp" is an array, but/],
    ['a Buffer in JSON', { cam1: JPEG.toJSON() }, /^Field "cam1" is an object, but/],
    [
      'a Buffer that is no image',
      { temp: 1, cam1: Buffer.from('no') },
      /^Field "cam1" is a Buffer of 2 bytes that holds no JPEG/,
    ],
    ['an empty Buffer', { cam1: Buffer.alloc(0) }, /^Field "cam1" is a Buffer of 0 bytes that holds no JPEG/],
    ['an image called json', { json: JPEG }, /^Field "json" cannot be an image: Senio keeps that name/],
    [
      'an image with a quote in its name',
      { 'a"b': JPEG },
      /^Field "a\\"b" cannot be an image: .* quote or a backslash$/,
    ],
    [
      'an image with a backslash in its name',
      { 'a\\b': JPEG },
      /cannot be an image: .* quote or a backslash$/,
    ],
    ['a text', { temp: 'warm' }, /^Field "temp" is "warm", but Senio takes numbers and images \(a JPEG.*\)$/],
    ['an empty text', { temp: '' }, /^Field "temp" is "", but/],
    ['a hexadecimal text', { temp: '0x10' }, /^Field "temp" is "0x10", but/],
    ['an infinite text', { temp: 'Infinity' }, /^Field "temp" is "Infinity", but/],
    [
      'a number with a unit',
      { temp: '21.5 °C' },
      /^Field "temp" is "21\.5 °C", but .*: a unit after the number; send the number alone$/,
    ],
    ['a decimal comma', { temp: '21,5' }, /^Field "temp" is "21,5", but .*: a comma; numbers have a point$/],
    ['two commas', { temp: '1,234,5' }, /Buffer\)$/],
  ];
  for (const [name, payload, message] of payloads) {
    it(`includes ${name}`, () => {
      assert.equal(failureOf(parse(payload)).kind, 'invalid');
      assert.match(messageOf(parse(payload)), message);
    });
  }

  for (const [name, value] of STRANGE_VALUES) {
    it(`includes ${name} as a field's value`, () => {
      if (value === null || value === undefined) {
        assert.deepEqual([...valueOf(parse({ ok: 1, temp: value })).scalars.keys()], ['ok']);
        assert.match(
          messageOf(parse({ temp: value })),
          /^msg\.payload has no value: "temp" is (null|undefined)$/,
        );
        return;
      }
      assert.match(
        messageOf(parse({ ok: 1, temp: value })),
        /^Field "temp" is .*, but Senio takes numbers and images/,
      );
    });

    it(`includes ${name} as the payload`, () => {
      assert.match(messageOf(parse(value, undefined, 'temp')), /^(Field "temp"|msg\.payload) is /);
    });
  }

  for (const [timestamp, message] of [
    ['yesterday', /^msg\.timestamp "yesterday" is not a time: give milliseconds since 1970/],
    [{}, /^msg\.timestamp an object is not a time/],
    ['', /^msg\.timestamp "" is not a time/],
    [NOW / 1000, /^msg\.timestamp 1777636800 is before the year 2000: it looks like seconds/],
    [
      NOW + 86_400_001,
      /^msg\.timestamp \d+ is more than a day ahead of this machine's clock \(2026-05-01T12/,
    ],
    ['x'.repeat(100_000_000), /^msg\.timestamp "x{40}…" is not a time/],
    [Buffer.alloc(100_000_000), /^msg\.timestamp a Buffer of 100000000 bytes is not a time/],
  ] as const) {
    it(`includes a timestamp that is ${message.source.slice(16, 40)}`, () => {
      assert.match(messageOf(parse({ temp: 1 }, timestamp)), message);
    });
  }

  // Made when they are needed, because together they are too much.
  const large: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'an image',
      () => ({ temp: 1, cam1: image(1e8) }),
      /^Field "cam1": 100000000 bytes of images, but at most 15000000 \(15 MB\) fit one measurement/,
    ],
    [
      'a Buffer that is no image',
      () => ({ cam1: Buffer.alloc(1e8) }),
      /^Field "cam1" is a Buffer of 100000000 bytes/,
    ],
    ['two images', () => ({ a: image(8e6), b: image(8e6) }), /^Field "a", "b": 16000000 bytes of images/],
    ['a text', () => ({ temp: '1'.repeat(1e8) }), /^Field "temp" is "1{40}…", but/],
    ['a text with a comma', () => ({ temp: `1,${'0'.repeat(1e8)}` }), /^Field "temp" is "1,0{38}…", but/],
    ['an array', () => ({ temp: Array.from({ length: 1e6 }, () => 1) }), /^Field "temp" is an array, but/],
    [
      'a million fields',
      () => Object.fromEntries(Array.from({ length: 1e6 }, (_, index) => [index, index])),
      /1000000 fields: at most 1000/,
    ],
  ];
  for (const [name, make, message] of large) {
    it(`includes 100 MB of ${name}`, () => assert.match(messageOf(parse(make())), message));
  }

  it('includes a thousand images that are too large together, in a message of bearable length', () => {
    const part = image(100_000);
    const payload = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [`${i}`.padStart(200, 'x'), part]),
    );
    assert.match(messageOf(parse(payload)), /100000000 bytes of images/);
  });

  it('does not include images of just the most bytes', () => {
    valueOf(parse({ cam1: image(15_000_000) }));
    messageOf(parse({ cam1: image(15_000_001) }));
  });
});
