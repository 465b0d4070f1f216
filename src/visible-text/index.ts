/**
 * Texts of others as people can read them: characters that nobody sees, or that turn the order of what follows round, are
 * shown by their numbers. Without that, a sensor could be called as another one, or a line of a log be read backwards.
 */

/** Control characters, halves of characters, line separators, what Unicode calls ignorable, and a blank that looks so. */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800\uFFF9-\uFFFB]/u;

/** White space of texts with several lines, which is seen. */
const WHITE_SPACE = new Set(['\t', '\n', '\r']);

/** They choose another drawing of the character before: an emoji, or a form of a Chinese character. */
const VARIATION = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;
const VARIED = /[\p{Emoji}\p{Script=Han}]/u;

/** They join or part the characters around: emoji of families, letters of scripts that are written joined. */
const JOINERS = new Set(['\u200C', '\u200D']);
const JOINED =
  /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}]/u;

/** A text with its invisible characters as `⟨U+202E⟩`. Tabs and ends of lines stay, and so does what belongs to a script. */
export function showInvisible(text: string): string {
  if (!INVISIBLE.test(text)) return text;
  let shown = '';
  let before = '';
  for (const character of text) {
    shown += isHidden(character, before) ? numberOf(character) : character;
    before = character;
  }
  return shown;
}

/** @param before the character before it; empty at the beginning */
function isHidden(character: string, before: string): boolean {
  if (!INVISIBLE.test(character) || WHITE_SPACE.has(character)) return false;
  if (VARIATION.test(character)) return !VARIED.test(before);
  if (JOINERS.has(character)) return !JOINED.test(before);
  return true;
}

function numberOf(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `⟨U+${number.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
