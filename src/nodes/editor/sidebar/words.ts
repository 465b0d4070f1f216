import type { Translate } from '../red';

/** Texts in the user's language, and numbers and times as that language writes them. */
export interface Words {
  /** A text of the sidebar's catalogue. */
  say(key: string, values?: Readonly<Record<string, string>>): string;
  count(value: number): string;
  /** The text `KEY.one` or `KEY.other` of the catalogue, as the language counts, with the count in it. */
  counted(key: string, count: number, values?: Readonly<Record<string, string>>): string;
  bytes(value: number): string;
  /** A time relative to another, both in milliseconds: "5 minutes ago", "in 12 seconds". */
  distance(time: number, now: number): string;
  /** A span in milliseconds: "3 hours". */
  span(ms: number): string;
  /** Date and time. */
  moment(time: number): string;
  /** The time of day, without seconds. */
  timeOfDay(time: number): string;
}

const UNITS = [
  ['year', 365.25 * 86_400_000],
  ['month', 30.44 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

const SMALLEST = ['second', 1000] as const;

/** @param language a tag such as en-US or zh-CN */
export function createWords(translate: Translate, language: string): Words {
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  const distances = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' });
  const timesOfDay = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
  const sizes = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'kilobyte',
    maximumFractionDigits: 1,
  });

  const say: Words['say'] = (key, values) => translate(`outbox-sidebar.${key}`, values);

  return {
    say,
    count: (value) => numbers.format(value),
    counted(key, count, values) {
      const form = plurals.select(count) === 'one' ? 'one' : 'other';
      return say(`${key}.${form}`, { ...values, count: numbers.format(count) });
    },
    bytes: (value) => sizes.format(value / 1000),
    distance(time, now) {
      const [unit, value] = inUnit(time - now);
      return distances.format(value, unit);
    },
    span(ms) {
      const [unit, value] = inUnit(ms);
      return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
    },
    moment: (time) => moments.format(time),
    timeOfDay: (time) => timesOfDay.format(time),
  };
}

/** A span in the largest unit of which it has at least one. */
function inUnit(ms: number): readonly [(typeof UNITS)[number][0] | 'second', number] {
  const [unit, length] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? SMALLEST;
  return [unit, Math.round(ms / length)];
}
