/** How many pixels stored pictures have, read from the beginning of their files. */
import { open } from 'node:fs/promises';
import { createImageInspector, type ImageSize } from '../../image';
import { MAX_KNOWN_SIZES } from './limits';

/** Bytes read in one step: the size mostly stands in the first kilobytes, behind a camera's Exif thumbnail. */
const STEP = 2 ** 16;

/** No size is looked for behind so many bytes: as many as 16 segments of metadata have. */
const LAST_BYTE = 2 ** 20;

export interface PictureSizes {
  /** The size of a stored picture; undefined where its file does not tell. */
  of(id: string): Promise<ImageSize | undefined>;
}

/** @param pathOf the path of a picture's file */
export function createPictureSizes(pathOf: (id: string) => string): PictureSizes {
  const known = new Map<string, ImageSize>();

  async function of(id: string): Promise<ImageSize | undefined> {
    const size = known.get(id) ?? (await readSize(pathOf(id)).catch(() => undefined));
    if (known.size >= MAX_KNOWN_SIZES) known.clear();
    if (size) known.set(id, size);
    return size;
  }

  return { of };
}

async function readSize(file: string): Promise<ImageSize | undefined> {
  const handle = await open(file);
  try {
    const inspector = createImageInspector();
    const buffer = Buffer.alloc(STEP);
    for (let position = 0; position < LAST_BYTE && !inspector.size;) {
      const { bytesRead } = await handle.read(buffer, 0, STEP, position);
      if (bytesRead === 0) break;
      inspector.write(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
    return inspector.size;
  } finally {
    await handle.close();
  }
}
