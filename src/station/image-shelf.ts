/** Pictures by the SHA-1 of their bytes, bounded in number and in bytes: the ones that came first go first. */
import { createHash } from 'node:crypto';
import type { ImageType } from '../image';
import { MAX_IMAGE_BYTES, MAX_IMAGES } from './limits';

export interface Image {
  readonly bytes: Buffer;
  readonly type: ImageType;
}

/** A picture's id as Senio gives it: 40 lower-case hex digits. */
export function imageId(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

export class ImageShelf {
  readonly #images = new Map<string, Image>();
  #bytes = 0;

  /** Keeps a picture; one that is there already counts as new again. */
  put(id: string, image: Image): void {
    this.#remove(id);
    this.#images.set(id, image);
    this.#bytes += image.bytes.length;
    for (const oldest of this.#images.keys()) {
      if (this.#bytes <= MAX_IMAGE_BYTES && this.#images.size <= MAX_IMAGES) break;
      this.#remove(oldest);
    }
  }

  get(id: string): Image | undefined {
    return this.#images.get(id);
  }

  #remove(id: string): void {
    const image = this.#images.get(id);
    if (!image) return;
    this.#images.delete(id);
    this.#bytes -= image.bytes.length;
  }
}
