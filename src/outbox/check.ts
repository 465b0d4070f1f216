import { failed, success, type Result } from '../result';
import type { NewItem, OutboxFailure } from './types';

/** Longest destination key, group or field name, in characters. */
const LONGEST_NAME = 2000;

/** Largest body and origin together, in bytes: far more than any reading has or a service takes. */
const LARGEST_TEXT_BYTES = 8 * 2 ** 20;

/** Most images of one item, and the size of the largest in bytes: more than a camera makes. */
const MOST_IMAGES = 16;
const LARGEST_IMAGE_BYTES = 64 * 2 ** 20;

/**
 * The most items that are accepted together: a week of readings, one a minute. They are inserted in one transaction,
 * which a Raspberry Pi does within a second or two.
 */
export const MOST_ITEMS_AT_ONCE = 10_000;

/** The largest images together, in bytes, and their most files, of several items: they are written one after the other. */
const LARGEST_IMAGES_BYTES = LARGEST_IMAGE_BYTES;
const MOST_FILES = 256;

/** Checks new items. @returns the size of each in bytes: body, origin and images */
export function sizesOf(items: readonly NewItem[]): Result<readonly number[], OutboxFailure> {
  if (items.length > MOST_ITEMS_AT_ONCE)
    return invalid(
      `There are ${items.length} readings, and no more than ${MOST_ITEMS_AT_ONCE} can be kept at once`,
    );
  const sizes: number[] = [];
  for (const item of items) {
    const size = sizeOf(item);
    if (!size.ok) return size;
    sizes.push(size.value);
  }
  const images = items.flatMap((item) => item.images);
  const imageBytes = images.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const text = sizes.reduce((sum, size) => sum + size, 0) - imageBytes;
  if (
    items.length === 1 ||
    (text <= LARGEST_TEXT_BYTES && imageBytes <= LARGEST_IMAGES_BYTES && images.length <= MOST_FILES)
  )
    return success(sizes);
  return invalid(
    `The readings are ${text} bytes and ${images.length} images of ${imageBytes} bytes together, and no more than ${LARGEST_TEXT_BYTES} bytes and ${MOST_FILES} images of ${LARGEST_IMAGES_BYTES} bytes can be kept at once: give them in several messages`,
  );
}

/** Checks a new item. @returns its size in bytes: body, origin and images */
function sizeOf(item: NewItem): Result<number, OutboxFailure> {
  const { destination, group, timestamp, body, origin, images } = item;
  if (!Number.isFinite(timestamp)) return invalid('The timestamp is not a number of milliseconds');
  const names = [destination, group, ...images.map((image) => image.field)];
  if (destination === '') return invalid('The destination is missing');
  if (names.some((name) => name.length > LONGEST_NAME)) return invalid('A name is too long to be kept');
  // SQLite would truncate the text there. JSON text never contains one.
  if ([...names, body, origin].some((text) => text.includes('\0')))
    return invalid('A text holds a NUL character');
  const text = Buffer.byteLength(body) + Buffer.byteLength(origin);
  if (text > LARGEST_TEXT_BYTES)
    return invalid(`The reading is ${text} bytes, and no more than ${LARGEST_TEXT_BYTES} can be kept`);
  if (images.length > MOST_IMAGES)
    return invalid(`The reading has ${images.length} images, and no more than ${MOST_IMAGES} can be kept`);
  const tooLarge = images.find((image) => image.bytes.length > LARGEST_IMAGE_BYTES);
  if (tooLarge)
    return invalid(
      `An image is ${tooLarge.bytes.length} bytes, and no more than ${LARGEST_IMAGE_BYTES} can be kept`,
    );
  return success(images.reduce((sum, image) => sum + image.bytes.length, text));
}

function invalid(message: string) {
  return failed<OutboxFailure>({ kind: 'invalid', message });
}
