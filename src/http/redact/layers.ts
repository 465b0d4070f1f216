import { isBlank, NO_CHARACTER } from './canonical';

/** What is percent-encoded, escaped as in JSON or written as in HTML, decoded in layers, each with its places in the first. */

/** A text and the place of each of its code units in the first text. */
export interface Layer {
  readonly text: string;
  /** Where a code unit begins in the first text. */
  begin(index: number): number;
  /** Where it ends there. */
  end(index: number): number;
}

/** More of them than any chain of proxies and programs makes. */
const MOST_LAYERS = 5;

/** A text as it is, and decoded once, twice and so on, without blanks, as long as there is anything to decode. */
export function* layersOf(text: string): Generator<Layer> {
  const first: Layer = { text, begin: (index) => index, end: (index) => index + 1 };
  yield first;
  if (!ENCODED.test(text)) return;
  let layer: Layer | undefined = decode(rewrite(first, takeOne));
  for (let count = 1; layer && count < MOST_LAYERS; count += 1) {
    yield layer;
    layer = decode(layer);
  }
}

/** What anything that is decoded here begins with. */
const ENCODED = /[%\\&]/;

/** What stands for something else, and where it ends. */
interface Decoded {
  readonly value: string;
  readonly end: number;
}

/** The next layer; undefined where nothing is left to decode. */
function decode(layer: Layer): Layer | undefined {
  if (!ENCODED.test(layer.text)) return undefined;
  let isDecoded = false;
  const next = rewrite(layer, (text, index) => {
    const decoded = decodeAt(text, index);
    isDecoded ||= decoded !== undefined;
    return decoded ?? takeOne(text, index);
  });
  return isDecoded ? next : undefined;
}

function takeOne(text: string, index: number): Decoded {
  return { value: text.charAt(index), end: index + 1 };
}

/** A layer as `take` reads it from one end to the other, without blanks. */
function rewrite(layer: Layer, take: (text: string, index: number) => Decoded): Layer {
  const { text } = layer;
  // What is decoded is never longer than what it was decoded from.
  const units = new Uint16Array(text.length);
  const [begins, ends] = [new Int32Array(text.length), new Int32Array(text.length)];
  let length = 0;
  for (let index = 0; index < text.length;) {
    const { value, end } = take(text, index);
    for (let at = 0; at < value.length; at += 1) {
      const code = value.charCodeAt(at);
      if (isBlank(code)) continue;
      units[length] = code;
      begins[length] = layer.begin(index);
      ends[length] = layer.end(end - 1);
      length += 1;
    }
    index = end;
  }
  return {
    text: Buffer.from(units.buffer, 0, 2 * length).toString('utf16le'),
    begin: (index) => begins[index] ?? 0,
    end: (index) => ends[index] ?? 0,
  };
}

function decodeAt(text: string, index: number): Decoded | undefined {
  const character = text.charAt(index);
  if (character === '%') return decodePercent(text, index);
  if (character === '\\') return decodeEscape(text, index);
  return character === '&' ? decodeEntity(text, index) : undefined;
}

/** A character in percent-encoded UTF-8, or `%u` with four digits, as old scripts write it. */
function decodePercent(text: string, index: number): Decoded | undefined {
  if (/^u[\da-f]{4}$/i.test(text.slice(index + 1, index + 6))) return unit(text, index + 2, 4);
  const first = byteAt(text, index);
  if (first === undefined) return undefined;
  const count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  const bytes = Array.from({ length: count }, (_, at) => byteAt(text, index + 3 * at) ?? 0);
  const value = Buffer.from(bytes).toString();
  return value.includes(NO_CHARACTER)
    ? { value: NO_CHARACTER, end: index + 3 }
    : { value, end: index + 3 * count };
}

function byteAt(text: string, index: number): number | undefined {
  const digits = text.slice(index + 1, index + 3);
  return text.charAt(index) === '%' && /^[\da-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

/** Escapes that stand for what is left out when texts are compared. */
const BLANKS = 'bfnrtv0';

/** An escape of JSON or JavaScript, behind any number of backslashes: JSON within JSON doubles them. */
function decodeEscape(text: string, index: number): Decoded | undefined {
  let at = index;
  while (text.charAt(at) === '\\') at += 1;
  const character = text.charAt(at);
  // Backslashes at the end of the text count as one.
  if (character === '') return { value: '\\', end: at };
  const digits = character === 'u' ? 4 : character === 'x' ? 2 : 0;
  const hex = text.slice(at + 1, at + 1 + digits);
  if (digits === 0) return { value: BLANKS.includes(character) ? ' ' : character, end: at + 1 };
  // One that was cut off stays one, behind one backslash.
  const isWhole = hex.length === digits && /^[\da-f]+$/i.test(hex);
  return isWhole ? unit(text, at + 1, digits) : { value: `\\${character}`, end: at + 1 };
}

/** The code unit that hex digits stand for. */
function unit(text: string, begin: number, digits: number): Decoded {
  const end = begin + digits;
  return { value: String.fromCharCode(Number.parseInt(text.slice(begin, end), 16)), end };
}

const NUMBERED = /^&#(?:x(?<hex>[\da-f]{1,8})|(?<decimal>\d{1,8}));?/i;
const NAMED = /^&(?<name>[a-z]{2,8});/i;

/** As long as the longest entity that is known here. */
const LONGEST_ENTITY = 12;

function decodeEntity(text: string, index: number): Decoded | undefined {
  const entity = text.slice(index, index + LONGEST_ENTITY);
  const numbered = NUMBERED.exec(entity);
  if (numbered) {
    const { hex, decimal = '' } = numbered.groups ?? {};
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff
      ? { value: String.fromCodePoint(code), end: index + numbered[0].length }
      : undefined;
  }
  const named = NAMED.exec(entity);
  const value = ENTITIES.get(named?.groups?.['name']?.toLowerCase() ?? '');
  return named && value !== undefined ? { value, end: index + named[0].length } : undefined;
}

/** The named entities of HTML for characters of ASCII that may be in a key. */
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    apos: "'",
    ast: '*',
    bsol: '\\',
    colon: ':',
    comma: ',',
    commat: '@',
    dash: '-',
    dollar: '$',
    equals: '=',
    excl: '!',
    grave: '`',
    gt: '>',
    hat: '^',
    hyphen: '-',
    lbrace: '{',
    lbrack: '[',
    lcub: '{',
    lowbar: '_',
    lpar: '(',
    lsqb: '[',
    lt: '<',
    nbsp: ' ',
    newline: ' ',
    num: '#',
    percnt: '%',
    period: '.',
    plus: '+',
    quest: '?',
    quot: '"',
    rbrace: '}',
    rbrack: ']',
    rcub: '}',
    rpar: ')',
    rsqb: ']',
    semi: ';',
    sol: '/',
    tab: ' ',
    tilde: '~',
    vert: '|',
  }),
);
