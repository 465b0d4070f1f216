import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Formats } from '../../src/page/formats';

const english = new Formats('en-US');
const german = new Formats('de-DE');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Some engines write a narrow space here, and a wide one there. */
const spaced = (text: string) => text.replace(/\s/g, ' ');

describe('Numbers and times of the page', () => {
  it('follow the language', () => {
    assert.equal(english.number(1013.25), '1,013.3');
    assert.equal(german.number(1013.25), '1.013,3');
    assert.equal(german.quantity(-2.5, '°C'), '-2,5\u00a0°C');
    assert.equal(english.quantity(3, undefined), '3');
  });

  for (const [value, expected] of [
    [0, '0'],
    [-0, '0'],
    [21.456789, '21.457'],
    [0.123456789, '0.12346'],
    [101325, '101,325'],
    [123456.789, '123,457'],
    [0.00001234, '1.234E-5'],
    [-1.7976931348623157e308, '-1.7977E308'],
  ] as const) {
    it(`write ${value} as ${expected}`, () => assert.equal(english.number(value), expected));
  }

  for (const [milliseconds, expected] of [
    [-HOUR, 'now'],
    [9 * SECOND, 'now'],
    [59 * SECOND, '50 seconds ago'],
    [3 * MINUTE + 50 * SECOND, '3 minutes ago'],
    [HOUR - 1, '59 minutes ago'],
    [47 * HOUR, '47 hours ago'],
    [48 * HOUR, '2 days ago'],
    [59 * DAY, '59 days ago'],
    [90 * DAY, '3 months ago'],
    [800 * DAY, '2 years ago'],
  ] as const) {
    it(`write an age of ${milliseconds} ms as ${expected}`, () => {
      assert.equal(english.age(milliseconds), expected);
    });
  }

  it('tell ages and lengths of time in other languages', () => {
    assert.equal(german.age(3 * MINUTE), 'vor 3 Minuten');
    assert.equal(german.duration(DAY), '24 Stunden');
    assert.equal(english.duration(365 * DAY), '365 days');
    assert.equal(english.duration(90 * SECOND), '2 minutes');
    assert.equal(english.duration(SECOND), '1 second');
  });

  it('tell sizes as file managers do', () => {
    assert.equal(english.bytes(2 * 2 ** 30), '2 GB');
    assert.equal(english.bytes(1536), '1.5 kB');
    assert.equal(english.bytes(0), '0 byte');
  });

  it('get as many digits along an axis as their distance needs', () => {
    assert.deepEqual(english.axisNumbers([45, 47.5, 50], 2.5), ['45.0', '47.5', '50.0']);
    assert.deepEqual(english.axisNumbers([0, 100], 100), ['0', '100']);
    assert.deepEqual(english.axisNumbers([0, 200_000], 200_000), ['0', '200K']);
    assert.deepEqual(english.axisNumbers([101_320, 101_325], 5), ['101,320', '101,325']);
    assert.deepEqual(german.axisNumbers([12_345_600, 12_345_700], 100), ['1,23456E7', '1,23457E7']);
    assert.deepEqual(english.axisNumbers([-0, 1], 1), ['0', '1']);
    const steps = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.constantFrom(1, 2, 2.5, 5));
    fc.assert(
      fc.property(steps, fc.integer({ min: -1_000_000, max: 1_000_000 }), ([power, mantissa], first) => {
        const step = Number(`${mantissa}e${power}`);
        const labels = english.axisNumbers([first * step, (first + 1) * step, (first + 2) * step], step);
        assert.equal(new Set(labels).size, 3, labels.join(' '));
      }),
    );
  });

  it('name the day below the time where it begins, and the year below a day', () => {
    const midnight = new Date(2026, 4, 2).getTime();
    assert.deepEqual(german.ticks([midnight - 6 * HOUR, midnight, midnight + 6 * HOUR], 6 * HOUR), [
      '18:00\n1. Mai',
      '00:00\n2. Mai',
      '06:00',
    ]);
    assert.deepEqual(english.ticks([midnight, midnight + 7 * DAY], 7 * DAY), ['May 2\n2026', 'May 9']);
    assert.deepEqual(english.ticks([midnight], 365 * DAY), ['2026']);
  });

  it('leave out the hours of a long range', () => {
    const to = new Date(2026, 4, 2).getTime();
    assert.match(english.range({ from: to - 365 * DAY, to }), /^May 2, 2025\s–\sMay 2, 2026$/);
    assert.match(english.range({ from: to - HOUR, to }), /11:00\sPM/);
  });

  it('write Japanese times with a colon below pictures, along axes and in ranges', () => {
    const japanese = new Formats('ja');
    const night = new Date(2026, 10, 30, 2, 25).getTime();
    const hour = { from: night, to: night + HOUR };
    assert.deepEqual(
      [
        japanese.shortTime(night),
        japanese.ticks([night], MINUTE),
        japanese.clockRange(hour),
        japanese.range(hour),
      ],
      ['11月30日 2:25', ['2:25\n11月30日'], '2:25～3:25', '2026/11/30 2:25～3:25'],
    );
    assert.equal(japanese.clockRange({ from: night, to: night + DAY }), '2026/11/30 2:25～2026/12/1 2:25');
  });

  for (const locale of [
    'en-US',
    'en-GB',
    'de',
    'es-ES',
    'fr',
    'fr-CA',
    'it',
    'ja',
    'ko',
    'pt-BR',
    'ru',
    'zh-CN',
    'zh-TW',
  ]) {
    it(`write the time of day of every caption as along an axis (${locale})`, () => {
      const formats = new Formats(locale);
      // In the night, where some languages write a zero before the hour.
      const night = new Date(2026, 10, 30, 2, 25, 7, 50).getTime();
      // Without AM or PM, of which a range has one for both.
      const digitsOf = (time: number, step: number) =>
        /\d.*\d/.exec(formats.ticks([time], step)[0]?.split('\n')[0] ?? '')?.[0] ?? 'no digits';
      const captions = (end: number) =>
        [
          [formats.shortTime(night), MINUTE],
          [formats.time(night), SECOND],
          [formats.clockRange({ from: night, to: end }), MINUTE],
          [formats.range({ from: night, to: end }), end - night < 10 * MINUTE ? SECOND : MINUTE],
        ] as const;
      for (const end of [night, night + MINUTE, night + HOUR, night + DAY])
        for (const [caption, step] of captions(end)) {
          const digits = digitsOf(night, step);
          // A digit before it would be that of another hour.
          assert(new RegExp(`(?<!\\d)${digits}(?!\\d)`).test(caption), `${caption} beside ${digits}`);
        }
      const [minutes = ''] = formats.ticks([night], MINUTE);
      const [clock = ''] = minutes.split('\n');
      assert.match(clock, /2.*25/);
      assert(formats.shortTime(night).includes(clock), `${formats.shortTime(night)} beside ${clock}`);
      const [seconds = ''] = formats.ticks([night], SECOND);
      const [precise = ''] = formats.ticks([night], 10);
      const second = seconds.split('\n')[0] ?? '';
      const expected = second.replace(
        /07/,
        (digits) => `${digits}${new Intl.NumberFormat(locale).format(0.5).charAt(1)}050`,
      );
      assert.equal(spaced(precise.split('\n')[0] ?? ''), spaced(expected));
    });
  }
});
