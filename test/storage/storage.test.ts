import assert from 'node:assert/strict';
import {
  appendFile,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database, type StorageNotice } from '../../src/storage';
import { kind, value } from '../outbox/support';
import { until } from '../support/waiting';
import type { NoteOperations } from './support/notes';

const texts = (from: Database<NoteOperations>) => value(from.call('all', null));

describe('storage', () => {
  let folder: string;
  let notices: StorageNotice[];
  const open: Database<NoteOperations>[] = [];

  const database = (program = 'notes', file = 'notes.sqlite') => {
    const opened = openDatabase<NoteOperations, string>({
      file: join(folder, file),
      program: require.resolve(`./support/${program}`),
      now: () => Date.UTC(2026, 4, 1, 12, 30),
      restore: () => 'restored',
      notify: (notice) => notices.push(notice),
    });
    open.push(opened);
    return opened;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storage-'));
    notices = [];
  });

  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('commits calls that arrive together in groups of at most 64', async () => {
    const notes = database();
    await value(notes.call('add', 'first'));
    const before = await value(notes.call('commits', null));
    const texts128 = Array.from({ length: 128 }, (_, index) => `note ${index}`);
    await Promise.all(texts128.map((text) => value(notes.call('add', text))));
    const commits = (await value(notes.call('commits', null))) - before;
    assert.ok(commits >= 2 && commits <= 20, `${commits} commits`);
    assert.deepEqual(await texts(notes), ['first', ...texts128]);
  });

  it('bounds a commit by bytes too', async () => {
    const notes = database();
    await value(notes.call('add', 'first'));
    const large = Array.from({ length: 8 }, () => 'x'.repeat(700_000));
    await Promise.all(large.map((text) => value(notes.call('add', text))));
    assert.ok((await value(notes.call('commits', null))) >= 9);
  });

  it('lets one call of a group fail alone', async () => {
    const notes = database();
    const results = await Promise.all([
      notes.call('add', 'before'),
      notes.call('addAndFail', 'bad'),
      notes.call('add', 'after'),
    ]);
    assert.deepEqual(
      results.map((result) => result.ok),
      [true, false, true],
    );
    assert.deepEqual(await texts(notes), ['before', 'after']);
  });

  it('commits a deletion together with the next append', async () => {
    const notes = database();
    const id = await value(notes.call('add', 'old'));
    const before = await value(notes.call('commits', null));
    await Promise.all([value(notes.call('remove', id)), value(notes.call('add', 'new'))]);
    assert.equal((await value(notes.call('commits', null))) - before, 1);
    assert.deepEqual(await texts(notes), ['new']);
  });

  for (const [how, name] of [
    ['exits', 'vanish'],
    ['throws', 'throwLater'],
  ] as const) {
    it(`rejects what was pending when the thread ${how}, and starts a new one`, async () => {
      const notes = database();
      await value(notes.call('add', 'kept'));
      const ending = notes.call(name, null);
      const riding = notes.call('remove', 12_345);
      const kinds = await Promise.all([ending, riding]);
      assert.ok(kinds.some((result) => !result.ok && result.failure.kind === 'stopped'));
      await until('a report of the restart of the thread', () =>
        notices.some((notice) => notice.kind === 'thread-restarted'),
      );
      assert.deepEqual(await texts(notes), ['kept']);
      assert.equal(await value(notes.call('restored', null)), 'restored');
    });
  }

  it('refuses calls while 20,000 wait, and works again afterwards', async () => {
    const notes = database();
    await value(notes.call('add', 'kept'));
    const calls = Array.from({ length: 20_001 }, () => notes.call('commits', null));
    const last = await calls.at(-1);
    assert.equal(last?.ok === false && last.failure.kind, 'busy');
    const results = await Promise.all(calls.slice(0, -1));
    assert(results.every(({ ok }) => ok));
    assert.deepEqual(await texts(notes), ['kept']);
  });

  it('serves several files from one thread, and keeps them apart', async () => {
    const [one, two] = [database('notes', 'one.sqlite'), database('notes', 'two.sqlite')];
    await Promise.all([value(one.call('add', '1')), value(two.call('add', '2'))]);
    assert.deepEqual([await texts(one), await texts(two)], [['1'], ['2']]);
    await one.close();
    assert.deepEqual(await texts(two), ['2']);
  });

  it('migrates to a later version, and refuses to open what a later version has written', async () => {
    const first = database();
    await value(first.call('add', 'early'));
    await first.close();
    const later = database('later-notes');
    assert.deepEqual(await texts(later), ['early']);
    await later.close();
    assert.equal(await kind(database().call('all', null)), 'newer');
  });

  it('keeps a file that is no database, tells the user, and starts afresh', async () => {
    await writeFile(
      join(folder, 'notes.sqlite'),
      'This is not a database, but longer than a header has to be. '.repeat(9),
    );
    const notes = database();
    await value(notes.call('add', 'fresh'));
    assert.deepEqual(await texts(notes), ['fresh']);
    assert.equal(notices[0]?.kind, 'damaged-file');
    assert.ok((await readdir(folder)).includes('notes.sqlite.corrupt.20260501T123000Z'));
  });

  for (const [how, lose] of [
    ['empty', (file: string) => truncate(file)],
    ['gone', (file: string) => rm(file)],
  ] as const) {
    it(`tells the user of a file that is ${how} though it was in use`, async () => {
      const notes = database();
      await value(notes.call('add', 'lost'));
      await notes.close();
      await lose(join(folder, 'notes.sqlite'));
      assert.deepEqual(await texts(database()), []);
      assert.deepEqual(
        notices.map(({ kind: found, lost }) => [found, lost]),
        [['damaged-file', undefined]],
      );
    });

    it(`reads what the log still has of a file that is ${how}`, async () => {
      const notes = database();
      await value(notes.call('add', 'in the log'));
      for (const suffix of ['', '-wal'])
        await copyFile(join(folder, `notes.sqlite${suffix}`), join(folder, `copy.sqlite${suffix}`));
      await lose(join(folder, 'copy.sqlite'));
      assert.deepEqual(await texts(database('notes', 'copy.sqlite')), ['in the log']);
    });
  }

  it('takes a log for sound that was begun anew just before the end of the process', async () => {
    const notes = database();
    await value(notes.call('add', 'one'));
    await value(notes.call('add', 'two'));
    const log = join(folder, 'notes.sqlite-wal');
    const used = await readFile(log);
    await notes.close();
    await writeFile(log, begunAnew(used));
    assert.deepEqual(await texts(database()), ['one', 'two']);
    assert.deepEqual(notices, []);
  });

  it('rebuilds a file in which the column of the schema version has another name', async () => {
    const notes = database();
    await value(notes.call('add', 'sound'));
    await notes.close();
    const file = join(folder, 'notes.sqlite');
    const bytes = await readFile(file);
    const position = bytes.indexOf('version INTEGER');
    assert.ok(position > 0);
    // One bit makes an "h" of the "i".
    bytes.write('h', position + 4);
    await writeFile(file, bytes);
    assert.deepEqual(await texts(database()), ['sound']);
    assert.deepEqual(
      notices.map(({ kind: found, lost }) => [found, lost]),
      [['damaged-file', 0]],
    );
  });

  it('rebuilds a file in which a program finds damage, and repeats the call', async () => {
    const notes = database();
    await value(notes.call('add', 'sound'));
    await value(notes.call('findDamage', null));
    assert.deepEqual(await texts(notes), ['sound']);
    assert.deepEqual(
      notices.map(({ kind: found, lost }) => [found, lost]),
      [['damaged-file', 0]],
    );
    assert.equal(await value(notes.call('restored', null)), 'restored!');
  });

  it('rebuilds a file that a flipped bit makes read-only', async () => {
    const notes = database();
    await value(notes.call('add', 'sound'));
    await notes.close();
    const file = join(folder, 'notes.sqlite');
    const bytes = await readFile(file);
    bytes[18] = 6;
    await writeFile(file, bytes);
    const again = database();
    await value(again.call('add', 'later'));
    assert.deepEqual(await texts(again), ['sound', 'later']);
    assert.deepEqual(
      notices.map(({ kind: found }) => found),
      ['damaged-file'],
    );
  });

  it('gives up its reserve for a read that repairs something on a full disk', async () => {
    assert.equal(await value(database().call('repair', null)), 'repaired');
  });

  it('keeps no more than three damaged files', async () => {
    for (let round = 0; round < 5; round += 1) {
      await writeFile(join(folder, 'notes.sqlite'), `No database, round ${round}. `.repeat(100));
      const notes = database();
      await value(notes.call('add', 'fresh'));
      await notes.close();
    }
    const kept = (await readdir(folder)).filter((name) => name.includes('.corrupt.'));
    assert.equal(kept.length, 3);
  });

  it('finishes a rebuild that was interrupted once the old file was moved away', async () => {
    const notes = database();
    await value(notes.call('add', 'rebuilt'));
    await notes.close();
    await rename(join(folder, 'notes.sqlite'), join(folder, 'notes.sqlite.new'));
    assert.deepEqual(await texts(database()), ['rebuilt']);
  });

  it('begins a rebuild anew that was interrupted before', async () => {
    const notes = database();
    await value(notes.call('add', 'original'));
    await notes.close();
    await appendFile(join(folder, 'notes.sqlite.new'), 'half a file');
    assert.deepEqual(await texts(database()), ['original']);
    assert.ok(!(await readdir(folder)).includes('notes.sqlite.new'));
  });

  it('keeps a reserve of 1 MB beside the file', async () => {
    await texts(database());
    assert.equal((await stat(join(folder, 'notes.sqlite.ballast'))).size, 2 ** 20);
  });
});

/** A log all of which is in the database, with the header of its next generation: https://www.sqlite.org/fileformat2.html */
function begunAnew(log: Buffer): Buffer {
  const next = Buffer.from(log);
  next.writeUInt32BE((next.readUInt32BE(16) + 1) >>> 0, 16);
  let [first, second] = [0, 0];
  for (let position = 0; position < 24; position += 8) {
    first = (first + next.readUInt32LE(position) + second) >>> 0;
    second = (second + next.readUInt32LE(position + 4) + first) >>> 0;
  }
  next.writeUInt32BE(first, 24);
  next.writeUInt32BE(second, 28);
  return next;
}
