/**
 * JPEG quality as everybody means it since the Independent JPEG Group's library: 1 to 100, turned into a scale for the
 * quantisation tables.
 */

/** How coarse quantisation is at `quality`, in percent of the standard's example tables; 100 at quality 50. */
export function quantiserScale(quality: number): number {
  return quality < 50 ? 5000 / quality : 200 - 2 * quality;
}

function qualityAt(scale: number): number {
  return Math.floor(scale > 100 ? 5000 / scale : (200 - scale) / 2);
}

/** Below this, a picture shows little but blocks. */
const LOWEST_QUALITY = 5;

/** A photograph's size falls with about the power -2/3 of the scale; a tenth on top, because scenes differ. */
const SCALE_EXPONENT = 1.5;
const SCALE_MARGIN = 1.1;

/**
 * The quality at which a picture of `bytes` bytes will probably have at most `maxBytes`; always clearly lower than
 * `quality`, or equal to it where there is nothing lower to try.
 */
export function lowerQuality(quality: number, bytes: number, maxBytes: number): number {
  const scale = Math.max(quantiserScale(quality), 1) * (bytes / maxBytes) ** SCALE_EXPONENT * SCALE_MARGIN;
  const wanted = Math.min(qualityAt(scale), Math.floor(quality * 0.9));
  return Math.min(quality, Math.max(wanted, LOWEST_QUALITY));
}
