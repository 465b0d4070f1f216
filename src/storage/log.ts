/**
 * Looks at a write-ahead log before SQLite does. SQLite stops reading a log at the first frame whose sum is wrong and
 * says nothing: a flipped bit would silently take back every later transaction, acknowledged ones too. A torn write at
 * the end of the log looks the same at its first frame, but nothing sound follows it.
 *
 * Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
const FORMAT_VERSION = 3_007_000;

/** The page size of all databases made here, in bytes: SQLite's default. */
export const PAGE_BYTES = 4096;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

/**
 * What a log is like: `sound`; `torn` at its end; or `rotten`, damaged before a later transaction, with the log mended
 * so that SQLite reads all of it (altered pages included, for the checks of pages and rows to find).
 */
export type LogState =
  | { readonly state: 'sound' | 'torn' }
  | { readonly state: 'rotten'; readonly mended: Buffer };

type Sum = readonly [number, number];

/** Looks at a whole log. */
export function inspectLog(log: Buffer): LogState {
  const count = Math.floor((log.length - HEADER_BYTES) / FRAME_BYTES);
  if (count < 1) return { state: 'sound' };
  const isHeaderSound = hasSoundHeader(log);
  // A process may end when it has begun the log anew and written no frame yet: all frames are of the generation before
  // then, and not needed any more.
  const salt = isHeaderSound ? saltInHeader(log) : generationOf(log, count);
  const walk = walkFrames(log, count, salt);
  const damaged = isHeaderSound ? walk.damaged : [0, ...walk.damaged];
  const [first] = damaged;
  if (first === undefined) return { state: walk.isTorn ? 'torn' : 'sound' };
  // A transaction only begins once the one before it is synced, so only the last can be a torn write.
  if (first >= walk.lastStart) return { state: 'torn' };
  return { state: 'rotten', mended: mend(log, walk.end, salt) };
}

interface Walk {
  /** Frames whose sum is wrong though a sound one follows. */
  readonly damaged: readonly number[];
  /** Frames from the start that belong together, damaged ones included. */
  readonly end: number;
  /** Where the last transaction among them begins. */
  readonly lastStart: number;
  /** Whether frames of this generation follow that do not fit. */
  readonly isTorn: boolean;
}

function walkFrames(log: Buffer, count: number, salt: Buffer): Walk {
  const damaged: number[] = [];
  let sum = sumAt(log, 24);
  let end = 0;
  let start = 0;
  let lastStart = 0;
  for (; end < count; end += 1) {
    const position = positionOf(end);
    const computed = frameSum(log, end, sum);
    const stored = sumAt(log, position + 16);
    const isSound = sameSum(computed, stored) && hasSalt(log, end, salt);
    if (!isSound && !isFollowed(log, end, count, salt, [stored, computed])) break;
    if (!isSound) damaged.push(end);
    sum = end + 1 < count && follows(log, end + 1, salt, computed) ? computed : stored;
    lastStart = start;
    if (log.readUInt32BE(position + 4) !== 0) start = end + 1;
  }
  return { damaged, end, lastStart, isTorn: end < count && hasSalt(log, end, salt) };
}

function isFollowed(log: Buffer, frame: number, count: number, salt: Buffer, sums: readonly Sum[]): boolean {
  return frame + 1 < count && sums.some((sum) => follows(log, frame + 1, salt, sum));
}

/** Whether a frame continues a log whose sum so far is `sum`. */
function follows(log: Buffer, frame: number, salt: Buffer, sum: Sum): boolean {
  return hasSalt(log, frame, salt) && sameSum(frameSum(log, frame, sum), sumAt(log, positionOf(frame) + 16));
}

function saltInHeader(log: Buffer): Buffer {
  return log.subarray(16, 24);
}

/** The salt of the newest generation of a log whose header is damaged: the header's, or what the first frames agree on. */
function generationOf(log: Buffer, count: number): Buffer {
  const inHeader = saltInHeader(log);
  if (hasSalt(log, 0, inHeader)) return inHeader;
  const first = log.subarray(positionOf(0) + 8, positionOf(0) + 16);
  return count > 1 && hasSalt(log, 1, first) ? first : inHeader;
}

function hasSoundHeader(log: Buffer): boolean {
  return (
    sameSum(sumOf(log, 0, 24, [0, 0]), sumAt(log, 24)) &&
    log.readUInt32BE(0) === MAGIC_LITTLE_ENDIAN &&
    log.readUInt32BE(4) === FORMAT_VERSION &&
    log.readUInt32BE(8) === PAGE_BYTES
  );
}

/** The first `count` frames under a new header, with all sums made anew. */
function mend(log: Buffer, count: number, salt: Buffer): Buffer {
  const mended = Buffer.from(log.subarray(0, positionOf(count)));
  mended.writeUInt32BE(MAGIC_LITTLE_ENDIAN, 0);
  mended.writeUInt32BE(FORMAT_VERSION, 4);
  mended.writeUInt32BE(PAGE_BYTES, 8);
  salt.copy(mended, 16);
  let sum = sumOf(mended, 0, 24, [0, 0]);
  writeSum(mended, 24, sum);
  for (let frame = 0; frame < count; frame += 1) {
    const position = positionOf(frame);
    salt.copy(mended, position + 8);
    sum = frameSum(mended, frame, sum);
    writeSum(mended, position + 16, sum);
  }
  return mended;
}

function positionOf(frame: number): number {
  return HEADER_BYTES + frame * FRAME_BYTES;
}

function hasSalt(log: Buffer, frame: number, salt: Buffer): boolean {
  const position = positionOf(frame) + 8;
  return log.subarray(position, position + 8).equals(salt);
}

function frameSum(log: Buffer, frame: number, before: Sum): Sum {
  const position = positionOf(frame);
  const ofHeader = sumOf(log, position, position + 8, before);
  return sumOf(log, position + FRAME_HEADER_BYTES, position + FRAME_BYTES, ofHeader);
}

/** SQLite's sum over 32-bit words, little-endian as SQLite writes it on the machines that Node.js runs on. */
function sumOf(log: Buffer, from: number, to: number, before: Sum): Sum {
  let [first, second] = before;
  for (let position = from; position < to; position += 8) {
    first = (first + log.readUInt32LE(position) + second) >>> 0;
    second = (second + log.readUInt32LE(position + 4) + first) >>> 0;
  }
  return [first, second];
}

function sumAt(log: Buffer, position: number): Sum {
  return [log.readUInt32BE(position), log.readUInt32BE(position + 4)];
}

function writeSum(log: Buffer, position: number, sum: Sum): void {
  log.writeUInt32BE(sum[0], position);
  log.writeUInt32BE(sum[1], position + 4);
}

function sameSum(one: Sum, other: Sum): boolean {
  return one[0] === other[0] && one[1] === other[1];
}
