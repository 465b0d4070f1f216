/**
 * Dates as text: ISO 8601, RFC 1123 and RFC 5322 as `toUTCString` writes them, `toString`, the output of Unix `date`, and
 * the forms with slashes and month names that JavaScript's Date reads.
 *
 * `Date.parse` itself is not used: beside these forms it reads almost any text with a number in it, reads 30 February as
 * 2 March, and reads whatever has no offset in this machine's time zone.
 */

/** What a date says, before anybody decides what is left open. */
export interface DateText {
  /** The date and time that are written, as if they were UTC, in milliseconds; a day alone is its beginning. */
  readonly written: number;
  /** How far the written time is ahead of UTC, in milliseconds; undefined where the text does not say. */
  readonly offset: number | undefined;
  readonly hasTimeOfDay: boolean;
  /** Whether month and day are two numbers with slashes: read as Date does, though half of the world has the day first. */
  readonly isMonthFirst: boolean;
}

/** Longer texts are no dates: `Date.toString` with the longest names of time zones has some 80 characters. */
const LONGEST_TEXT = 100;

// Years start with 1000, because `Date.UTC` adds 1900 to a year below 100; two digits would leave the century open.
const YEAR = String.raw`(?<year>[1-9]\d{3})`;
const MONTH_NAME = String.raw`(?<monthName>[a-z]{3,9})\.?`;
const DAY = String.raw`(?<day>\d{1,2})`;
const WEEKDAY = String.raw`(?:(?<weekday>[a-z]{3,9}),? )?`;
const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?(?: ?(?<half>[ap]m))?`;
// No names of zones but those of UTC: CST is a time of America, of China and of Cuba.
const OFFSET = String.raw`(?<offset>Z|(?:GMT|UTC?)?[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?|GMT|UTC?)`;
const COMMENT = String.raw`(?: \([^()]{1,60}\))?`;
const REST = `(?:,? ${TIME}(?: ?${OFFSET}${COMMENT})?)?`;

const FORMS: readonly RegExp[] = [
  // 2018-03-23T12:26:00.996+02:00
  `${YEAR}-(?<month>\\d\\d)-(?<day>\\d\\d)(?:[T ]${TIME}(?: ?${OFFSET})?)?`,
  // 2018/03/23 12:26:00 +0200
  `${YEAR}/(?<month>\\d{1,2})/${DAY}${REST}`,
  // 03/23/2018 12:26:00.996+02:00
  `(?<monthFirst>\\d{1,2})/${DAY}/${YEAR}${REST}`,
  // Fri, 23 Mar 2018 12:26:00 GMT
  `${WEEKDAY}${DAY}[ -]${MONTH_NAME}[ -]${YEAR}${REST}`,
  // Fri Mar 23 2018 12:26:00 GMT+0200 (Central European Summer Time)
  `${WEEKDAY}${MONTH_NAME} ${DAY},? ${YEAR}${REST}`,
  // Fri Mar 23 12:26:00 UTC 2018
  `${WEEKDAY}${MONTH_NAME} ${DAY} ${TIME}(?: ${OFFSET})? ${YEAR}`,
].map((form) => new RegExp(`^${form}$`, 'i'));

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

type Parts = Readonly<Record<string, string | undefined>>;

/** Reads a date; undefined where the text is none, or is one that the calendar does not have. */
export function readDateText(text: string): DateText | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const parts = partsOf(text.trim().replaceAll(/\s+/g, ' '));
  if (!parts) return undefined;
  const day = dayOf(parts);
  const time = timeOf(parts);
  if (day === undefined || time === undefined) return undefined;
  return {
    written: day + time,
    offset: parts['offset'] === undefined ? undefined : offsetOf(parts['offset']),
    hasTimeOfDay: parts['hour'] !== undefined,
    isMonthFirst: parts['monthFirst'] !== undefined,
  };
}

function partsOf(text: string): Parts | undefined {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups) return groups;
  }
  return undefined;
}

/** The beginning of the day; undefined where there is no such day, or it is another day of the week. */
function dayOf({ year, month, monthFirst, monthName, day, weekday }: Parts): number | undefined {
  const index = monthName === undefined ? Number(month ?? monthFirst) - 1 : indexOfName(MONTHS, monthName);
  const date = new Date(Date.UTC(Number(year), index ?? Number.NaN, Number(day)));
  if (date.getUTCMonth() !== index || date.getUTCDate() !== Number(day)) return undefined;
  const isOtherDay = weekday !== undefined && indexOfName(WEEKDAYS, weekday) !== date.getUTCDay();
  return isOtherDay ? undefined : date.getTime();
}

/** The index of a name that is written out or cut to three letters, or four as in Sept and Tues. */
function indexOfName(names: readonly string[], written: string): number | undefined {
  const text = written.toLowerCase();
  const index = names.findIndex((name) => name === text || (text.length <= 4 && name.startsWith(text)));
  return index === -1 ? undefined : index;
}

/** The time of day in milliseconds; undefined where a day has no such time. The end of a day is 24:00 (ISO 8601). */
function timeOf({ hour, minute, second, fraction, half }: Parts): number | undefined {
  const [hours, minutes, seconds] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  if (minutes > 59 || seconds > 59) return undefined;
  if (half !== undefined && (hours < 1 || hours > 12)) return undefined;
  const inDay = half === undefined ? hours : (hours % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const time = ((inDay * 60 + minutes) * 60 + seconds) * 1000 + Number((fraction ?? '').padEnd(9, '0')) / 1e6;
  return time <= 86_400_000 ? time : undefined;
}

function offsetOf(text: string): number {
  const digits = text.replaceAll(/\D/g, '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (text.includes('-') ? -minutes : minutes) * 60_000;
}
