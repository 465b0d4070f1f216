/** Content codings (RFC 9110, 8.4.1): which one a client takes, and how an answer is compressed while it is sent. */
import { promisify } from 'node:util';
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createGzip,
  gzip,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib';
import type { Transform } from 'node:stream';

/** The codings that the station has, the smaller one first. Browsers take `br` over HTTPS alone. */
const CODINGS = ['br', 'gzip'] as const;

export type Coding = (typeof CODINGS)[number];

/** The bytes of a body in some codings, compressed once and for all. */
export type CodedBodies = Readonly<Partial<Record<Coding, Buffer>>>;

/** A body of fewer bytes is not compressed: with its headers it fits into one packet either way. */
const LEAST_BYTES = 1000;

/** Media types that compression makes smaller. Pictures are compressed as they are, and events must not be held back. */
const COMPRESSIBLE: ReadonlySet<string> = new Set([
  'application/json',
  'application/manifest+json',
  'image/svg+xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/javascript',
]);

/** 256 kB of memory an answer (zlib.h: 2^(windowBits+2) + 2^(memLevel+9)), and zlib's own default level. */
const GZIP: ZlibOptions = { level: 6, windowBits: 15, memLevel: 8 };

/**
 * As fast as gzip, and smaller: qualities from 5 on take several times as long. A window of 256 kB, not 4 MB, keeps the
 * memory of an answer about as small as gzip's.
 */
const BROTLI: BrotliOptions = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 18 },
};

const compress: Readonly<Record<Coding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) => promisify<Buffer, BrotliOptions, Buffer>(brotliCompress)(body, BROTLI),
  gzip: (body) => promisify<Buffer, ZlibOptions, Buffer>(gzip)(body, GZIP),
};

/** Compresses a body; in a thread of Node's pool, so that nothing waits for it. */
export function encode(body: Buffer, coding: Coding): Promise<Buffer> {
  return compress[coding](body);
}

/** Compresses what is written to it, in steps, in a thread of Node's pool. */
export function createEncoder(coding: Coding): Transform {
  return coding === 'br' ? createBrotliCompress(BROTLI) : createGzip(GZIP);
}

/** Whether the answer depends on what the client takes. @param type the Content-Type */
export function isCompressible(type: string | undefined): boolean {
  const [mediaType = ''] = (type ?? '').split(';', 1);
  return COMPRESSIBLE.has(mediaType.trim());
}

/**
 * The coding of an answer; undefined sends it as it is. A client that refuses even that, and knows none of ours, is sent
 * it as it is too: it would have no use for an error either.
 * @param accepted the client's Accept-Encoding
 * @param bytes the length of the body; Infinity where it is not known
 */
export function pickCoding(accepted: string | undefined, bytes: number): Coding | undefined {
  if (accepted === undefined) return undefined;
  const weights = weightsOf(accepted);
  const others = weights.get('*');
  const [best] = CODINGS.map((coding) => ({ coding, weight: weights.get(coding) ?? others ?? 0 })).toSorted(
    (one, other) => other.weight - one.weight,
  );
  if (!best || best.weight === 0) return undefined;
  const plain = weights.get('identity') ?? others;
  if (plain === 0) return best.coding;
  return bytes >= LEAST_BYTES && best.weight >= (plain ?? 0) ? best.coding : undefined;
}

/** One coding with its weight (RFC 9110, 12.4.2 and 12.5.3). */
const ACCEPTED = /^\s*([\w*-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i;

/** The weights of an Accept-Encoding; what is not understood of it is left out. */
function weightsOf(accepted: string): ReadonlyMap<string, number> {
  return new Map(
    accepted.split(',').flatMap((text) => {
      const [, name, weight = '1'] = ACCEPTED.exec(text) ?? [];
      if (name === undefined) return [];
      const lower = name.toLowerCase();
      return [[lower === 'x-gzip' ? 'gzip' : lower, Number(weight)] as const];
    }),
  );
}
