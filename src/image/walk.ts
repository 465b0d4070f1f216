/** How a format is walked through, from its header to its end, without keeping what lies between. */

export interface ImageSize {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** What an image says of itself before its pixels come. */
export interface ImageHeader extends ImageSize {
  /**
   * How many bytes a decoder has to hold at once, because the image comes in several passes or as a whole; 0 where it
   * comes row by row. It is what the formats and the usual decoders demand, to within a half.
   */
  readonly heldBytes: number;
}

/**
 * What a walk wants next: the next bytes, to get past some, or the next marker of a JPEG, which is the byte behind an FF
 * that is neither filled in nor part of the compressed data (ITU-T T.81, B.1.1).
 */
export type Step =
  | { readonly kind: 'take'; readonly count: number }
  | { readonly kind: 'skip'; readonly count: number }
  | { readonly kind: 'marker' };

/**
 * A walk: yields its next step and is given what that found. It reports the header as soon as it knows it, and returns at
 * the image's end whether the way there made sense.
 */
export type Walk = Generator<Step, boolean, Buffer>;

export type HeaderListener = (header: ImageHeader) => void;

/** The next `count` bytes. */
export function* take(count: number): Generator<Step, Buffer, Buffer> {
  return yield { kind: 'take', count };
}

export function* skip(count: number): Generator<Step, void, Buffer> {
  yield { kind: 'skip', count };
}
