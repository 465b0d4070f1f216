/** Moments, and the ways in which dates are written. */
import * as fc from 'fast-check';

const MINUTE = 60_000;
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A moment, and how a clock there is ahead of UTC, in minutes. */
export interface Moment {
  readonly timestamp: number;
  readonly minutes: number;
}

/** The parts that a clock shows, read from ISO text and not from the calendar functions that are tested. */
export interface Shown {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly time: string;
  readonly offset: string;
  readonly name: string;
  readonly weekday: string;
}

export function two(number: number): string {
  return String(Math.trunc(number)).padStart(2, '0');
}

export function shownAt({ timestamp, minutes }: Moment): Shown {
  const text = new Date(timestamp + minutes * MINUTE).toISOString();
  const size = Math.abs(minutes);
  return {
    year: text.slice(0, 4),
    month: text.slice(5, 7),
    day: text.slice(8, 10),
    time: text.slice(11, 23),
    offset: `${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`,
    name: MONTHS[Number(text.slice(5, 7)) - 1] ?? '',
    // 1970-01-01 was a Thursday.
    weekday: WEEKDAYS[(Math.floor((timestamp + minutes * MINUTE) / 86_400_000) + 4) % 7] ?? '',
  };
}

/** Ways to write a moment with its offset, each of which JavaScript's Date reads too. */
export const DATE_FORMS: readonly ((shown: Shown) => string)[] = [
  ({ year, month, day, time, offset }) => `${year}-${month}-${day}T${time}${offset}`,
  ({ year, month, day, time, offset }) => `${year}-${month}-${day} ${time} ${offset}`,
  ({ year, month, day, time, offset }) => `${month}/${day}/${year} ${time}${offset}`,
  ({ year, month, day, time, offset }) => `${Number(month)}/${Number(day)}/${year} ${time} ${offset}`,
  ({ year, month, day, time, offset }) => `${year}/${month}/${day} ${time} GMT${offset}`,
  ({ year, day, time, offset, name }) => `${day} ${name} ${year} ${time}${offset}`,
  ({ year, day, time, offset, name, weekday }) => `${weekday}, ${day} ${name} ${year} ${time} ${offset}`,
  ({ year, day, time, offset, name, weekday }) =>
    `${weekday} ${name} ${day} ${year} ${time} GMT${offset.replace(':', '')} (Somewhere Standard Time)`,
];

export const MOMENTS: fc.Arbitrary<Moment> = fc.record({
  timestamp: fc.integer({ min: Date.UTC(2000, 0, 2), max: Date.UTC(2099, 11, 30) }),
  minutes: fc.integer({ min: -1439, max: 1439 }),
});
