import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseTimestamp, presentAt, timestampOfMessage } from '../../src/clock';
import { failureOf, messageOf, valueOf } from '../support/results';
import { evaluateElsewhere, STRANGE_VALUES } from '../support/values';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const PRESENT = presentAt(NOW);
const DAY = 86_400_000;
const YEAR_2000 = Date.parse('2000-01-01T00:00:00Z');
const MINUTE = 60_000;

const GOOD: readonly (readonly [unknown, number])[] = [
  [NOW, NOW],
  [1_474_383_378_795.2, 1_474_383_378_795.2],
  [YEAR_2000, YEAR_2000],
  [NOW + DAY, NOW + DAY],
  [new Date(NOW), NOW],
  [evaluateElsewhere(`new Date(${NOW})`), NOW],
  ['2026-05-01T12:00:00Z', NOW],
  ['2026-05-01t12:00:00z', NOW],
  ['2026-05-01 12:00:00Z', NOW],
  ['  2026-05-01T12:00Z\n', NOW],
  ['2026-05-01T12:00:00.000+0000', NOW],
  ['2026-05-01T14:00:00+02:00', NOW],
  ['2026-05-01T14:00:00+02', NOW],
  ['2026-05-01T06:30:00-0530', NOW],
  ['2026-05-01T12:00:00-00:00', NOW],
  ['2026-05-02T11:59:00+23:59', NOW],
  ['2026-05-01T12:00:00,5Z', NOW + 500],
  ['2026-05-01T12:00:00.123456Z', NOW + 123.456],
  ['2026-05-01T12:00:00 Z', NOW],
  ['Fri, 01 May 2026 12:00:00 GMT', NOW],
  ['1 May 2026 14:00:00 +0200', NOW],
  ['2026-04-30T24:00:00Z', NOW - DAY / 2],
  ['1 May 2026', NOW - DAY / 2],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['1 May 2026 12:00:00.5', new Date(2026, 4, 1, 12).getTime() + 500],
  ['2026-05-01T12:00:00', new Date(2026, 4, 1, 12).getTime()],
];

const NO_TIMES: readonly unknown[] = [
  '',
  ' ',
  'now',
  'yesterday',
  '1777636800000',
  '05/01/2026',
  '05/01/2026 12:00:00Z',
  '30 Feb 2026',
  'Sat, 01 May 2026 12:00:00 GMT',
  '2026-5-1',
  '2026-05',
  '2026-W18-5',
  '2026-05-01T',
  '2026-05-01T12',
  '2026-05-01T12:00:00.Z',
  '2026-05-01Z',
  '2025-02-29',
  '2026-04-31T12:00:00Z',
  '2026-13-01',
  '2026-00-01',
  '2026-05-00',
  '2026-05-01T24:00:01Z',
  '2026-05-01T12:60:00Z',
  '2026-05-01T12:00:60Z',
  '2026-05-01T12:00:00+24:00',
  '2026-05-01T12:00:00+99:99',
  '2026-05-01T12:00:00+0060',
  '2026-05-01T12:00:00+2',
  '2026-05-01T12:00:00Z; rm -rf',
  '+002026-05-01T12:00:00Z',
  '٢٠٢٦-٠٥-٠١',
  '2026-05-01T12:00:00Z'.padStart(100_000_000),
  Number.NaN,
  Infinity,
  -Infinity,
  true,
  [NOW],
  {},
  { toString: () => '2026-05-01T12:00:00Z', valueOf: () => NOW },
];

const BEFORE_2000: readonly unknown[] = [
  0,
  -1,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  YEAR_2000 - 1,
  '1999-12-31T23:59:59.999Z',
  '2000-01-01T00:00:00+00:01',
  new Date(0),
];

/** Two digits, from 00 to `most`. */
function digits(most: number) {
  return fc.integer({ min: 0, max: most }).map((part) => String(part).padStart(2, '0'));
}

