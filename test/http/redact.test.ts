import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRedactor } from '../../src/http/redact';

const UUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';

/** Keys as services make them, and as users type them. */
const KEYS: readonly string[] = [
  UUID,
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyYXNwaSJ9.c2lnbmF0dXJl-_x',
  'a+b/c==d&e"f\\g<h>%41',
  '.*(^$)[a-z]{2}|?\\d+',
  'geheim-schlüssel-ß',
  'Aa1!Bb2@Cc3#',
  'aaaaaaaab',
];

/** How a program may spell a text, written down anew here. `isOdd` chooses between two ways of doing it. */
type Encode = (text: string, isOdd: boolean) => string;

const each = (text: string, write: (character: string) => string) => Array.from(text, write).join('');
const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const digits = (code: number, length: number, isOdd: boolean) => {
  const hex = code.toString(16).padStart(length, '0');
  return isOdd ? hex.toUpperCase() : hex;
};

const LAYERS: Readonly<Record<string, Encode>> = {
  percent: (text, isOdd) =>
    bytesOf(text)
      .map((byte) => `%${digits(byte, 2, isOdd)}`)
      .join(''),
  reserved: (text) => encodeURIComponent(text),
  json: (text, isOdd) => {
    const escaped = JSON.stringify(text).slice(1, -1);
    return isOdd ? escaped.replaceAll('/', '\\/') : escaped;
  },
  unicode: (text, isOdd) =>
    text
      .split('')
      .map((unit) => `\\u${digits(unit.charCodeAt(0), 4, isOdd)}`)
      .join(''),
  decimal: (text, isOdd) => each(text, (one) => `&#${isOdd ? '0' : ''}${one.codePointAt(0) ?? 0};`),
  hexadecimal: (text, isOdd) => each(text, (one) => `&#x${digits(one.codePointAt(0) ?? 0, 2, isOdd)};`),
  html: (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
};

/** Encodings of bytes, with other bytes before and after, which decide the alignment of base64. */
const BINARY: Readonly<Record<string, Encode>> = {
  hex: (text, isOdd) =>
    bytesOf(text)
      .map((byte) => digits(byte, 2, isOdd))
      .join(''),
  base64: (text, isOdd) => {
    const base64 = btoa(String.fromCharCode(...bytesOf(text)));
    return isOdd ? base64 : base64.replace(/=+$/, '');
  },
  base64url: (text) =>
    btoa(String.fromCharCode(...bytesOf(text)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, ''),
};

interface Step {
  readonly encode: Encode;
  readonly isOdd: boolean;
  readonly before: string;
  readonly after: string;
}

const around = fc.constantFrom('', 'u:', 'user:', 'Bearer ', '{"token":"', 'ab');
const steps = (encoders: Readonly<Record<string, Encode>>, maxLength: number) =>
  fc.array(
    fc.record({
      encode: fc.constantFrom(...Object.values(encoders)),
      isOdd: fc.boolean(),
      before: around,
      after: fc.constantFrom('', '"}', ' x', '&b'),
    }),
    { maxLength },
  );

/** A text that a chain of programs makes of one part of another; `before` of what comes before it alone. */
function spell(key: string, chain: readonly Step[]): { readonly text: string; readonly before: string } {
  let [text, before] = [key, ''];
  for (const step of chain) {
    before = step.encode(step.before + before, step.isOdd);
    text = step.encode(step.before + text + step.after, step.isOdd);
  }
  return { text, before };
}

/** What a chain of programs makes of the key's first characters after the same begin: the most that may be left. */
const mostLeft = (key: string, chain: readonly Step[]) =>
  spell(
    key.slice(0, 3),
    chain.map((step) => ({ ...step, after: '' })),
  ).text.length;
const mostRight = (key: string, chain: readonly Step[]) =>
  spell(
    key.slice(-3),
    chain.map((step) => ({ ...step, before: '' })),
  ).text.length;

const broken = (text: string, every: number) =>
  every === 0 ? text : text.replaceAll(new RegExp(`(.{${every}})`, 'gsu'), '$1\r\n ');

const unbroken = (text: string) => text.replaceAll('\r\n ', '');

describe('Redaction', () => {
  it('finds a key in whatever a chain of programs makes of it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KEYS),
        fc.option(fc.constantFrom('reserved', 'json'), { nil: undefined }),
        steps(BINARY, 2),
        steps(LAYERS, 3),
        fc.constantFrom(0, 0, 3, 20),
        (key, inner, binary, layers, every) => {
          const first = inner === undefined ? key : (LAYERS[inner]?.(key, false) ?? key);
          const chain = [...binary, ...layers];
          const spelling = broken(spell(first, chain).text, every);
          const text = `{"error":"${spelling}"}`;
          const redacted = createRedactor([key]).redact(text);
          assert(redacted.includes('***'), text);
          const [left = '', ...others] = redacted.slice(10).split('***');
          const right = others.at(-1) ?? '';
          assert(unbroken(left).length <= mostLeft(first, chain), `${text} became ${redacted}`);
          const padding = spell('====', layers).text.length;
          assert(
            unbroken(right).length - 2 <= mostRight(first, chain) + padding,
            `${text} became ${redacted}`,
          );
        },
      ),
      { numRuns: 1500 },
    );
  });

  const examples: readonly (readonly [string, string, string])[] = [
    ['as it is', `a ${UUID} b`, 'a *** b'],
    ['in capitals', UUID.toUpperCase(), '***'],
    ['twice', `${UUID} ${UUID}`, '*** ***'],
    ['percent-encoded twice', `?k=%2533%2566${UUID.slice(2)}&x=1`, '?k=***&x=1'],
    ['in JSON in JSON in JSON', `"\\\\\\\\u0033${UUID.slice(1)}"`, '"***"'],
    ['broken by a line break', `x ${UUID.slice(0, 9)}\n${UUID.slice(9)} y`, 'x *** y'],
    ['broken by an escaped line break', `"${UUID.slice(0, 9)}\\r\\n${UUID.slice(9)}"`, '"***"'],
    ['broken by what is not seen', `${UUID.slice(0, 9)}\u200b${UUID.slice(9)}`, '***'],
    ['with named entities', UUID.replaceAll('-', '&hyphen;'), '***'],
    ['with %u', `%u0033${UUID.slice(1)}`, '***'],
  ];
  for (const [how, text, expected] of examples)
    it(`takes a key out that is there ${how}`, () =>
      assert.equal(createRedactor([UUID]).redact(text), expected));

  it('takes out the user and the password of Basic, together and each', () => {
    const both = Buffer.from('kitchen:open sesame').toString('base64');
    const { redact } = createRedactor([both, 'open sesame', 'kitchen']);
    assert.equal(
      redact(`Basic ${both}: kitchen / open sesame, kitchen:open%20sesame, open\nsesame`),
      'Basic ***: *** / ***, ***:***, ***',
    );
  });

  it('leaves what is no secret as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { redact } = createRedactor([UUID]);
        assert.equal(redact(text), text);
      }),
    );
    const { redact, redactExcerpt } = createRedactor([UUID]);
    for (const text of [
      UUID.slice(1),
      `${UUID.slice(0, -1)}x`,
      `{"id":"${UUID.slice(0, 20)}"}`,
      '%',
      '\\',
      '&amp',
    ])
      assert.equal(redact(text), text);
    assert.equal(redactExcerpt(`a ${UUID.slice(0, 20)}x b`), `a ${UUID.slice(0, 20)}x b`);
  });

  it('leaves texts of fewer than four characters, which would take out ordinary words', () => {
    const { redact } = createRedactor(['abc', '', 'abcd']);
    assert.equal(redact('abc abcd'), 'abc ***');
  });

  it('takes the begin of a key out of an excerpt that was cut off in it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KEYS),
        steps(LAYERS, 2),
        fc.constantFrom('', '...', '…', '"}', ' ...', '... and so on'),
        fc.nat(),
        (key, layers, end, place) => {
          const text = `was: ${spell(key, layers).text}`;
          const cut = text.slice(0, place % (text.length + 1)) + end;
          const redacted = createRedactor([key]).redactExcerpt(cut);
          const plain = decodeAll(redacted);
          assert(!plain.includes(key.slice(0, 4)), `${cut} became ${redacted}`);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('takes time that grows as the text does', () => {
    const key = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab';
    const { redact, redactExcerpt } = createRedactor([key, UUID]);
    const hostile = ['\\', '%', '&', '%25', '&#', 'a', '%61', ' ', UUID.slice(0, -1), '\\u0061', 'YWFh', key];
    const slow: string[] = [];
    for (const piece of hostile) {
      const cost = (length: number) =>
        costOf(() => redactExcerpt(redact(piece.repeat(length / piece.length))));
      const [short, long] = [cost(25_000), cost(500_000)];
      if (long > 500 && long > 100 * short) slow.push(`${piece}: ${short} ms, ${long} ms`);
    }
    assert.deepEqual(slow, []);
  });
});

/** Milliseconds of this process, whatever else the machine does. */
function costOf(act: () => unknown): number {
  const begin = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/** All layers of a text undone, as often as there are any. */
function decodeAll(text: string): string {
  let [now, before] = [text, ''];
  for (let count = 0; count < 8 && now !== before; count += 1) {
    before = now;
    now = now
      .replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/\\+u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
      .replaceAll(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replaceAll(/\\(.)/g, '$1');
  }
  return now;
}
