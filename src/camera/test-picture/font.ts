/**
 * A font of 5 × 7 dots, with the few characters that the test picture needs.
 */

const GLYPH_WIDTH = 5;
const GLYPH_HEIGHT = 7;

/** From one glyph to the next, in dots. */
const ADVANCE = 6;

/** Seven rows for each character, five dots in each, the left one in the highest bit; in base 32, one digit a row. */
const GLYPHS: Readonly<Record<string, string>> = {
  ' ': '0000000',
  '-': '000v000',
  ':': '0cc0cc0',
  '.': '00000cc',
  '0': 'ehjlphe',
  '1': '4c4444e',
  '2': 'eh1248v',
  '3': 'v2421he',
  '4': '26aiv22',
  '5': 'vgu11he',
  '6': '68guhhe',
  '7': 'v124888',
  '8': 'ehhehhe',
  '9': 'ehhf12c',
  C: 'ehggghe',
  E: 'vgguggv',
  I: 'e44444e',
  P: 'uhhuggg',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  Z: 'v1248gv',
};

/** A line of text at a place. */
export interface Text {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  /** Pixels to a dot. */
  readonly scale: number;
}

/** `text` as large as fits into a box, and in its middle; nothing where the box is too small to read it. */
export function centred(
  text: string,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): Text[] {
  const dots = text.length * ADVANCE - 1;
  const scale = Math.floor(Math.min(box.width / dots, box.height / GLYPH_HEIGHT));
  if (scale < 1) return [];
  const left = Math.floor(box.left + (box.width - dots * scale) / 2);
  const top = Math.floor(box.top + (box.height - GLYPH_HEIGHT * scale) / 2);
  return [{ text, left, top, scale }];
}

/** Whether the pixel at a place is one of the text's. */
export function isInk({ text, left, top, scale }: Text, x: number, y: number): boolean {
  const column = Math.floor((x - left) / scale);
  const row = Math.floor((y - top) / scale);
  if (row < 0 || row >= GLYPH_HEIGHT || column < 0) return false;
  const character = text[Math.floor(column / ADVANCE)];
  if (character === undefined) return false;
  const dots = Number.parseInt(GLYPHS[character]?.[row] ?? '0', 32);
  return ((dots >> (GLYPH_WIDTH - 1 - (column % ADVANCE))) & 1) === 1;
}
