import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  checkName,
  createReadingRules,
  DEFAULT_OPTIONS,
  isPlainObject,
  parseDecimal,
  readFields as readWithRules,
  type PayloadOptions,
  type Term,
} from '../../src/fields';
import { success } from '../../src/result';
import { messageOf, valueOf } from '../support/results';
import { evaluateElsewhere, STRANGE_VALUES } from '../support/values';

describe('fields: plain objects', () => {
  it('include those of another realm, and those without a prototype', () => {
    for (const value of [{}, { a: 1 }, Object.create(null), JSON.parse('{"__proto__":1}')]) {
      assert(isPlainObject(value));
    }
    assert(isPlainObject(evaluateElsewhere('({ a: 1 })')));
    assert(isPlainObject(evaluateElsewhere('Object.create(null)')));
  });

  it('include nothing else', () => {
    const others = [[], evaluateElsewhere('[]'), evaluateElsewhere('new Map()'), '{}', 1, Buffer.alloc(1)];
    for (const value of [...others, ...STRANGE_VALUES.map(([, strange]) => strange)]) {
      assert(!isPlainObject(value), Object.prototype.toString.call(value));
    }
  });
});

/** The entries that are read of a payload, by a service that takes any value. */
function readFields(payload: unknown, name: string, term: Term, options: Partial<PayloadOptions> = {}) {
  const service = { term, read: (_name: string, value: unknown) => success(value), isValue: () => false };
  const read = readWithRules(
    payload,
    name,
    createReadingRules<unknown>(service, { ...DEFAULT_OPTIONS, ...options }),
  );
  return read.ok ? success([...read.value]) : read;
}

/** An object of `count` fields. */
function objectOf(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, index]));
}

describe('fields of a payload', () => {
  it('come from the own entries of an object, in its order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^\w+$/), fc.anything(), { minKeys: 1 }), (payload) => {
        const expected = Object.entries(payload).filter(([, value]) => value !== null && value !== undefined);
        fc.pre(expected.length > 0);
        assert.deepEqual(valueOf(readFields(payload, 'ignored', 'field')), expected);
      }),
    );
  });

  it('come from an object of another realm too', () => {
    const payload = evaluateElsewhere('({ temp: 21.5, humidity: 50 })');
    assert.deepEqual(valueOf(readFields(payload, '', 'field')), [
      ['temp', 21.5],
      ['humidity', 50],
    ]);
  });

  it('keep names that JavaScript has a meaning for, and inherit none', () => {
    const payload: unknown = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}');
    assert.deepEqual(valueOf(readFields(payload, '', 'field')), [
      ['__proto__', 1],
      ['constructor', 2],
      ['toString', 3],
    ]);
  });

  it('cannot come from an array, or from an object that is not plain', () => {
    for (const payload of [[1], [], new Map(), new Date(0), new Error('x'), Object(1)]) {
      assert.match(
        messageOf(readFields(payload, 'temp', 'field')),
        /neither an object of fields nor one value$/,
      );
    }
  });

  it('consist of one where the payload is one value and has a name', () => {
    const single = fc.anything().filter((value) => value !== undefined && typeof value !== 'object');
    fc.assert(
      fc.property(single, (payload) => {
        const fields = valueOf(readFields(payload, 'temp', 'field'));
        assert.equal(fields.length, 1);
        assert.equal(fields[0]?.[0], 'temp');
        assert(Object.is(fields[0]?.[1], payload));
      }),
    );
  });

  it('cannot come from nothing, an empty object or a value without a name', () => {
    assert.match(
      messageOf(readFields(undefined, 'temp', 'field')),
      /^msg\.payload is undefined: an object of fields/,
    );
    assert.match(
      messageOf(readFields(null, 'temp', 'signal')),
      /^msg\.payload is null: an object of signals/,
    );
    assert.match(
      messageOf(readFields({}, 'temp', 'signal')),
      /^msg\.payload is an empty object: it has no signal/,
    );
    assert.match(
      messageOf(readFields(21.5, '', 'field')),
      /^msg\.payload is one value \(21\.5\) without a name: set the field/,
    );
    assert.match(
      messageOf(readFields('x'.repeat(100_000_000), '', 'field')),
      /one value \("x{40}…"\) without/,
    );
    assert.match(
      messageOf(readFields(Buffer.alloc(100_000_000), '', 'field')),
      /a Buffer of 100000000 bytes/,
    );
  });

  it('number at most a thousand', () => {
    assert.equal(valueOf(readFields(objectOf(1000), '', 'field')).length, 1000);
    assert.match(messageOf(readFields(objectOf(1001), '', 'field')), /1001 fields: at most 1000/);
    assert.match(messageOf(readFields(objectOf(500_000), '', 'signal')), /500000 signals: at most 1000/);
  });
});

