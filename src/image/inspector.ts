/** Whether an image is there from its header to its end, found out as it comes in, whatever its size. */
import { walkGif } from './gif';
import { walkJpeg } from './jpeg';
import { walkPng } from './png';
import { detectImageType, type ImageType } from './type';
import { walkWebp } from './webp';
import type { HeaderListener, ImageHeader, ImageSize, Step, Walk } from './walk';

export type { ImageHeader, ImageSize } from './walk';

/**
 * What some bytes are.
 * - `complete`: an image with a header and an end; what lies between is not decoded.
 * - `cut`: it begins as an image and ends before that does.
 * - `malformed`: it begins as an image, and breaks the rules of its format.
 * - `other`: it never was one.
 */
export type ImageVerdict =
  | ({ readonly kind: 'complete'; readonly type: ImageType } & ImageSize)
  | { readonly kind: 'cut' | 'malformed'; readonly type: ImageType }
  | { readonly kind: 'other' };

/** Inspects an image that comes in pieces. It keeps a few bytes at a time. */
export interface ImageInspector {
  write(chunk: Uint8Array): void;
  /** What the image says of itself, as soon as that is known. */
  readonly header: ImageHeader | undefined;
  /** The verdict on all that was written. */
  finish(): ImageVerdict;
}

/** The bytes that tell the format. */
const HEAD_BYTES = 12;

const NOTHING = Buffer.alloc(0);

const WALKS: Readonly<Record<ImageType['extension'], (report: HeaderListener) => Walk>> = {
  jpg: walkJpeg,
  png: walkPng,
  gif: walkGif,
  webp: walkWebp,
};

export function inspectImage(bytes: Uint8Array): ImageVerdict {
  const inspector = createImageInspector();
  inspector.write(bytes);
  return inspector.finish();
}

export function createImageInspector(): ImageInspector {
  let head = NOTHING;
  let type: ImageType | undefined;
  let progress: Progress | undefined;
  let header: ImageHeader | undefined;

  function begin(): void {
    type = detectImageType(head);
    if (!type) return;
    progress = createProgress(WALKS[type.extension]((found) => (header = found)));
    progress.read(head);
  }

  function write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const missing = HEAD_BYTES - head.length;
    if (missing > 0) {
      head = Buffer.concat([head, bytes.subarray(0, missing)]);
      if (head.length === HEAD_BYTES) begin();
    }
    if (missing < bytes.length) progress?.read(bytes.subarray(Math.max(missing, 0)));
  }

  function finish(): ImageVerdict {
    type ??= detectImageType(head);
    if (!type) return { kind: 'other' };
    const result = progress?.result;
    if (result === undefined) return { kind: 'cut', type };
    if (!result || !header) return { kind: 'malformed', type };
    return { kind: 'complete', type, width: header.width, height: header.height };
  }

  return {
    write,
    get header() {
      return header;
    },
    finish,
  };
}

/** A walk that is under way. */
interface Progress {
  read(bytes: Buffer): void;
  /** What the walk returned; undefined while it has not come to its end. */
  readonly result: boolean | undefined;
}

function createProgress(walk: Walk): Progress {
  let result: boolean | undefined;
  let search: StepSearch | undefined;

  function proceed(found: Buffer): void {
    const next = walk.next(found);
    if (next.done === true) result = next.value;
    else search = searchOf(next.value);
  }

  function read(bytes: Buffer): void {
    let rest = bytes;
    while (result === undefined && search) {
      const found = search(rest);
      if (!found) return;
      ({ rest } = found);
      proceed(found.bytes);
    }
  }

  proceed(NOTHING);
  return {
    read,
    get result() {
      return result;
    },
  };
}

/** Looks for what a step wants in the next bytes; undefined where further ones are needed. */
type StepSearch = (bytes: Buffer) => { readonly bytes: Buffer; readonly rest: Buffer } | undefined;

function searchOf(step: Step): StepSearch {
  if (step.kind === 'marker') return markerSearch();
  let left = step.count;
  let taken = NOTHING;
  return (bytes) => {
    const part = bytes.subarray(0, left);
    left -= part.length;
    if (step.kind === 'take') taken = Buffer.concat([taken, part]);
    return left > 0 ? undefined : { bytes: taken, rest: bytes.subarray(part.length) };
  };
}

/** Finds the byte behind an FF that is no stuffed zero, no fill byte and no restart marker (ITU-T T.81, B.1.1). */
function markerSearch(): StepSearch {
  let isBehindFf = false;
  return (bytes) => {
    for (let at = 0; at < bytes.length; at += 1) {
      if (!isBehindFf) {
        at = bytes.indexOf(0xff, at);
        if (at === -1) return undefined;
        isBehindFf = true;
        continue;
      }
      const byte = bytes[at] ?? 0;
      isBehindFf = byte === 0xff;
      const isData = byte === 0 || isBehindFf || (byte >= 0xd0 && byte <= 0xd7);
      if (!isData) return { bytes: bytes.subarray(at, at + 1), rest: bytes.subarray(at + 1) };
    }
    return undefined;
  };
}
