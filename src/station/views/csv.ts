/** CSV (RFC 4180) of which no spreadsheet takes a cell for a formula, however it splits it into cells. */

/** What somebody may have a spreadsheet separate cells and rows by: a quoted cell is no longer one then. */
const SEPARATORS = new Set(Array.from(',;|\t\r\n\v\f\u0085\u2028\u2029'));

/** Not seen at the begin of a cell, and dropped by some programs: controls, spaces, marks and what has no width. */
const UNSEEN = /^[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]$/u;

/** Delimiters of texts, which are none of the text; also the apostrophe of a guard. */
const QUOTES = new Set(Array.from('"\''));

/** What a formula may begin with; the last is the minus sign of mathematics. */
const FORMULA_BEGINS = new Set(Array.from('=+-@\u2212'));

/** What has to stand between quotes in a cell. */
const SPECIAL = /[",;|\t\r\n]/;

/**
 * A value as a cell of CSV. In a text, an apostrophe comes before each character that a formula may begin with, where a
 * cell may begin: that character is shown then, and nothing is computed. To have the text as it was, take one apostrophe
 * away from before each of them. Numbers stay numbers.
 */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = guard(value);
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function guard(text: string): string {
  let guarded = '';
  let isBegin = true;
  for (const character of text) {
    if (isBegin && beginsFormula(character)) guarded += "'";
    guarded += character;
    isBegin = SEPARATORS.has(character) || (isBegin && (QUOTES.has(character) || UNSEEN.test(character)));
  }
  return guarded;
}

/** Whether a formula may begin with it or with what it is a form of: some programs take full-width signs for signs. */
function beginsFormula(character: string): boolean {
  return FORMULA_BEGINS.has(character.normalize('NFKC').charAt(0));
}
