import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { presentAt, readDeviceTime } from '../../src/clock';
import { messageOf, valueOf } from '../support/results';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const PRESENT = presentAt(NOW);
const UNKNOWN_PRESENT = { now: Date.UTC(2026, 0, 1), latest: Infinity };
const DAY = 86_400_000;
const MINUTE = 60_000;

function two(part: number): string {
  return String(part).padStart(2, '0');
}

/** The local date and time of a moment, as a device in the time zone of this machine writes it. */
function localText(timestamp: number): string {
  const date = new Date(timestamp);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => two(part)).join(':')}`;
}

/** How a number of each unit is made of milliseconds, in the order of its size. */
const UNITS: readonly (readonly [string, (ms: number) => number])[] = [
  ['seconds', (ms) => ms / 1000],
  ['microseconds', (ms) => ms * 1000],
  ['nanoseconds', (ms) => ms * 1_000_000],
];

describe('The time that a device puts beside its values', () => {
  it('counts in seconds, microseconds or nanoseconds where that gives a time within a day of now', () => {
    const near = fc.integer({ min: NOW - DAY, max: NOW + DAY });
    fc.assert(
      fc.property(near, fc.constantFrom(...UNITS), (ms, [, write]) => {
        const read = valueOf(readDeviceTime(write(ms), PRESENT));
        assert(typeof read === 'number' && Math.abs(read - ms) < 0.01, `${read} is not ${ms}`);
      }),
    );
  });

  it('must be in milliseconds where it is further away, and the error names the unit', () => {
    const before = fc.integer({ min: Date.UTC(2000, 0, 2), max: NOW - DAY - 1000 });
    const after = fc.integer({ min: NOW + DAY + 1000, max: Date.UTC(2099, 0) });
    fc.assert(
      fc.property(fc.oneof(before, after), fc.constantFrom(...UNITS), (ms, [unit, write]) => {
        const message = messageOf(readDeviceTime(write(ms), PRESENT));
        assert.match(message, new RegExp(` may be ${unit} since 1970 \\(`));
        assert.match(message, /more than a day from now: give milliseconds/);
      }),
    );
    fc.assert(fc.property(before, (ms) => assert.equal(valueOf(readDeviceTime(ms, PRESENT)), ms)));
  });

  it('has the bounds of msg.timestamp', () => {
    for (const value of [NOW + DAY + 1, new Date(NOW + DAY + 1), '2026-05-02T12:00:01Z'])
      assert.match(
        messageOf(readDeviceTime(value, PRESENT)),
        /more than a day ahead of this machine's clock/,
      );
  });

  it('has what it says of its offset, and any text with an offset is read as Date reads it', () => {
    const moment = fc.integer({ min: Date.UTC(2000, 0, 2) / 1000, max: NOW / 1000 });
    fc.assert(
      fc.property(moment, (seconds) => {
        const date = new Date(seconds * 1000);
        for (const text of [date.toISOString(), date.toUTCString(), date.toString()])
          assert.equal(valueOf(readDeviceTime(text, PRESENT)), Date.parse(text), text);
      }),
    );
  });

  it('means local time without an offset, where it agrees with the time of this machine within seven minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -420, max: 420 }), (seconds) => {
        const time = NOW + seconds * 1000;
        assert.equal(valueOf(readDeviceTime(localText(time), PRESENT)), time);
      }),
    );
  });

  it('needs an offset where it is another time, as in each other time zone', () => {
    const quarters = fc.integer({ min: 1, max: 4 * 14 });
    fc.assert(
      fc.property(quarters, fc.constantFrom(-1, 1), fc.nat(7 * 60), (quarter, sign, seconds) => {
        const text = localText(NOW + sign * quarter * 15 * MINUTE - seconds * 1000);
        assert.match(
          messageOf(readDeviceTime(text, PRESENT)),
          /has no offset, and is not the time of this machine/,
        );
      }),
    );
  });

  it('says no more than the arrival where neither its offset nor the time of this machine is known', () => {
    assert.equal(valueOf(readDeviceTime(localText(NOW), UNKNOWN_PRESENT)), 'arrival');
    assert.equal(valueOf(readDeviceTime(localText(0), UNKNOWN_PRESENT)), 'arrival');
  });

  it('may be any of these years in seconds while the time of this machine is not known', () => {
    assert.equal(valueOf(readDeviceTime(NOW / 1000, UNKNOWN_PRESENT)), NOW);
    const counter = Date.UTC(2024, 0) / 1000;
    assert.match(messageOf(readDeviceTime(counter, UNKNOWN_PRESENT)), / may be seconds since 1970/);
  });

  for (const value of [
    12.5,
    0,
    -1,
    9e8,
    5e9,
    5e12,
    5e15,
    5e18,
    Number.NaN,
    Infinity,
    '12:30',
    '',
    'noon',
    '17',
    true,
    {},
  ])
    it(`says nothing where it is ${inspect(value)}`, () => {
      assert.equal(valueOf(readDeviceTime(value, PRESENT)), undefined);
    });

  it('cannot be a number in text, and the error names seconds and what they are in milliseconds', () => {
    for (const text of [String(NOW / 1000), ` ${NOW / 1000}\n`]) {
      const message = messageOf(readDeviceTime(text, PRESENT));
      assert.match(message, / is not a time: .*looks like seconds in a text/);
      assert(message.endsWith(`in milliseconds that is the number ${NOW}`), message);
    }
    assert.match(messageOf(readDeviceTime(String(NOW), PRESENT)), /looks like milliseconds in a text/);
  });

  it('cannot be a day with the month before the day, or a day that the calendar lacks', () => {
    for (const present of [PRESENT, UNKNOWN_PRESENT])
      for (const text of ['05/01/2026 12:00:00Z', '05/01/2026 12:00:00'])
        assert.match(messageOf(readDeviceTime(text, present)), / is not a time: /);
    assert.equal(valueOf(readDeviceTime('2026-02-30T12:00:00Z', PRESENT)), undefined);
  });
});