describe('timestamps', () => {
  for (const [value, timestamp] of GOOD) {
    it(`reads ${JSON.stringify(value)}`, () => {
      const read = valueOf(parseTimestamp(value, PRESENT));
      assert(Math.abs(read - timestamp) < 0.001, `${read} is not ${timestamp}`);
    });
  }

  for (const value of NO_TIMES) {
    it(`takes ${String(value).slice(0, 50)} for no time`, () => {
      assert.match(messageOf(parseTimestamp(value, PRESENT)), / is not a time: give milliseconds/);
    });
  }

  for (const [name, value] of STRANGE_VALUES.filter(([strange]) => !strange.startsWith('a Date'))) {
    it(`takes ${name} for no time`, () => {
      assert.match(messageOf(parseTimestamp(value, PRESENT)), / is not a time: give milliseconds/);
    });
  }

  for (const value of BEFORE_2000) {
    it(`refuses ${JSON.stringify(value)} as before 2000`, () => {
      assert.match(messageOf(parseTimestamp(value, PRESENT)), /is before the year 2000$/);
    });
  }

  for (const value of ['0099-12-31T23:59:00-23:59', '0000-01-01', '0001-01-01T00:00:00Z']) {
    it(`does not take the year of ${value} for one of the last century`, () => {
      assert.equal(failureOf(parseTimestamp(value, PRESENT)).kind, 'invalid');
    });
  }

  it('says that a number looks like seconds', () => {
    const seconds = /is before the year 2000: it looks like seconds, and milliseconds are needed$/;
    assert.match(messageOf(parseTimestamp(NOW / 1000, PRESENT)), seconds);
    assert.match(messageOf(parseTimestamp(new Date(NOW / 1000), PRESENT)), seconds);
    assert.doesNotMatch(messageOf(parseTimestamp(NOW / 1000 + 2 * DAY, PRESENT)), seconds);
  });

  it('refuses the year 2100 also while the clock is not set, and takes the last moment before', () => {
    const whileUnset = { now: 0, latest: Infinity };
    const year2100 = Date.UTC(2100);
    assert.equal(valueOf(parseTimestamp(year2100 - 1, whileUnset)), year2100 - 1);
    assert.match(messageOf(parseTimestamp(year2100, whileUnset)), /is after the year 2099/);
  });

  it("refuses what is more than a day ahead of this machine's clock, and says what that is", () => {
    for (const value of [NOW + DAY + 1, NOW * 1000, Number.MAX_VALUE, '9999-12-31', new Date(8.64e15)]) {
      const message = messageOf(parseTimestamp(value, PRESENT));
      assert.match(message, /is more than a day ahead of this machine's clock \(2026-05-01T12:00:00.000Z\)$/);
    }
  });

  it('tells what a clock that is behind may have taken for late from what no clock makes right', () => {
    for (const value of [NOW + DAY + 1, Date.UTC(2100) - 1])
      assert.equal(failureOf(parseTimestamp(value, PRESENT)).kind, 'ahead');
    for (const value of [Date.UTC(2100), NOW * 1000, 0, 'now'])
      assert.equal(failureOf(parseTimestamp(value, PRESENT)).kind, 'invalid');
  });

  it("takes this machine's time where a message has none", () => {
    for (const nothing of [undefined, null]) assert.equal(valueOf(timestampOfMessage(nothing, PRESENT)), NOW);
    assert.equal(valueOf(timestampOfMessage(NOW - 1, PRESENT)), NOW - 1);
    assert.match(messageOf(timestampOfMessage('', PRESENT)), /^msg\.timestamp "" is not a time/);
    assert.match(messageOf(timestampOfMessage(false, PRESENT)), /^msg\.timestamp false is not a time/);
    assert.match(messageOf(timestampOfMessage(0, PRESENT)), /^msg\.timestamp 0 is before the year 2000/);
  });

  it("does not take this machine's time while its clock is not set, and says so", () => {
    assert.match(
      messageOf(timestampOfMessage(undefined, presentAt(60_000))),
      /^This machine's clock is not set \(1970-01-01T00:01/,
    );
    assert.match(
      messageOf(timestampOfMessage(NOW, presentAt(60_000))),
      /more than a day ahead of this machine's clock \(1970/,
    );
  });

  it('takes any time of a message where the clock cannot tell how late it is', () => {
    const present = { now: YEAR_2000 + DAY, latest: Infinity };
    assert.equal(valueOf(timestampOfMessage(NOW, present)), NOW);
  });

  it('takes no microseconds or nanoseconds for milliseconds even then', () => {
    const present = { now: YEAR_2000 + DAY, latest: Infinity };
    for (const value of [NOW * 1e3, NOW * 1e6, Number.MAX_VALUE, '9999-12-31', new Date(8.64e15)])
      assert.match(messageOf(timestampOfMessage(value, present)), /milliseconds since 1970 are needed$/);
  });

  it('reads what it writes: ISO text of any time with any offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: YEAR_2000, max: NOW + DAY }),
        fc.integer({ min: -1439, max: 1439 }),
        fc.constantFrom(':', ''),
        (timestamp, minutes, separator) => {
          const local = new Date(timestamp + minutes * MINUTE).toISOString().slice(0, -1);
          const [hour, minute] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
          const parts = [hour, minute].map((part) => String(part).padStart(2, '0'));
          const text = `${local}${minutes < 0 ? '-' : '+'}${parts.join(separator)}`;
          assert.equal(valueOf(parseTimestamp(text, PRESENT)), timestamp);
        },
      ),
    );
  });

  it('reads any number in range as it is', () => {
    fc.assert(
      fc.property(fc.double({ min: YEAR_2000, max: NOW + DAY, noNaN: true }), (timestamp) => {
        assert.equal(valueOf(parseTimestamp(timestamp, PRESENT)), timestamp);
      }),
    );
  });

  it('agrees with the platform on the calendar', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2000, max: 2025 }),
        digits(14),
        digits(33),
        digits(25),
        (year, month, day, hour) => {
          const text = `${year}-${month}-${day}T${hour}:00:00Z`;
          const platform = new Date(text);
          // The platform rolls 30 February over to March, where a reading has no such time. 24:00 ends a day.
          const lastHour = new Date(platform.getTime() - (hour === '24' ? 3_600_000 : 0));
          const shown = text.slice(0, 11) + (hour === '24' ? '23' : hour);
          const exists = !Number.isNaN(lastHour.getTime()) && lastHour.toISOString().startsWith(shown);
          const result = parseTimestamp(text, PRESENT);
          assert.equal(result.ok, exists, text);
          if (result.ok) assert.equal(result.value, platform.getTime());
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never throws and never accepts what is out of range', () => {
    const nearlyIso = fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
    const value = fc.oneof(
      fc.anything({ withDate: true, withBigInt: true }),
      fc.double(),
      fc.date({ noInvalidDate: false }),
      fc.stringMatching(/^[-\d+:.,TZ ]{0,30}$/),
      nearlyIso,
    );
    fc.assert(
      fc.property(value, (input) => {
        const result = parseTimestamp(input, PRESENT);
        if (result.ok) assert(result.value >= YEAR_2000 && result.value <= NOW + DAY);
        else messageOf(result);
      }),
      { numRuns: 2000 },
    );
  });
});
