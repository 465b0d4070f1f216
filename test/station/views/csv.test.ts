import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { csvCell } from '../../../src/station/views/csv';

/** What begins a formula in some program: the characters themselves, and what East Asian ones take for them. */
const TRIGGERS = Array.from('=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−');

/** Separators that spreadsheets offer, and what begins a row. */
const SEPARATORS = Array.from(',;|\t\r\n');

/** What some program drops, or shows as nothing, at the begin of a cell. */
const UNSEEN = Array.from(
  '\0\u0001\b\u001b\u007f\u0085\u00a0\u00ad\u034f\u115f\u180e\u200b\u200d\u2028\u202e\u2060\u3000\ufe0f\ufeff \u{e0020}',
);

const PIECES = [...TRIGGERS, ...SEPARATORS, ...UNSEEN, '"', "'", 'a', '7', 'é', '😀', '.', '(', 'A1'];

const TEXTS = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

const isUnseen = (character: string) =>
  UNSEEN.includes(character) || /\s/.test(character) || character < ' ' || character === '"';

/** What a program sees first of a cell that has dropped all that is not seen; an apostrophe is seen. */
const firstOf = (cell: string) => Array.from(cell).find((character) => !isUnseen(character)) ?? '';

/** A cell of RFC 4180 as a strict reader has it. */
const readCell = (cell: string) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);

/** The text of a cell by the rule for people: one apostrophe less before each such character where a cell may begin. */
function unguard(text: string): string {
  let result = '';
  for (const part of text.split(/([,;|\t\r\n\v\f\u0085\u2028\u2029])/)) {
    const at = Array.from(part).findIndex((character) => !isBefore(character));
    const characters = Array.from(part);
    const isGuarded = at > 0 && characters[at - 1] === "'" && TRIGGERS.includes(characters[at] ?? '');
    result += isGuarded ? characters.toSpliced(at - 1, 1).join('') : part;
  }
  return result;
}

const isBefore = (character: string) => isUnseen(character) || character === "'";

describe('A cell of CSV', () => {
  it('begins with no formula, whichever separators split it further', () => {
    fc.assert(
      fc.property(TEXTS, fc.subarray(SEPARATORS), (text, separators) => {
        let cells = [csvCell(text)];
        for (const separator of separators) cells = cells.flatMap((cell) => cell.split(separator));
        for (const cell of cells) assert(!TRIGGERS.includes(firstOf(cell)), JSON.stringify(cell));
      }),
      { numRuns: 20_000 },
    );
  });

  it('holds the text as it was but for the apostrophes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        assert.equal(unguard(readCell(csvCell(text))), text);
      }),
      { numRuns: 20_000 },
    );
  });

  const cells: readonly (readonly [string | number | boolean, string])[] = [
    [-5.5, '-5.5'],
    [1e-7, '1e-7'],
    [true, 'true'],
    ['-5', "'-5"],
    ['a-b = c', 'a-b = c'],
    [' \0=1', " \0'=1"],
    [';"=1+1;', `";""'=1+1;"`],
    ['a\tb,＠c', `"a\tb,'＠c"`],
    ["'=1", "''=1"],
    ['on', 'on'],
    ['', ''],
  ];
  for (const [value, cell] of cells)
    it(`for ${JSON.stringify(value)} has ${JSON.stringify(cell)}`, () => assert.equal(csvCell(value), cell));
});
