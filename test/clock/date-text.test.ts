import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readDateText } from '../../src/clock';
import { DATE_FORMS, MOMENTS, MONTHS, shownAt, two, WEEKDAYS } from './written-dates';

const LONG_MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'];

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function instantOf(text: string): number | undefined {
  const date = readDateText(text);
  return date?.offset === undefined ? undefined : date.written - date.offset;
}

describe('Dates as text', () => {
  it('give the moment that they were written from, in each form, as Date does', () => {
    const form = fc.constantFrom(...DATE_FORMS);
    fc.assert(
      fc.property(MOMENTS, form, (moment, write) => {
        const text = write(shownAt(moment));
        assert.equal(instantOf(text), moment.timestamp, text);
        assert.equal(Date.parse(text), moment.timestamp, text);
      }),
      { numRuns: 1000 },
    );
  });

  it('give what toUTCString and toString have written', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2099, 0) }), (seconds) => {
        const timestamp = Math.floor(seconds / 1000) * 1000;
        const date = new Date(timestamp);
        assert.equal(instantOf(date.toUTCString()), timestamp);
        assert.equal(instantOf(date.toString()), timestamp);
      }),
    );
  });

  const documented: readonly (readonly [string, string])[] = [
    ['04/23/2018 12:26:00.996+02:00', '2018-04-23T10:26:00.996Z'],
    ['23 Mar 2018 12:26:00.996+02:00', '2018-03-23T10:26:00.996Z'],
    ['2018-03-23T12:26:00.996 +0200', '2018-03-23T10:26:00.996Z'],
    ['Fri, 23 Mar 2018 12:26:00 GMT', '2018-03-23T12:26:00.000Z'],
    ['Friday, 23-March-2018 12:26 utc', '2018-03-23T12:26:00.000Z'],
    ['Fri Mar 23 12:26:00 UTC 2018', '2018-03-23T12:26:00.000Z'],
    ['3/23/2018, 12:26:00 PM Z', '2018-03-23T12:26:00.000Z'],
    ['3/23/2018 12:26 am +00', '2018-03-23T00:26:00.000Z'],
    ['Sept 3, 2018 1:02:03Z', '2018-09-03T01:02:03.000Z'],
    ['2018-03-23T24:00:00Z', '2018-03-24T00:00:00.000Z'],
  ];
  for (const [text, iso] of documented) {
    it(`reads ${text}`, () => assert.equal(instantOf(text), Date.parse(iso)));
  }

  it('have no offset where they name none, and a day alone has no time of day', () => {
    for (const text of ['2018-03-23', 'March 23 2018', '03/23/2018', '23 Mar 2018', '2018/3/23']) {
      const date = readDateText(text);
      assert.deepEqual(
        [date?.written, date?.offset, date?.hasTimeOfDay],
        [Date.UTC(2018, 2, 23), undefined, false],
      );
    }
    for (const text of ['2018-03-23T00:00', 'Mar 23 2018 00:00:00', '03/23/2018 12:00 AM']) {
      const date = readDateText(text);
      assert.deepEqual(
        [date?.written, date?.offset, date?.hasTimeOfDay],
        [Date.UTC(2018, 2, 23), undefined, true],
      );
    }
  });

  it('do not exist where the calendar has no such day, though Date reads some of these', () => {
    const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    const days = fc.record({
      year: fc.integer({ min: 2000, max: 2099 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 0, max: 33 }),
    });
    fc.assert(
      fc.property(days, ({ year, month, day }) => {
        const length = (lengths[month - 1] ?? 0) + (month === 2 && isLeap(year) ? 1 : 0);
        const exists = day >= 1 && day <= length;
        const name = MONTHS[month - 1] ?? '';
        for (const text of [
          `${year}-${two(month)}-${two(day)}T12:00:00Z`,
          `${two(month)}/${two(day)}/${year} 12:00:00 +0000`,
          `${day} ${name} ${year} 12:00:00 GMT`,
          `${name} ${day} ${year}`,
        ])
          assert.equal(readDateText(text) !== undefined, exists, text);
      }),
      { numRuns: 500 },
    );
    assert(!Number.isNaN(Date.parse('02/30/2018')));
  });

  it('do not exist on another day of the week', () => {
    assert.equal(readDateText('Sat, 23 Mar 2018 12:26:00 GMT'), undefined);
    assert.equal(readDateText('Sunday Mar 23 2018'), undefined);
  });

  const guesses: readonly string[] = [
    '',
    'now',
    '2018',
    '2018-03',
    '23/04/2018 12:26:00Z',
    '23 Mar 18 12:26:00 GMT',
    '03/23/18',
    'Fri, 23 Mar 2018 12:26:00 CST',
    'Fri, 23 Mar 2018 12:26:00 EST',
    '2018-03-23T12:26:00A',
    '2018-03-23T25:00:00Z',
    '2018-03-23T24:00:01Z',
    '2018-03-23T12:60:00Z',
    '2018-03-23T12:26:60Z',
    '3/23/2018 13:00 PM Z',
    '3/23/2018 0:10 AM Z',
    '2018-03-23T12:26:00+24:00',
    '2018-03-23T12:26:00 02:00',
    'Mars 23 2018',
    'M 23 2018',
    'sensor 23 Mar 2018 12:26:00Z',
    '23 Mar 2018 12:26:00Z or so',
    '+002018-03-23T12:26:00Z',
    `${' '.repeat(100)}2018-03-23`,
  ];
  for (const text of guesses) {
    it(`does not guess what ${JSON.stringify(text).slice(0, 40)} may mean`, () => {
      assert.equal(instantOf(text), undefined);
      assert.equal(readDateText(text)?.hasTimeOfDay ?? true, true);
    });
  }

  it('never get another time than Date gives them, wherever this machine is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...MONTHS,
        ...LONG_MONTHS,
        ...WEEKDAYS,
        'T',
        'Z',
        ' ',
        ',',
        ':',
        '/',
        '-',
        '+',
        'GMT',
        'UTC',
        'PM',
      ),
      fc.constantFrom('2018', '2024', '03', '23', '12', '12:26', '12:26:00', '+02:00', '-0530', '00', '7'),
    );
    const mutated = fc
      .tuple(MOMENTS, fc.constantFrom(...DATE_FORMS), fc.nat(40), piece)
      .map(([moment, write, at, text]) => {
        const written = write(shownAt(moment));
        return written.slice(0, at) + text + written.slice(at + text.length);
      });
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      mutated,
    );
    fc.assert(
      fc.property(text, (each) => {
        const instant = instantOf(each);
        if (instant === undefined) return;
        const byDate = Date.parse(each.trim());
        // What Date cannot read is written in ISO 8601 or RFC 5322 all the same; its fractions end at a millisecond.
        if (!Number.isNaN(byDate)) assert.equal(Math.floor(instant), byDate, each);
      }),
      { numRuns: 3000 },
    );
  });
});
