/**
 * Inspects and repairs a write-ahead log (WAL) before SQLite reads it. SQLite silently stops reading a WAL at the first
 * frame whose checksum is wrong: one flipped bit would undo every later transaction, acknowledged ones too. A torn
 * write at the end of the WAL looks the same at its first frame, but no sound frame follows it.
 *
 * Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE_ENDIAN = 0x377f0682;
const FORMAT_VERSION = 3_007_000;

/** The page size of all databases of this room, in bytes: SQLite's default. */
export const PAGE_BYTES = 4096;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

/**
 * The state of a WAL.
 * - `sound`: SQLite reads all of it.
 * - `torn`: the last write is incomplete.
 * - `damaged`: there is damage before a later transaction. `repaired` is the WAL with new checksums, so that SQLite
 *   reads all of it, altered pages included; those are found when pages and rows are checked.
 */
export type WalState =
  | { readonly state: 'sound' | 'torn' }
  | { readonly state: 'damaged'; readonly repaired: Buffer };

type Sum = readonly [number, number];

/** Inspects a whole WAL. */
export function inspectWal(wal: Buffer): WalState {
  const count = Math.floor((wal.length - HEADER_BYTES) / FRAME_BYTES);
  if (count < 1) return { state: 'sound' };
  const isHeaderSound = hasSoundHeader(wal);
  // SQLite restarts a WAL by writing a header with a new salt. If the process ended before it wrote the first frame,
  // all frames have the salt of the generation before, and are in the database already.
  const salt = isHeaderSound ? saltInHeader(wal) : saltOfGeneration(wal, count);
  const walk = walkFrames(wal, count, salt);
  const damaged = isHeaderSound ? walk.damaged : [0, ...walk.damaged];
  const [first] = damaged;
  if (first === undefined) return { state: walk.isTorn ? 'torn' : 'sound' };
  // A transaction only begins when the one before it is synced, so only the last one can be a torn write.
  if (first >= walk.lastStart) return { state: 'torn' };
  return { state: 'damaged', repaired: repair(wal, walk.end, salt) };
}

interface Walk {
  /** Frames with a wrong checksum that a sound frame follows. */
  readonly damaged: readonly number[];
  /** How many frames from the start belong together, damaged ones included. */
  readonly end: number;
  /** The first frame of the last transaction among them. */
  readonly lastStart: number;
  /** Whether a frame of this generation follows that does not continue them. */
  readonly isTorn: boolean;
}

function walkFrames(wal: Buffer, count: number, salt: Buffer): Walk {
  const damaged: number[] = [];
  let sum = sumAt(wal, 24);
  let end = 0;
  let start = 0;
  let lastStart = 0;
  for (; end < count; end += 1) {
    const position = positionOf(end);
    const computed = frameSum(wal, end, sum);
    const stored = sumAt(wal, position + 16);
    const isSound = sameSum(computed, stored) && hasSalt(wal, end, salt);
    if (!isSound && !isFollowed(wal, end, count, salt, [stored, computed])) break;
    if (!isSound) damaged.push(end);
    sum = end + 1 < count && follows(wal, end + 1, salt, computed) ? computed : stored;
    lastStart = start;
    if (wal.readUInt32BE(position + 4) !== 0) start = end + 1;
  }
  return { damaged, end, lastStart, isTorn: end < count && hasSalt(wal, end, salt) };
}

function isFollowed(wal: Buffer, frame: number, count: number, salt: Buffer, sums: readonly Sum[]): boolean {
  return frame + 1 < count && sums.some((sum) => follows(wal, frame + 1, salt, sum));
}

/** Whether a frame continues a WAL whose checksum up to there is `sum`. */
function follows(wal: Buffer, frame: number, salt: Buffer, sum: Sum): boolean {
  return hasSalt(wal, frame, salt) && sameSum(frameSum(wal, frame, sum), sumAt(wal, positionOf(frame) + 16));
}

function saltInHeader(wal: Buffer): Buffer {
  return wal.subarray(16, 24);
}

/**
 * The salt of the newest generation of a WAL with a damaged header: the header's, or the one that the first frames
 * share.
 */
function saltOfGeneration(wal: Buffer, count: number): Buffer {
  const inHeader = saltInHeader(wal);
  if (hasSalt(wal, 0, inHeader)) return inHeader;
  const first = wal.subarray(positionOf(0) + 8, positionOf(0) + 16);
  return count > 1 && hasSalt(wal, 1, first) ? first : inHeader;
}

function hasSoundHeader(wal: Buffer): boolean {
  return (
    sameSum(sumOf(wal, 0, 24, [0, 0]), sumAt(wal, 24)) &&
    wal.readUInt32BE(0) === MAGIC_LITTLE_ENDIAN &&
    wal.readUInt32BE(4) === FORMAT_VERSION &&
    wal.readUInt32BE(8) === PAGE_BYTES
  );
}

/** The first `count` frames under a new header, with all checksums computed anew. */
function repair(wal: Buffer, count: number, salt: Buffer): Buffer {
  const repaired = Buffer.from(wal.subarray(0, positionOf(count)));
  repaired.writeUInt32BE(MAGIC_LITTLE_ENDIAN, 0);
  repaired.writeUInt32BE(FORMAT_VERSION, 4);
  repaired.writeUInt32BE(PAGE_BYTES, 8);
  salt.copy(repaired, 16);
  let sum = sumOf(repaired, 0, 24, [0, 0]);
  writeSum(repaired, 24, sum);
  for (let frame = 0; frame < count; frame += 1) {
    const position = positionOf(frame);
    salt.copy(repaired, position + 8);
    sum = frameSum(repaired, frame, sum);
    writeSum(repaired, position + 16, sum);
  }
  return repaired;
}

function positionOf(frame: number): number {
  return HEADER_BYTES + frame * FRAME_BYTES;
}

function hasSalt(wal: Buffer, frame: number, salt: Buffer): boolean {
  const position = positionOf(frame) + 8;
  return wal.subarray(position, position + 8).equals(salt);
}

function frameSum(wal: Buffer, frame: number, before: Sum): Sum {
  const position = positionOf(frame);
  const ofHeader = sumOf(wal, position, position + 8, before);
  return sumOf(wal, position + FRAME_HEADER_BYTES, position + FRAME_BYTES, ofHeader);
}

/** SQLite's checksum over 32-bit words, little-endian as SQLite writes it on the machines that Node.js runs on. */
function sumOf(wal: Buffer, from: number, to: number, before: Sum): Sum {
  let [first, second] = before;
  for (let position = from; position < to; position += 8) {
    first = (first + wal.readUInt32LE(position) + second) >>> 0;
    second = (second + wal.readUInt32LE(position + 4) + first) >>> 0;
  }
  return [first, second];
}

function sumAt(wal: Buffer, position: number): Sum {
  return [wal.readUInt32BE(position), wal.readUInt32BE(position + 4)];
}

function writeSum(wal: Buffer, position: number, sum: Sum): void {
  wal.writeUInt32BE(sum[0], position);
  wal.writeUInt32BE(sum[1], position + 4);
}

function sameSum(one: Sum, other: Sum): boolean {
  return one[0] === other[0] && one[1] === other[1];
}
