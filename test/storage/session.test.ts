import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StorageNotice } from '../../src/storage';
import { connect } from '../../src/storage/connection';
import { createReserveFile, reservePathOf } from '../../src/storage/reserve-file';
import { createSession, type AnyProgram, type Session } from '../../src/storage/session';
import { sqliteError, SQLITE } from './support/fake-disk';

describe('session', () => {
  let folder: string;
  let file: string;
  let notices: StorageNotice['kind'][];
  let session: Session | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-'));
    file = join(folder, 'notes.sqlite');
    notices = [];
  });

  afterEach(async () => {
    session?.close();
    session = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  /** @param beforeOpening called each time that the program is opened */
  function create(beforeOpening = () => {}): Session {
    // As in the storage thread, which does not know the types of a program.
    const { program }: { readonly program: AnyProgram } = require('./support/notes');
    const { restored }: Pick<Parameters<typeof createSession>[0], 'restored'> = JSON.parse('{"restored":""}');
    session = createSession({
      file,
      program: {
        ...program,
        open: (...args) => {
          beforeOpening();
          return program.open(...args);
        },
      },
      restored,
      reserve: createReserveFile(reservePathOf(file)),
      notify: ({ kind }) => notices.push(kind),
      now: () => 0,
    });
    return session;
  }

  /** Locks the file as another process does. @returns what ends that */
  function lock(): () => void {
    const other = connect(`${file}.lock`, () => {});
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return () => other.close();
  }

  it('reports each time that another process has the file, once', () => {
    const tested = create();
    for (let round = 1; round <= 2; round += 1) {
      const unlock = lock();
      for (let count = 0; count < 3; count += 1) assert.throws(() => tested.open(), /locked/);
      assert.equal(notices.length, round);
      unlock();
      tested.open();
      tested.close();
    }
    assert.deepEqual(notices, ['locked', 'locked']);
  });

  it('uses the reserve where the disk is too full to open the file', () => {
    create().open();
    session?.close();
    let isFull = true;
    const tested = create(() => {
      if (!isFull) return;
      isFull = false;
      throw sqliteError(SQLITE.full);
    });
    assert.ok(tested.open());
  });

  it('says that the disk is full where there is no reserve', () => {
    const tested = create(() => {
      throw sqliteError(SQLITE.full);
    });
    assert.throws(() => tested.open(), { errcode: SQLITE.full });
  });

  it('makes a deleted file anew before it is closed after an error of the device, or rebuilt', async () => {
    const tested = create();
    const { connection } = tested.open();
    connection.transaction(() => connection.run("INSERT INTO notes (text, sum) VALUES ('kept', 1)"));
    for (const end of [() => tested.closeToReopen(), () => tested.rebuild()]) {
      await rm(folder, { recursive: true });
      end();
      assert.equal(tested.open().connection.get('SELECT text FROM notes')?.['text'], 'kept');
    }
  });

  it('keeps a deleted file open that cannot be made anew, whatever fails', async () => {
    const tested = create();
    tested.open();
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    tested.closeToReopen();
    assert.throws(() => tested.rebuild(), /cannot be made anew/);
    assert.ok(tested.current());
    assert.match(tested.problem()?.message ?? '', /EEXIST/);
    await rm(folder);
    tested.check();
    assert.equal(tested.problem(), undefined);
  });
});
