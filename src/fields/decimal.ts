/** Numbers in text: which texts are one, and what is wrong with those that only look like one. */

/** The most characters of a number in text: the largest double written out has 309 digits. */
const LONGEST_NUMBER = 400;

const DECIMAL = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** The finite number that a decimal text such as `21.5` or `-1e3` stands for, else `undefined`. */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.length <= LONGEST_NUMBER ? text.trim() : '';
  const number = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** The smallest double that has all its 53 bits (IEEE 754, 2 to the power of −1022). */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * The number that a decimal text stands for, where a double holds it: a whole number with all its digits, another one
 * rounded in its 16th digit or later, as by all who read JSON. `undefined` for a text such as `12345678901234567890`,
 * whose number would be another one.
 */
export function parseHeldDecimal(text: string): number | undefined {
  const number = parseDecimal(text);
  if (number === undefined) return undefined;
  const written = significandOf(text.trim());
  const held = significandOf(String(number));
  const isSame = written.digits === held.digits && written.exponent === held.exponent;
  const isRounded = written.exponent < 0 && Math.abs(number) >= SMALLEST_NORMAL;
  return isSame || isRounded ? number : undefined;
}

/** A decimal's digits without zeros around them, and the power of ten of the last digit. */
function significandOf(decimal: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = '', power = '0'] = decimal.toLowerCase().replace(/^[+-]/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const last = lastNonZero(all);
  if (last < 0) return { digits: '', exponent: 0 };
  const digits = all.slice(0, last + 1).replace(/^0+/, '');
  return { digits, exponent: Number(power) - fraction.length + all.length - 1 - last };
}

// No regular expression: one for zeros at the end takes quadratic time.
function lastNonZero(digits: string): number {
  let last = digits.length - 1;
  while (last >= 0 && digits[last] === '0') last -= 1;
  return last;
}

/** Units of what sensors measure, as they stand after a number. */
const UNITS: ReadonlySet<string> = new Set(
  (
    '% %rh ° °c ℃ °f ℉ °k deg degc degf c f k pa hpa kpa mpa bar mbar psi inhg mmhg v mv kv a ma µa w mw kw va kva var wh kwh mwh ' +
    'j kj mj hz khz mhz ghz ω ohm kω ppm ppb ppt lx lux lm db dba dbm m cm mm km µm in ft m/s km/h mph kn m² m³ m3 ' +
    'm³/h m3/h l ml l/h l/min g mg kg t µg/m³ μg/m³ ug/m³ µg/m3 μg/m3 ug/m3 mg/m³ mg/m3 s ms min h d bpm rpm mm/h ' +
    'µs/cm μs/cm us/cm µsv/h μsv/h usv/h bq/m³ bq/m3 w/m² w/m2'
  ).split(' '),
);

const LONGEST_UNIT = 8;

// "3A" may be a door; "21.5C" is a temperature.
const NEEDS_BLANK = /^[abd-eg-z]$/i;

/**
 * What to change in a text that is meant as a number, and is none, as in "a comma; numbers have a point"; `undefined`
 * for every other text.
 */
export function adviseOnNumber(text: string): string | undefined {
  const trimmed = text.length <= LONGEST_NUMBER ? text.trim() : '';
  return adviseOnUnit(trimmed) ?? adviseOnSigns(trimmed);
}

function adviseOnUnit(trimmed: string): string | undefined {
  const unit = unitOf(trimmed);
  const rest = trimmed.slice(0, trimmed.length - unit.length).trim();
  const hasComma = rest.includes(',');
  if (parseDecimal(rest.replace(',', '.')) === undefined) return undefined;
  if (unit !== '' && hasComma) return 'a comma and a unit; numbers have a point, send the number alone';
  if (unit !== '') return 'a unit after the number; send the number alone';
  return hasComma ? 'a comma; numbers have a point' : undefined;
}

/** Digits in groups of three and a fraction, as people write them in many languages: without one it may be a version. */
const GROUPED = /^[+-]?\d{1,3}(?:(?:,\d{3})+\.|(?:\.\d{3})+,|(?:[ '’\u00a0\u202f]\d{3})+[.,])\d+$/;

/** What else people and programs put into a number, and how to do without it. */
const SIGNS: readonly {
  readonly sign: RegExp;
  readonly without: string;
  readonly advice: string;
}[] = [
  { sign: /^["'](.+)["']$/, without: '$1', advice: 'quotes around the number; send the number alone' },
  { sign: /^[−–](?=\d)/, without: '-', advice: 'a dash before the number; a minus is a hyphen' },
  {
    sign: /[\p{Cc}\p{Cf}]+/gu,
    without: '',
    advice: 'characters beside the number that nobody sees; send the number alone',
  },
];

function adviseOnSigns(trimmed: string): string | undefined {
  if (GROUPED.test(trimmed))
    return 'digits in groups; send them without signs between them, with a point before the fraction';
  return SIGNS.find(
    ({ sign, without }) =>
      trimmed.search(sign) >= 0 && parseDecimal(trimmed.replace(sign, without)) !== undefined,
  )?.advice;
}

/** The unit at the end of a text, such as °C; empty where there is none. */
function unitOf(text: string): string {
  for (let length = Math.min(LONGEST_UNIT, text.length - 1); length > 0; length -= 1) {
    const unit = text.slice(-length);
    if (UNITS.has(unit.toLowerCase()) && (!NEEDS_BLANK.test(unit) || text.at(-2) === ' ')) return unit;
  }
  return '';
}