describe('names of fields', () => {
  for (const name of [
    'temp',
    'küche/1 %',
    ' padded ',
    '__proto__',
    '温度',
    '🌡',
    'x'.repeat(200),
    '"',
    '\\',
  ]) {
    it(`may be ${JSON.stringify(name.slice(0, 20))}`, () =>
      assert.equal(checkName(name, 'field'), undefined));
  }

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /^A signal has an empty name$/],
    [' \t\u00a0', /^A signal has an empty name$/],
    ['x'.repeat(201), /^The name of signal "x{40}…" is longer than 200 characters$/],
    ['x'.repeat(100_000_000), /is longer than 200 characters$/],
    ['a\nb', /^The name of signal "a\\nb" has characters that no name can have$/],
    ['a\0', /has characters that no name can have$/],
    ['a\u0085', /has characters that no name can have$/],
    ['\ud800', /has characters that no name can have$/],
  ];
  for (const [name, message] of wrong) {
    it(`cannot be ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.match(checkName(name, 'signal')?.message ?? '', message);
    });
  }
});

describe('numbers in text', () => {
  const numbers: readonly (readonly [string, number])[] = [
    ['21.5', 21.5],
    ['  1e3 \n', 1000],
    ['+5', 5],
    ['-.5', -0.5],
    ['5.', 5],
    ['007', 7],
    ['1E-3', 0.001],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['9'.repeat(300), 1e300],
  ];
  for (const [text, number] of numbers) {
    it(`include ${JSON.stringify(text.slice(0, 30))}`, () => assert.equal(parseDecimal(text), number));
  }

  const others = [
    '',
    ' ',
    '.',
    '+',
    '-',
    'e5',
    '1e',
    '1e+',
    '.e1',
    '0x10',
    '0b1',
    '0o7',
    '21,5',
    '1,000',
    '1_000',
    '1 000',
    'Infinity',
    '-Infinity',
    'NaN',
    '1e400',
    '21.5°C',
    '21.5 C',
    '--1',
    '1.2.3',
    '٢١',
    '２１',
    '1n',
    'true',
    'null',
    '[21]',
    '5\0',
    '1.'.padEnd(401, '0'),
    '1'.repeat(100_000_000),
    ' '.repeat(100_000_000),
  ];
  for (const text of others) {
    it(`do not include ${JSON.stringify(text.slice(0, 30))}`, () =>
      assert.equal(parseDecimal(text), undefined));
  }

  it('keep the value that was written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        assert.equal(parseDecimal(` ${number} `), number === 0 ? 0 : number);
        assert.equal(parseDecimal(number.toExponential()), number === 0 ? 0 : number);
      }),
    );
  });

  it('have the value that JavaScript reads, and never one that it does not', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eExn_, ]{0,12}$/));
    fc.assert(
      fc.property(text, (input) => {
        const number = parseDecimal(input);
        if (number === undefined) return;
        assert(Number.isFinite(number));
        assert.equal(number, Number(input));
      }),
      { numRuns: 2000 },
    );
  });
});
