import { layersOf } from './layers';

/** How a secret may be spelled in a text, besides what a layer decodes. */

/** A shorter text is no secret: redacting it would damage ordinary words and numbers. */
export const SHORTEST_SPELLING = 4;

/** Of a longer secret (a token may have thousands of characters), nothing that is encoded twice is searched for. */
const LONGEST_ENCODED_TWICE = 256;

/**
 * The secret, and its hex digits and base64 as they stand within larger ones, as in `Basic base64(user:secret)`; also of
 * its percent-encoded and JSON forms, and encoded twice. The two alphabets of base64 and both cases of hex digits count as
 * one, see canonical.ts, but for what is encoded again.
 */
export function spellingsOf(secret: string): readonly string[] {
  // A secret may itself look as if it were encoded, and is decoded then with what is around it.
  const decoded = [...layersOf(secret)].map(({ text }) => text);
  const texts = new Set([secret, ...decoded, encodePercent(secret), JSON.stringify(secret).slice(1, -1)]);
  const once = new Set([...texts].flatMap(encode));
  const twice = secret.length <= LONGEST_ENCODED_TWICE ? [...once].flatMap(encode) : [];
  return [...texts, ...once, ...twice].filter(({ length }) => length >= SHORTEST_SPELLING);
}

function encodePercent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The hex digits of a text, and what its base64 always holds, whatever comes before and after it. */
function encode(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const within = [0, 1, 2].map((before) => base64Within(bytes, before));
  return [hex, hex.toUpperCase(), ...within, ...within.map(toUrlAlphabet)];
}

/** The characters of base64 that `bytes` alone decide where so many bytes more than a multiple of three come before them. */
function base64Within(bytes: Buffer, before: number): string {
  const [begin, end] = [8 * before, 8 * (before + bytes.length)];
  const base64 = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
  return base64.slice(Math.ceil(begin / 6), Math.floor(end / 6));
}

function toUrlAlphabet(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
