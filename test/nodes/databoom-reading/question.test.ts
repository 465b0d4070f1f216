import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readQuestion, type Inputs } from '../../../src/nodes/databoom-reading';
import { failureOf, messageOf, valueOf } from '../../support/results';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const HOUR = 3_600_000;
const typed = (text: string) => ({ typed: text });
const found = (value: unknown) => ({ found: value, source: 'msg.x' });
const EMPTY: Inputs = {
  device: typed(''),
  signals: typed(''),
  start: typed(''),
  end: typed(''),
  granularity: 'a',
};

const ask = (inputs: Partial<Inputs>, settings = { operation: 'history', periodValue: 'mean' }) =>
  readQuestion(settings, { ...EMPTY, ...inputs }, NOW);
const rangeOf = (inputs: Partial<Inputs>) => {
  const { range } = valueOf(ask(inputs));
  return [(range?.from ?? 0) - NOW, (range?.to ?? 0) - NOW];
};

describe('databoom-in: what a message asks for', () => {
  it('includes the last day of all signals where nothing is said', () => {
    assert.deepEqual(valueOf(ask({})), {
      choice: { device: '', signals: [] },
      range: { from: NOW - 24 * HOUR, to: NOW, granularity: 'a', periodValue: 'mean' },
    });
    const latest = { operation: 'latest', periodValue: 'mean' };
    assert.equal(valueOf(ask({ start: typed('nonsense') }, latest)).range, undefined);
  });

  it('includes the device and the signals as they are typed or found, without blanks and repeats', () => {
    const cases: readonly (readonly [Partial<Inputs>, string, readonly string[]])[] = [
      [{ device: typed(' d1 '), signals: typed(' a, b ,,a,c d ') }, 'd1', ['a', 'b', 'c d']],
      [{ device: found(' d1 '), signals: found('a,b') }, 'd1', ['a', 'b']],
      [{ device: found(77), signals: found(['b', ' a', 'b']) }, '77', ['b', 'a']],
    ];
    for (const [inputs, device, signals] of cases)
      assert.deepEqual(valueOf(ask(inputs)).choice, { device, signals });
  });

  it('takes what is to come from a message and is not there for an error, never for everything', () => {
    for (const value of [undefined, null, '', '  ', {}, [], [1], [''], true, 'x'.repeat(201)]) {
      assert.match(messageOf(ask({ device: found(value) })), /^The device is taken from msg\.x, which is /);
      assert.match(
        messageOf(ask({ signals: found(value) })),
        /^The signals are taken from msg\.x, which is /,
      );
    }
    for (const value of [undefined, null, '', {}, true, Number.NaN, 'yesterday'])
      for (const name of ['start', 'end'])
        assert.match(
          messageOf(ask({ [name]: found(value) })),
          new RegExp(`^The ${name}, taken from msg\\.x, .* is not a time`),
        );
  });

  it('counts a span before the end, and that before now', () =>
    fc.assert(
      fc.property(
        fc.nat({ max: 1000 }),
        fc.constantFrom(['s', 1 / 3600], ['m', 1 / 60], ['h', 1], ['d', 24], ['w', 168]),
        (count, [unit, hours]) => {
          const text = `-${count}${unit}`;
          const ms = Math.round(count * hours * HOUR);
          assert.deepEqual(rangeOf({ start: typed(text) }), [0 - ms, 0]);
          const [from, to] = rangeOf({ start: typed('-1h'), end: found(text) });
          assert.deepEqual([from, to], [-ms - HOUR, 0 - ms]);
        },
      ),
      { numRuns: 50 },
    ));

  it('takes dates, milliseconds and texts, and no time before the year 2000', () => {
    for (const time of [NOW - HOUR, new Date(NOW - HOUR), '2026-05-01T11:00:00Z', '2026-05-01 13:00 +0200'])
      assert.deepEqual(rangeOf({ start: found(time) }), [-HOUR, 0], String(time));
    assert.deepEqual(rangeOf({ end: typed('2026-05-01T13:00:00Z') }), [-23 * HOUR, HOUR]);
    assert.match(messageOf(ask({ start: found(NOW / 1000) })), /looks like seconds/);
    assert.deepEqual(
      valueOf(ask({ start: typed('-999999w') })).range?.from,
      Date.parse('2000-01-01T00:00:00Z'),
    );
    for (const text of ['24h', '-24', '-24y', '--1h', '-1.5h', '-9999999h'])
      assert.equal(failureOf(ask({ start: typed(text) })).kind, 'invalid', text);
  });

  it('has its start before its end', () => {
    const inputs = { start: found(NOW - HOUR), end: found(NOW - 2 * HOUR) };
    assert.match(messageOf(ask(inputs)), /^The start \(2026-05-01T11.*\) is after the end \(2026-05-01T10/);
  });

  it('has a granularity that Databoom knows, and the wanted value of a period', () => {
    for (const granularity of ['a', '*', 'h', 'd', 'm'])
      assert.equal(valueOf(ask({ granularity })).range?.granularity, granularity);
    for (const granularity of ['msg', 'hour', '', undefined, 1, ['h']])
      assert.match(messageOf(ask({ granularity })), /^The granularity is .*, and a, \*, h, d or m is needed/);
    for (const [periodValue, expected] of [
      ['value', 'value'],
      ['mean', 'mean'],
      ['other', 'mean'],
    ])
      assert.equal(
        valueOf(ask({}, { operation: 'history', periodValue: periodValue ?? '' })).range?.periodValue,
        expected,
      );
  });
});
