/** The format of an image, by its first bytes. */

/** An image format that both services show. */
export interface ImageType {
  readonly contentType: 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';
  /** File name extension without a dot. */
  readonly extension: 'jpg' | 'png' | 'gif' | 'webp';
}

const JPEG: ImageType = { contentType: 'image/jpeg', extension: 'jpg' };
const PNG: ImageType = { contentType: 'image/png', extension: 'png' };
const GIF: ImageType = { contentType: 'image/gif', extension: 'gif' };
const WEBP: ImageType = { contentType: 'image/webp', extension: 'webp' };

// The first bytes of each format: ISO/IEC 10918-1 (SOI and the next marker), W3C PNG, GIF89a, RFC 9649.
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The format of `bytes`, or `undefined` where they are no JPEG, PNG, GIF or WebP. Looks at the first 12 bytes only. */
export function detectImageType(bytes: Uint8Array): ImageType | undefined {
  const head = Buffer.from(bytes.subarray(0, 12));
  if (head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return JPEG;
  if (head.subarray(0, 8).equals(PNG_SIGNATURE)) return PNG;
  const text = head.toString('latin1');
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return GIF;
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return WEBP;
  return undefined;
}
