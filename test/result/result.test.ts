import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe as describeValue, failed, success } from '../../src/result';
import { evaluateElsewhere, STRANGE_VALUES } from '../support/values';

const cases: readonly (readonly [unknown, string])[] = [
  [21.5, '21.5'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [null, 'null'],
  [undefined, 'undefined'],
  [true, 'true'],
  [21n, 'a bigint'],
  [1n << 3_000_000n, 'a bigint'],
  [Symbol('temp'), 'a symbol'],
  [describeValue, 'a function'],
  ['', '""'],
  ['a "b"\n', '"a \\"b\\"\\n"'],
  ['x'.repeat(100_000_000), `"${'x'.repeat(40)}…"`],
  [[1, 2], 'an array'],
  [evaluateElsewhere('[1, 2]'), 'an array'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [evaluateElsewhere('new Date(0)'), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'an invalid Date'],
  [Buffer.alloc(3), 'a Buffer of 3 bytes'],
  [evaluateElsewhere('new Uint8Array(3)'), 'a Buffer of 3 bytes'],
  [{ a: 1 }, 'an object'],
  [Object.create(null), 'an object'],
];

describe('a result', () => {
  it('tells a value from a failure', () => {
    assert.deepEqual(success(1), { ok: true, value: 1 });
    assert.deepEqual(failed({ kind: 'x', message: 'm' }), {
      ok: false,
      failure: { kind: 'x', message: 'm' },
    });
  });

  for (const [value, text] of cases) {
    it(`describes a value as ${text}`, () => assert.equal(describeValue(value), text));
  }

  it('describes anything in one short line', () => {
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withNullPrototype: true }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(...STRANGE_VALUES.map(([, value]) => value)),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const text = describeValue(value);
        assert(text.length > 0 && text.length <= 300, text);
        assert.doesNotMatch(text, /[\n\r\0]/);
      }),
    );
  });
});
