/** How numbers, times and sizes are written in a person's language and time zone. */
import { DAY_MS, HOUR_MS, type TimeRange } from './range';

/** Further digits are rounding noise; the download has them all. */
const SIGNIFICANT_DIGITS = 5;

/** Smaller and larger numbers are written with a power of ten. */
const SMALLEST_PLAIN = 1e-4;
const LARGEST_PLAIN = 1e15;

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const MONTH_MS = 30 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;

/** Ages by their length: below `limitMs` they are shown in `unit`, rounded down to `stepMs`. */
const AGES = [
  { limitMs: 10 * SECOND_MS, unit: 'second', unitMs: SECOND_MS, stepMs: 10 * SECOND_MS },
  { limitMs: MINUTE_MS, unit: 'second', unitMs: SECOND_MS, stepMs: 10 * SECOND_MS },
  { limitMs: HOUR_MS, unit: 'minute', unitMs: MINUTE_MS, stepMs: MINUTE_MS },
  { limitMs: 2 * DAY_MS, unit: 'hour', unitMs: HOUR_MS, stepMs: HOUR_MS },
  { limitMs: 2 * MONTH_MS, unit: 'day', unitMs: DAY_MS, stepMs: DAY_MS },
  { limitMs: 2 * YEAR_MS, unit: 'month', unitMs: MONTH_MS, stepMs: MONTH_MS },
  { limitMs: Infinity, unit: 'year', unitMs: YEAR_MS, stepMs: YEAR_MS },
] as const;

interface TickStyle {
  readonly limitMs: number;
  readonly tick: Intl.DateTimeFormatOptions;
  readonly below?: Intl.DateTimeFormatOptions;
  /** Whether the seconds have three digits more. */
  readonly hasFraction?: boolean;
}

const YEAR_TICKS: TickStyle = { limitMs: Infinity, tick: { year: 'numeric' } };

/** Labels of ticks by their distance: the line at each tick, and the line below it where that changes. */
const TICKS: readonly TickStyle[] = [
  {
    limitMs: SECOND_MS,
    tick: { timeStyle: 'medium' },
    hasFraction: true,
    below: { day: 'numeric', month: 'short' },
  },
  {
    limitMs: MINUTE_MS,
    tick: { timeStyle: 'medium' },
    below: { day: 'numeric', month: 'short' },
  },
  {
    limitMs: DAY_MS,
    tick: { timeStyle: 'short' },
    below: { day: 'numeric', month: 'short' },
  },
  { limitMs: 28 * DAY_MS, tick: { day: 'numeric', month: 'short' }, below: { year: 'numeric' } },
  { limitMs: 365 * DAY_MS, tick: { month: 'short' }, below: { year: 'numeric' } },
  YEAR_TICKS,
];

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export class Formats {
  readonly #locale: string;
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #dates = new Map<string, Intl.DateTimeFormat>();
  readonly #ages: Intl.RelativeTimeFormat;

  /** @param locale a language tag that `Intl` takes */
  constructor(locale: string) {
    this.#locale = locale;
    this.#ages = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  }

  number(value: number): string {
    const size = Math.abs(value);
    if (size >= LARGEST_PLAIN || (size > 0 && size < SMALLEST_PLAIN)) {
      return this.#number({ notation: 'scientific', maximumSignificantDigits: SIGNIFICANT_DIGITS }).format(
        value,
      );
    }
    const whole = size < 1 ? 0 : Math.floor(Math.log10(size)) + 1;
    return this.#number({ maximumFractionDigits: Math.max(SIGNIFICANT_DIGITS - whole, 0) }).format(value);
  }

  /** A number of a field, as in `21.5 °C`, with a space that does not break. */
  quantity(value: number, unit: string | undefined): string {
    return unit ? `${this.number(value)}\u00a0${unit}` : this.number(value);
  }

  /** Numbers along an axis, with as many digits as their distance needs. */
  axisNumbers(values: readonly number[], step: number): string[] {
    const options = axisOptions(Math.max(...values.map(Math.abs)), step);
    return values.map((value) => this.#number(options).format(value));
  }

  /** How long ago something was, as in `3 minutes ago`; a time in the future, by a clock that differs, is now. */
  age(milliseconds: number): string {
    const past = Math.max(milliseconds, 0);
    const { unit, unitMs, stepMs } = AGES.find(({ limitMs }) => past < limitMs) ?? AGES[0];
    const steps = Math.floor(past / stepMs) * stepMs;
    return this.#ages.format(-Math.floor(steps / unitMs), unit);
  }

  /** A duration in its largest unit, as in `12 minutes` or `365 days`. */
  duration(milliseconds: number): string {
    const [unit, unitMs] =
      milliseconds >= 2 * DAY_MS
        ? (['day', DAY_MS] as const)
        : milliseconds >= HOUR_MS
          ? (['hour', HOUR_MS] as const)
          : milliseconds >= MINUTE_MS
            ? (['minute', MINUTE_MS] as const)
            : (['second', SECOND_MS] as const);
    const options = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const;
    return this.#number(options).format(Math.round(milliseconds / unitMs));
  }

  /** A size as file managers show it, in steps of 1024. */
  bytes(bytes: number): string {
    const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), BYTE_UNITS.length - 1);
    const unit = BYTE_UNITS[power] ?? 'byte';
    const value = bytes / 1024 ** power;
    const options = {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumFractionDigits: value < 10 ? 1 : 0,
    } as const;
    return this.#number(options).format(value);
  }

  /** A time to the second. */
  time(timestamp: number): string {
    return this.#date({ dateStyle: 'medium', timeStyle: 'medium' }).format(timestamp);
  }

  /** A time to the minute, without the year. */
  shortTime(timestamp: number): string {
    const options = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
    const parts = this.#date(options).formatToParts(timestamp);
    // With a month beside it, some languages write the hour otherwise than along an axis: 2:25 and not 02:25.
    const first = parts.findIndex(isOfClock);
    const last = parts.findLastIndex(isOfClock);
    const clock = this.#date({ timeStyle: 'short' }).format(timestamp);
    return textOf([...parts.slice(0, first), { value: clock }, ...parts.slice(last + 1)]);
  }

  /** A range of time; with hours only where they matter. */
  range({ from, to }: TimeRange): string {
    const options: Intl.DateTimeFormatOptions =
      to - from > 3 * MONTH_MS
        ? { dateStyle: 'medium' }
        : { dateStyle: 'medium', timeStyle: to - from < 10 * MINUTE_MS ? 'medium' : 'short' };
    return this.#rangeOf(options, { from, to });
  }

  /** A range of time by the clock, with the days where there are two. */
  clockRange(range: TimeRange): string {
    return this.#rangeOf({ timeStyle: 'short' }, range);
  }

  /**
   * Labels of ticks, of one line or two.
   * @param step their distance in milliseconds
   */
  ticks(times: readonly number[], step: number): string[] {
    const style = TICKS.find(({ limitMs }) => step < limitMs) ?? YEAR_TICKS;
    let above = '';
    return times.map((time) => {
      const tick = style.hasFraction ? this.#precise(time) : this.#date(style.tick).format(time);
      const below = style.below ? this.#date(style.below).format(time) : '';
      const label = below === above ? tick : `${tick}\n${below}`;
      above = below;
      return label;
    });
  }

  /** A time of day to the millisecond. */
  #precise(timestamp: number): string {
    const point = this.#number({ minimumFractionDigits: 1 }).formatToParts(0.5)[1]?.value ?? '.';
    const fraction = String(Math.floor(timestamp) % 1000).padStart(3, '0');
    const parts = this.#date({ timeStyle: 'medium' }).formatToParts(timestamp);
    return textOf(
      parts.map(({ type, value }) => ({
        value: type === 'second' ? `${value}${point}${fraction}` : value,
      })),
    );
  }

  #rangeOf(options: Intl.DateTimeFormatOptions, { from, to }: TimeRange): string {
    const format = this.#date(options);
    const written = format.formatRange(from, to);
    if (options.timeStyle === undefined) return written;
    const clock = this.#date({ timeStyle: options.timeStyle });
    // Within a day, some languages write these hours otherwise than along an axis: 2時25分 and not 2:25.
    if ([from, to].every((time) => written.includes(digitsOf(clock.formatToParts(time))))) return written;
    return format.format(from) + this.#dash() + clock.format(to);
  }

  /** What stands between the two ends of a range. */
  #dash(): string {
    const dates = this.#date({ dateStyle: 'short' }).formatRangeToParts(0, 2 * YEAR_MS);
    return textOf(dates.filter(({ source }) => source === 'shared'));
  }

  #number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const make = () => new Intl.NumberFormat(this.#locale, { ...options, signDisplay: 'negative' });
    return remembered(this.#numbers, options, make);
  }

  #date(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    return remembered(this.#dates, options, () => new Intl.DateTimeFormat(this.#locale, options));
  }
}

