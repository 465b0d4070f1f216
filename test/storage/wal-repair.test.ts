import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inspectWal } from '../../src/storage/wal-repair';

const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;

/** The position of a byte in the page of a frame. */
const inPage = (frame: number) => HEADER_BYTES + frame * FRAME_BYTES + 24 + 4000;

function withFlippedBit(wal: Buffer, position: number): Buffer {
  const altered = Buffer.from(wal);
  altered.writeUInt8(altered.readUInt8(position) ^ 1, position);
  return altered;
}

describe('inspection of a write-ahead log', () => {
  let folder: string;
  /** Three transactions: one frame, one frame, two frames. */
  let wal: Buffer;

  /** Writes the database and its log, which SQLite did not move to the database yet. */
  async function write(): Promise<Buffer> {
    const database = new DatabaseSync(join(folder, 'source.sqlite'));
    database.exec('CREATE TABLE one (text TEXT); CREATE TABLE two (text TEXT); INSERT INTO one VALUES (0)');
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    database.exec("INSERT INTO one VALUES ('first')");
    database.exec("INSERT INTO one VALUES ('second')");
    database.exec("BEGIN; INSERT INTO one VALUES ('third'); INSERT INTO two VALUES ('third'); COMMIT");
    await copyFile(join(folder, 'source.sqlite'), join(folder, 'copy.sqlite'));
    const written = await readFile(join(folder, 'source.sqlite-wal'));
    database.close();
    return written;
  }

  /** The texts that SQLite finds with a log. */
  async function textsWith(log: Buffer): Promise<unknown[]> {
    await writeFile(join(folder, 'copy.sqlite-wal'), log);
    const database = new DatabaseSync(join(folder, 'copy.sqlite'));
    const rows = database.prepare("SELECT text FROM one WHERE text <> '0' ORDER BY rowid").all();
    database.close();
    return rows.map(({ text }) => text);
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wal-'));
    wal = await write();
    assert.equal(wal.length, HEADER_BYTES + 4 * FRAME_BYTES);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('finds nothing wrong with a log as SQLite wrote it, or with an empty one', () => {
    assert.deepEqual(inspectWal(wal), { state: 'sound' });
    assert.deepEqual(inspectWal(Buffer.alloc(0)), { state: 'sound' });
    assert.deepEqual(inspectWal(wal.subarray(0, HEADER_BYTES)), { state: 'sound' });
  });

  for (const [name, position] of [
    ['magic number', 1],
    ['format version', 6],
    ['page size', 10],
    ['salt', 18],
    ['checksum', 28],
  ] as const) {
    it(`repairs a flipped bit in the ${name} of the header`, () => {
      const found = inspectWal(withFlippedBit(wal, position));
      assert.deepEqual(found.state === 'damaged' && found.repaired, wal);
    });
  }

  it('repairs the salt of the header also where the log has only two frames', () => {
    const short = wal.subarray(0, HEADER_BYTES + 2 * FRAME_BYTES);
    const found = inspectWal(withFlippedBit(short, 18));
    assert.deepEqual(found.state === 'damaged' && found.repaired, short);
  });

  it('repairs damage before a later transaction, so that SQLite reads all transactions', async () => {
    const altered = withFlippedBit(wal, inPage(0));
    assert.deepEqual(await textsWith(altered), []);
    const found = inspectWal(altered);
    assert(found.state === 'damaged');
    assert.equal(found.repaired.length, wal.length);
    assert.deepEqual(inspectWal(found.repaired), { state: 'sound' });
    assert.deepEqual(await textsWith(found.repaired), ['first', 'second', 'third']);
  });

  for (const frame of [2, 3])
    it(`takes damage in frame ${frame}, of the last transaction, for a torn write`, () => {
      assert.deepEqual(inspectWal(withFlippedBit(wal, inPage(frame))), { state: 'torn' });
    });

  it('takes a last transaction without its commit for sound, because SQLite ignores it', () => {
    assert.deepEqual(inspectWal(wal.subarray(0, HEADER_BYTES + 3 * FRAME_BYTES)), { state: 'sound' });
  });

  it('takes frames of the generation before for sound, because they are in the database already', () => {
    const altered = Buffer.from(wal);
    altered.fill(0xaa, HEADER_BYTES + 3 * FRAME_BYTES + 8, HEADER_BYTES + 3 * FRAME_BYTES + 16);
    assert.deepEqual(inspectWal(altered), { state: 'sound' });
  });
});
