/** Values that a flow may carry by mistake, and values from another realm, as function nodes make them. */
import { createContext, runInContext } from 'node:vm';

const realm = createContext({});

/** What `expression` gives in a realm of its own, with its own Object, Array, Date and Uint8Array. */
export function evaluateElsewhere(expression: string): unknown {
  return runInContext(`(${expression})`, realm);
}

class Reading {
  readonly temp = 21.5;
}

/** What is neither a number, a text, a boolean, a Buffer, an array nor a plain object, each with its name. */
export const STRANGE_VALUES: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a Date', new Date('2026-05-01T12:00:00Z')],
  ['an invalid Date', new Date(Number.NaN)],
  ['a Date of another realm', evaluateElsewhere('new Date(0)')],
  ['a Map', new Map([['temp', 21]])],
  ['a Set', new Set([1])],
  ['a bigint', 21n],
  ['a bigint of a million digits', 1n << 3_000_000n],
  ['a symbol', Symbol('temp')],
  ['a function', () => 21],
  ['a boxed number', Object(21)],
  ['a boxed text', Object('21')],
  ['a boxed boolean', Object(true)],
  ['a class instance', new Reading()],
  ['a Promise', Promise.resolve(21)],
  ['an Error', new Error('21')],
  ['a RegExp', /21/],
  ['an ArrayBuffer', new ArrayBuffer(4)],
  ['a Float64Array', new Float64Array([21])],
  ['a DataView', new DataView(new ArrayBuffer(4))],
];

/** Images as small as their format can be told from their content. */
export const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
export const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
export const GIF = Buffer.from('GIF89a\u0001\u0000\u0001\u0000;', 'latin1');
export const WEBP = Buffer.from('RIFF\u0024\u0000\u0000\u0000WEBPVP8 ', 'latin1');
