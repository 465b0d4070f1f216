import assert from 'node:assert/strict';
import fs from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mock } from 'node:test';
import { reservePathOf } from '../../src/storage/reserve-file';
import { DISPLACEMENTS } from './support/displacements';
import { sqliteError, SQLITE } from './support/fake-disk';
import { program } from './support/notes';
import { openNotes, type NotesEngine } from './support/notes-engine';

describe('a database whose files are deleted, moved or replaced while it is open', () => {
  let place: string;
  let folder: string;
  let file: string;
  const open: NotesEngine[] = [];

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'displaced-'));
    folder = join(place, 'parent', 'notes');
    file = join(folder, 'notes.sqlite');
  });

  afterEach(async () => {
    mock.restoreAll();
    for (const each of open.splice(0)) each.close();
    await rm(place, { recursive: true, force: true });
  });

  function start(path = file): NotesEngine {
    const notes = openNotes(path);
    open.push(notes);
    return notes;
  }

  /**
   * Has two notes in the database, of which one is in the backup too, which was copied while it was open. Parts of both
   * are in the log alone, and free pages stand before them, so that a copy has them at other places.
   */
  async function startWithNotes(): Promise<NotesEngine> {
    const first = start();
    await first.append('x'.repeat(50_000));
    assert.equal(await first.removeFirst(), 'ok');
    first.close();
    const notes = start();
    await notes.append('in the backup');
    await cp(folder, join(folder, '../backup'), { recursive: true });
    await notes.append('before');
    return notes;
  }

  async function textsAfterRestart(notes: NotesEngine): Promise<readonly string[]> {
    notes.close();
    return start().texts();
  }

  /** As a process finds the files that starts after a kill -9 at this moment. */
  async function textsAfterKill(): Promise<readonly string[]> {
    const copy = await mkdtemp(join(place, 'killed-'));
    await cp(folder, copy, { recursive: true });
    return start(join(copy, 'notes.sqlite')).texts();
  }

  /** What was moved away would be in the way of the next. */
  const forgetMoved = () => rm(`${folder}.old`, { recursive: true, force: true });

  for (const [how, displace] of DISPLACEMENTS) {
    it(`keeps what is appended after ${how}, once and once more, through a kill -9 too`, async () => {
      const notes = await startWithNotes();
      await displace(folder);
      assert.equal(await notes.append('between'), 'ok');
      assert.deepEqual(await textsAfterKill(), ['in the backup', 'before', 'between']);
      await forgetMoved();
      await displace(folder);
      assert.equal(await notes.append('after'), 'ok');
      assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'between', 'after']);
    });

    it(`keeps what it had after ${how} while nobody calls and just before its end, and says so once`, async () => {
      const notes = await startWithNotes();
      await displace(folder);
      notes.look();
      notes.look();
      assert.deepEqual(await textsAfterKill(), ['in the backup', 'before']);
      assert.deepEqual(
        notes.notices.map(({ kind }) => kind),
        how.includes('reserve') ? [] : ['displaced-file'],
      );
      for (const { message } of notes.notices) {
        assert(message.includes(file), message);
        assert.match(message, /To clear or restore data, stop Node-RED first/);
      }
      const names = await readdir(folder);
      for (const path of [file, `${file}-wal`, `${file}.lock`, reservePathOf(file)])
        assert(names.includes(basename(path)), `${path} is missing`);
      await forgetMoved();
      await displace(folder);
      assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before']);
    });
  }

  it('keeps aside what was put in its place, whole, and names it', async () => {
    const notes = await startWithNotes();
    const backup = await readFile(join(folder, '../backup/notes.sqlite'));
    await rm(folder, { recursive: true });
    await cp(join(folder, '../backup'), folder, { recursive: true });
    await notes.append('after');
    const kept = `${file}.replaced.20260501T123000Z`;
    assert(notes.notices[0]?.message.includes(`was kept as ${kept}.`), notes.notices[0]?.message);
    assert.deepEqual(await readFile(kept), backup);
    assert.deepEqual(await start(kept).texts(), ['in the backup']);
    assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'after']);
  });

  it('keeps each log that was put in the place of its own, also within one second', async () => {
    const notes = await startWithNotes();
    for (const text of ['first', 'second']) {
      await writeFile(join(folder, 'other'), text);
      await rename(join(folder, 'other'), `${file}-wal`);
      notes.look();
    }
    const kept = `${file}.replaced.20260501T123000Z`;
    assert.equal(await readFile(`${kept}-wal`, 'utf8'), 'first');
    assert.equal(await readFile(`${kept}-2-wal`, 'utf8'), 'second');
  });

  it('leaves what was moved away as it is, with its log', async () => {
    const notes = await startWithNotes();
    await rename(folder, `${folder}.old`);
    notes.look();
    await notes.append('after');
    notes.close();
    assert.deepEqual(await start(join(`${folder}.old`, 'notes.sqlite')).texts(), ['in the backup', 'before']);
  });

  it('says how many rows were carried over', async () => {
    const notes = await startWithNotes();
    await rm(folder, { recursive: true });
    notes.look();
    assert.match(notes.notices[0]?.message ?? '', /All its 2 rows were carried over/);
    assert.equal(notes.notices[0]?.lost, 0);
  });

  it('waits for a second process that uses the folder meanwhile to end', async () => {
    const notes = await startWithNotes();
    await rm(folder, { recursive: true });
    const other = start();
    await other.append('of the other');
    assert.equal(await notes.append('not known'), 'stopped');
    assert.equal(await notes.append('refused'), 'locked');
    other.close();
    notes.look();
    assert.equal(await notes.append('after'), 'ok');
    assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'not known', 'after']);
  });

  it('refuses with the reason while it cannot be made anew, still reads and deletes, and recovers by itself', async () => {
    const notes = await startWithNotes();
    await rm(folder, { recursive: true });
    await writeFile(folder, 'A file where the folder was');
    assert.equal(await notes.append('not known'), 'stopped');
    for (const text of ['refused', 'refused again'])
      assert.match(
        await notes.tryAppend(text),
        /notes\.sqlite was deleted, moved away or replaced while .* cannot be made anew now \(EEXIST/,
      );
    notes.look();
    assert.equal(await notes.removeFirst(), 'ok');
    assert.deepEqual(await notes.texts(), ['before', 'not known']);
    assert.equal(notes.notices.length, 1);
    assert.match(notes.notices[0]?.message ?? '', /Nothing new is accepted until it can/);
    await rm(folder);
    notes.look();
    assert.equal(await notes.append('after'), 'ok');
    assert.equal(notes.notices.length, 2);
    assert.deepEqual(await textsAfterRestart(notes), ['before', 'not known', 'after']);
  });

  it('says at its end that what it held is lost where it could not be made anew until then', async () => {
    const notes = await startWithNotes();
    await rm(folder, { recursive: true });
    await writeFile(folder, '');
    notes.close();
    assert.match(notes.notices.at(-1)?.message ?? '', /what it held is lost unless it was moved away/);
  });

  it('waits for room on a full disk, and does not fill it with half a copy', async () => {
    const notes = await startWithNotes();
    const full = mock.method(fs, 'statfsSync', () => ({ bavail: 4 * 2 ** 20, bsize: 1 }));
    await rm(folder, { recursive: true });
    assert.equal(await notes.append('not known'), 'stopped');
    assert.equal(await notes.append('refused'), 'full');
    assert.deepEqual(await readdir(folder), ['notes.sqlite.lock']);
    full.mock.restore();
    notes.look();
    assert.equal(await notes.append('after'), 'ok');
    assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'not known', 'after']);
  });

  for (const [how, code] of [
    ['is damaged', SQLITE.corrupt],
    ['has two rows of which there may be one', SQLITE.constraint],
  ] as const)
    it(`carries over what is sound where the open database ${how} besides`, async () => {
      const notes = await startWithNotes();
      failCopies(() => sqliteError(code));
      await rm(folder, { recursive: true });
      assert.equal(await notes.append('after'), 'ok');
      assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'after']);
    });

  it('pauses the longer after an attempt to make it anew that failed the longer that took', async () => {
    const notes = await startWithNotes();
    failCopies(() => {
      const end = performance.now() + 200;
      while (performance.now() < end);
      return new Error('No more');
    });
    await rm(folder, { recursive: true });
    notes.look();
    assert(notes.pause() >= 4000 && notes.pause() <= 300_000, `${notes.pause()} ms`);
    mock.restoreAll();
    notes.look();
    assert.equal(notes.pause(), 2000);
    assert.equal(await notes.append('after'), 'ok');
  });

  for (const lost of [1, undefined])
    it(`does not know what became of what is appended where ${lost ?? 'unknown'} rows cannot be carried over`, async () => {
      const notes = await startWithNotes();
      failCopies(() => sqliteError(SQLITE.corrupt));
      const { salvage } = program;
      const salvaging = mock.method(program, 'salvage', (...connections: Parameters<typeof salvage>) => ({
        ...salvage(...connections),
        lost,
      }));
      await rm(folder, { recursive: true });
      assert.equal(await notes.append('maybe lost'), 'stopped');
      assert.equal(salvaging.mock.callCount(), 1);
      assert.equal(await notes.append('after'), 'ok');
    });

  it('never takes its own copy for a foreign file where that cannot be opened, nor loses it', async () => {
    const notes = await startWithNotes();
    failSql('auto_vacuum', () => sqliteError(SQLITE.ioError));
    await rm(folder, { recursive: true });
    for (let count = 0; count < 2; count += 1) notes.look();
    mock.restoreAll();
    assert.deepEqual(await textsAfterKill(), ['in the backup', 'before']);
    notes.look();
    assert.equal(await notes.append('after'), 'ok');
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /\.(replaced|new|copy)/.test(name)),
      [],
    );
    assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'after']);
  });

  it('syncs the deletion of its old log before the copy gets the name of the database', async () => {
    const notes = await startWithNotes();
    await rm(file);
    const steps: string[] = [];
    for (const name of ['renameSync', 'rmSync', 'fsyncSync'] as const) {
      const original: (...args: never[]) => unknown = fs[name];
      mock.method(fs, name, (...args: never[]) => {
        steps.push([name, ...args.slice(0, 1).map((path) => basename(String(path)))].join(' '));
        return original(...args);
      });
    }
    notes.look();
    const deletion = steps.indexOf('rmSync notes.sqlite-wal');
    assert.match(steps[deletion + 1] ?? '', /^fsyncSync/);
    assert.equal(steps[deletion + 2], 'renameSync notes.sqlite.new');
  });

  it('locks others out again where its lock alone was deleted', async () => {
    const notes = await startWithNotes();
    await rm(`${file}.lock`);
    notes.look();
    const other = new DatabaseSync(`${file}.lock`);
    try {
      assert.throws(() => other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE'), /locked/);
    } finally {
      other.close();
    }
    assert.equal(await notes.append('after'), 'ok');
    assert.deepEqual(await textsAfterRestart(notes), ['in the backup', 'before', 'after']);
  });

  it('looks once more at its end, and carries over what was deleted since the last look', async () => {
    const notes = await startWithNotes();
    notes.look();
    await rm(folder, { recursive: true });
    notes.close();
    assert.deepEqual(await start().texts(), ['in the backup', 'before']);
    assert.equal(notes.notices.length, 1);
  });

  it('writes nothing of the log of another file into a rebuilt one that takes its place at the start', async () => {
    const notes = await startWithNotes();
    notes.close();
    const stale = start(join(place, 'other', 'notes.sqlite'));
    await stale.append('of another file');
    const log = await readFile(join(place, 'other', 'notes.sqlite-wal'));
    assert(log.length > 4096);
    // As where the process ended after the damaged file was moved away, but not its log.
    await rename(file, `${file}.new`);
    await writeFile(`${file}-wal`, log);
    const started = start();
    assert.deepEqual(await started.texts(), ['in the backup', 'before']);
    assert.deepEqual(await readFile(`${file}.replaced.20260501T123000Z-wal`), log);
  });

  it('makes its reserve file anew where that alone was deleted', async () => {
    const notes = await startWithNotes();
    await rm(reservePathOf(file));
    notes.look();
    assert.equal((await stat(reservePathOf(file))).size, 2 ** 20);
  });

  for (const how of [
    'the folder is deleted',
    'the database is deleted',
    'the folder is replaced by a backup',
  ])
    it(`loses nothing silently where the process ends at any step of carrying over after ${how}`, async () => {
      const displace = DISPLACEMENTS.find(([name]) => name === how)?.[1];
      const notes = await startWithNotes();
      await displace?.(folder);
      const steps = await filesAtEachStep(folder, join(place, 'steps'), () => notes.look());
      let isComplete = false;
      for (const step of steps) {
        const hadCopy = (await readdir(step)).includes('notes.sqlite.copy');
        const started = start(join(step, 'notes.sqlite'));
        const texts = await started.texts();
        const isWhole = texts.length === 2;
        assert(isWhole || !isComplete, `${step}: what was complete is lost`);
        isComplete ||= isWhole;
        // Before that, what was deleted ends with the process: nothing but the deletion itself is to be seen.
        assert(isWhole || !hadCopy || started.notices.length > 0, `${step}: nothing was said`);
      }
      assert(isComplete && steps.length > 5, `${steps.length} steps`);
    });
});

/** Has copies of whole databases fail. */
function failCopies(problem: () => Error): void {
  failSql('VACUUM INTO', problem);
}

/** Has all fail that has a text in its SQL. */
function failSql(text: string, problem: () => Error): void {
  const { value: exec } = Object.getOwnPropertyDescriptor(DatabaseSync.prototype, 'exec') ?? {};
  mock.method(DatabaseSync.prototype, 'exec', function (this: DatabaseSync, sql: string) {
    if (sql.includes(text)) throw problem();
    Reflect.apply(exec, this, [sql]);
  });
}

/** Copies a folder before each change that `work` makes in it. @returns the copies, in order */
async function filesAtEachStep(folder: string, to: string, work: () => void): Promise<readonly string[]> {
  const copies: string[] = [];
  const copy = () => {
    const target = join(to, String(copies.length));
    fs.cpSync(folder, target, { recursive: true });
    copies.push(target);
  };
  for (const name of ['renameSync', 'rmSync', 'fsyncSync'] as const) {
    const original: (...args: never[]) => unknown = fs[name];
    mock.method(fs, name, (...args: never[]) => {
      copy();
      return original(...args);
    });
  }
  work();
  mock.restoreAll();
  copy();
  return copies;
}
