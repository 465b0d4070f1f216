/**
 * How characters are compared: without case, the two alphabets of base64 as one, and without what may stand between the
 * characters of an echo: spaces and line breaks, what is not seen, and the backslashes of JSON.
 */

/** For a code unit that is not compared. */
export const LEFT_OUT = -1;

const BACKSLASH = 0x5c;

const ASCII = Int32Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (isBlank(code) || code === BACKSLASH) return LEFT_OUT;
  if (character === '-') return '+'.charCodeAt(0);
  if (character === '_') return '/'.charCodeAt(0);
  return character.toLowerCase().charCodeAt(0);
});

/** The code unit that another is compared as, or `LEFT_OUT`. */
export function canonicalOf(code: number): number {
  if (code < 128) return ASCII[code] ?? code;
  if (isBlank(code)) return LEFT_OUT;
  const lower = String.fromCharCode(code).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : code;
}

const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/** Whether nothing is seen of a code unit. */
export function isBlank(code: number): boolean {
  if (code < 128) return code <= 0x20 || code === 0x7f;
  const isHalf = code >= 0xd800 && code <= 0xdfff;
  return !isHalf && UNSEEN.test(String.fromCharCode(code));
}

/** The code units of a text as they are compared. */
export function canonicalCodes(text: string): readonly number[] {
  const codes: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const code = canonicalOf(text.charCodeAt(index));
    if (code !== LEFT_OUT) codes.push(code);
  }
  return codes;
}

/** What stands for bytes that are no UTF-8, such as a character that was cut off. */
export const NO_CHARACTER = '\uFFFD';

/** Whether a compared code unit is a letter or a digit of ASCII, or another character than ASCII has. */
export function isLetterOrDigit(code: number): boolean {
  if (code >= 128) return code !== NO_CHARACTER.charCodeAt(0);
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);
}
