/** GIF (CompuServe, GIF89a specification, 17 to 27). */
import { skip, take, type HeaderListener, type Step, type Walk } from './walk';

const TRAILER = 0x3b;
const EXTENSION = 0x21;
const IMAGE = 0x2c;

/** Each image is drawn over those before it, and may be taken away again: two pictures in red, green, blue and alpha. */
const HELD_BYTES = 8;

export function* walkGif(report: HeaderListener): Walk {
  const screen = yield* take(13);
  const [width, height] = [screen.readUInt16LE(6), screen.readUInt16LE(8)];
  if (width === 0 || height === 0) return false;
  report({ width, height, heldBytes: width * height * HELD_BYTES });
  yield* skip(colourTableBytes(screen.readUInt8(10)));
  for (let hasImage = false; ;) {
    const block = (yield* take(1)).readUInt8();
    if (block === TRAILER) return hasImage;
    if (block === EXTENSION) yield* skip(1);
    else if (block === IMAGE) {
      const image = yield* take(9);
      // The size of the codes is one byte before the data.
      yield* skip(colourTableBytes(image.readUInt8(8)) + 1);
      hasImage = true;
    } else return false;
    yield* skipBlocks();
  }
}

/** Three bytes for each of up to 256 colours; none where the highest bit says that there is no table. */
function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

function* skipBlocks(): Generator<Step, void, Buffer> {
  for (;;) {
    const bytes = (yield* take(1)).readUInt8();
    if (bytes === 0) return;
    yield* skip(bytes);
  }
}
