/**
 * Any JSON value as a payload, with all settings, for both services: it is published or refused with the field's path, and
 * every number that arrives is the one that was given. What is right is said by a reading of the payload that shares no
 * code with ours: paths are found by recursion, and decimals compared as fractions of BigInts.
 */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { presentAt } from '../../src/clock';
import { parsePush } from '../../src/databoom';
import { parseHeldDecimal, type PayloadOptions } from '../../src/fields';
import { parseMeasurement } from '../../src/senio';
import { exactly, heldNumber, isHeld } from '../support/exact-decimal';

const NOW = Date.parse('2026-05-01T12:00:00Z');

const OPTIONS = fc.record<PayloadOptions>({
  unsendable: fc.constantFrom('error', 'leftOut'),
  nested: fc.boolean(),
  keepText: fc.boolean(),
});

const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const decimal = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    digits,
    fc.constantFrom('', '.5', '.000', '.1234567890123456789'),
    fc.constantFrom('', 'e3', 'E-2', 'e-400', 'e400'),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(decimal, fc.constantFrom('21,5', '21.5 °C', '0x10', ' 21.5 ', 'on', ''), fc.string());
const name = fc.oneof(fc.constantFrom('a', 'b', 'a.b', '0', '__proto__', '', 'constructor'), fc.string());

const { value: JSON_VALUE } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 1e21, 5e-324, -0),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Every value of a payload by each path to it, whether nested values are taken or not. */
function valuesByPath(payload: unknown, single: string, isNested: boolean): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  const put = (path: string, value: unknown) => found.set(path, [...(found.get(path) ?? []), value]);
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return void put(path, value);
    if (!isNested) return void put(path, value);
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  if (typeof payload !== 'object' || payload === null) put(single, payload);
  else for (const [key, value] of Object.entries(payload)) walk(value, key);
  return found;
}

function assertSame(sent: unknown, given: unknown, options: PayloadOptions): void {
  if (typeof given === 'string' && typeof sent === 'number') {
    assert(!options.keepText, 'text became a number');
    const [exact, arrived] = [exactly(given), exactly(String(sent))];
    assert(exact && arrived && isHeld(exact, arrived), `${given} became ${sent}`);
  } else assert.deepEqual(sent, given);
}

/** What is true of each result: the values that are sent are those given, once, and none is both sent and left out. */
function assertTrue(
  payload: unknown,
  options: PayloadOptions,
  sent: ReadonlyMap<string, unknown>,
  leftOut: readonly { readonly field: string }[],
): void {
  const given = valuesByPath(payload, 'single', options.nested);
  assert(sent.size > 0);
  for (const [field, value] of sent) {
    const candidates = (given.get(field) ?? []).filter((each) => each !== null);
    assert.equal(candidates.length, 1, field);
    assertSame(value, candidates[0], options);
    assert(!leftOut.some((each) => each.field === field), field);
  }
  if (options.unsendable === 'error') assert.equal(leftOut.length, 0);
  const there = [...given].filter(([, values]) => values.some((value) => value !== null));
  const told = new Set([...sent.keys(), ...leftOut.map(({ field }) => field)]);
  for (const [field] of there) assert(told.has(field.slice(0, 200)), `${field} is neither sent nor left out`);
}

/** What a refusal must name: something of the payload, or the payload. */
function assertNamed(message: string): void {
  assert.match(message, /(Field|Signal|field|signal|msg\.payload|Reading|History item)/);
  assert(message.length < 1000);
}

describe('any JSON value as a payload', () => {
  it('reaches Senio as it was given, or fails with the path of the field', () => {
    fc.assert(
      fc.property(JSON_VALUE, OPTIONS, (payload, options) => {
        const parsed = parseMeasurement(
          { payload, timestamp: NOW, field: 'single', options },
          presentAt(NOW),
        );
        if (!parsed.ok) return assertNamed(parsed.failure.message);
        assertTrue(payload, { ...options, keepText: false }, parsed.value.scalars, parsed.leftOut);
        return undefined;
      }),
      { numRuns: 500 },
    );
  });

  it('reaches Databoom as it was given, or fails with the path of the signal', () => {
    fc.assert(
      fc.property(JSON_VALUE, OPTIONS, (payload, options) => {
        const input = { payload, timestamp: NOW, signal: 'single', target: { device: 'd1' }, options };
        const parsed = parsePush(input, presentAt(NOW));
        if (!parsed.ok) return assertNamed(parsed.failure.message);
        const { content } = parsed.value;
        assert.equal(content.kind, 'current');
        assertTrue(payload, options, content.signals, parsed.leftOut);
        return undefined;
      }),
      { numRuns: 500 },
    );
  });
});

describe('a number in text', () => {
  it('becomes a number where a double has its value: whole numbers in all digits, others in 15', () => {
    fc.assert(
      fc.property(fc.oneof(decimal, text), (given) => {
        const expected = heldNumber(given);
        assert.equal(parseHeldDecimal(given), expected, given);
      }),
      { numRuns: 1000 },
    );
  });
});
