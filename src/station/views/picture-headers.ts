/** What stored pictures say of themselves, read from the beginning of their files: nothing is unpacked. */
import { createImageInspector, type ImageHeader } from '../../image';
import { openOwnAsync } from '../../storage';
import { MAX_KNOWN_HEADERS } from './limits';

/** Bytes read in one step: the header mostly stands in the first kilobytes, behind a camera's Exif thumbnail. */
const STEP = 2 ** 16;

/** No header is looked for behind so many bytes: as many as 16 segments of metadata have. */
const LAST_BYTE = 2 ** 20;

export interface PictureHeaders {
  /** The header of a stored picture; undefined where its file has none. */
  of(id: string): Promise<ImageHeader | undefined>;
}

/** @param pathOf the path of a picture's file */
export function createPictureHeaders(pathOf: (id: string) => string): PictureHeaders {
  const known = new Map<string, ImageHeader>();

  async function of(id: string): Promise<ImageHeader | undefined> {
    const header = known.get(id) ?? (await readHeader(pathOf(id)).catch(() => undefined));
    if (known.size >= MAX_KNOWN_HEADERS) known.clear();
    if (header) known.set(id, header);
    return header;
  }

  return { of };
}

async function readHeader(file: string): Promise<ImageHeader | undefined> {
  const handle = await openOwnAsync(file);
  try {
    const inspector = createImageInspector();
    const buffer = Buffer.alloc(STEP);
    for (let position = 0; position < LAST_BYTE && !inspector.header;) {
      const { bytesRead } = await handle.read(buffer, 0, STEP, position);
      if (bytesRead === 0) break;
      inspector.write(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
    return inspector.header;
  } finally {
    await handle.close();
  }
}