function isOfClock({ type }: Intl.DateTimeFormatPart): boolean {
  return type === 'hour' || type === 'minute' || type === 'dayPeriod';
}

/** A time of day from its first to its last digit, without AM or PM. */
function digitsOf(clock: readonly Intl.DateTimeFormatPart[]): string {
  return textOf(clock.slice(clock.findIndex(isDigits), clock.findLastIndex(isDigits) + 1));
}

function isDigits({ type }: Intl.DateTimeFormatPart): boolean {
  return type === 'hour' || type === 'minute' || type === 'second';
}

function textOf(parts: readonly { readonly value: string }[]): string {
  return parts.map(({ value }) => value).join('');
}

/** Numbers that need more digits than these along an axis are written short, provided that they still differ. */
const MOST_AXIS_DIGITS = 4;

/** Below this, a number with all of its digits fits beside an axis. */
const LARGEST_ON_AXIS = 1e7;

/** The format of numbers up to a size, such that two that are a step apart differ. */
function axisOptions(largest: number, step: number): Intl.NumberFormatOptions {
  const lastPlace = lastPlaceOf(step);
  const decimals = Math.min(Math.max(-lastPlace, 0), 20);
  const plain = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  if (largest < 1e5 && decimals <= MOST_AXIS_DIGITS) return plain;
  const digits = Math.min(Math.max(Math.floor(Math.log10(largest)) - lastPlace + 1, 1), 21);
  const isShort = digits <= MOST_AXIS_DIGITS;
  const isLong = largest >= LARGEST_ON_AXIS || decimals > MOST_AXIS_DIGITS + 1;
  if (!isShort && !isLong) return plain;
  const isPlainSize = largest < LARGEST_PLAIN && decimals <= MOST_AXIS_DIGITS;
  return { notation: isShort && isPlainSize ? 'compact' : 'scientific', maximumSignificantDigits: digits };
}

/** The power of ten of the last digit that a step has: -2 of 0.25, 1 of 20. */
function lastPlaceOf(step: number): number {
  const [digits = '', exponent = '0'] = step.toExponential().split('e');
  return Number(exponent) - digits.replace(/^\d\.?/, '').length;
}

/** Caches formatters: creating one takes a thousand times as long as using it. */
function remembered<Format>(cache: Map<string, Format>, options: object, make: () => Format): Format {
  const key = JSON.stringify(options);
  const found = cache.get(key) ?? make();
  cache.set(key, found);
  return found;
}
