import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { mock } from 'node:test';
import { reservePathOf } from '../../src/storage/reserve-file';
import { openNotes, type NotesEngine } from './support/notes-engine';

/** What somebody may have who never gave it to Sensorpost. */
const VICTIM = 'What the user wrote.\n'.repeat(500);

/** What can be at the name of a file, besides a file. */
const ENTRIES: Readonly<Record<string, (path: string, victim: string) => Promise<void> | void>> = {
  'a symbolic link': (path, victim) => symlink(victim, path),
  'a symbolic link that leads nowhere': (path, victim) => symlink(`${victim}.missing`, path),
  'a pipe': (path) => void execFileSync('mkfifo', [path]),
  'a folder': async (path) => {
    await mkdir(path);
    await writeFile(join(path, 'inside'), VICTIM);
  },
  'a device': (path) => void execFileSync('mknod', [path, 'c', '1', '3']),
};

/** What SQLite opens by its name: whatever is there stays, and nothing is opened. */
const REFUSED = ['', '.lock', '-wal', '-journal', '-shm'];

/** What is made anew: whatever is there is moved away. */
const RESERVE = reservePathOf('');
const REPLACED = [
  RESERVE,
  `${RESERVE}.new`,
  '.new',
  '.new-wal',
  '.new-journal',
  '.new-shm',
  '.copy',
  '.own',
  '-wal.own',
  '-wal.mended',
];

describe('something else where a file of the database belongs', () => {
  let place: string;
  let folder: string;
  let file: string;
  let victim: string;
  let notes: NotesEngine | undefined;

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'foreign-'));
    folder = join(place, 'notes');
    file = join(folder, 'notes.sqlite');
    victim = join(place, 'victim');
    await mkdir(folder, { mode: 0o700 });
    await writeFile(victim, VICTIM);
  });

  afterEach(async () => {
    mock.restoreAll();
    notes?.close();
    notes = undefined;
    await rm(place, { recursive: true });
  });

  function start(path = file): NotesEngine {
    notes = openNotes(path);
    return notes;
  }

  function restart(): NotesEngine {
    notes?.close();
    return start();
  }

  async function assertVictimUntouched(): Promise<void> {
    assert.equal(await readFile(victim, 'utf8'), VICTIM);
    assert.deepEqual((await readdir(place)).toSorted(), ['notes', 'victim']);
  }

  for (const [what, put] of Object.entries(ENTRIES)) {
    const words = what.replace(' that leads nowhere', '');
    const isImpossible = what === 'a device' && process.getuid?.() !== 0;

    for (const suffix of REFUSED) {
      it(`keeps the database shut, and says so, where notes.sqlite${suffix} is ${what}`, async function () {
        if (isImpossible) return this.skip();
        await put(file + suffix, victim);
        const message = await start().tryAppend('one');
        assert.equal(
          message.startsWith(`${file}${suffix} is ${words === 'a device' ? 'a device or a socket' : words},`),
          true,
          message,
        );
        assert.match(message, /move it away/);
        await assertVictimUntouched();
        assert.deepEqual(await readdir(folder), [basename(file) + suffix]);
        // Once it is gone, everything works by itself.
        await rm(file + suffix, { recursive: true });
        assert.equal(await notes?.append('two'), 'ok');
        return undefined;
      });
    }

    for (const suffix of REPLACED) {
      it(`moves it away, and says so, where notes.sqlite${suffix} is ${what}`, async function () {
        if (isImpossible) return this.skip();
        await put(file + suffix, victim);
        const opened = start();
        assert.equal(await opened.append('one'), 'ok');
        assert.deepEqual(await opened.texts(), ['one']);
        const moved = opened.notices
          .filter(({ kind }) => kind === 'displaced-file')
          .map(({ message }) => message);
        assert.equal(moved.length, 1, moved.join('\n'));
        assert(moved[0]?.startsWith(`${file}${suffix} was ${words}`), moved[0]);
        assert((await readdir(folder)).includes(`notes.sqlite${suffix}.replaced.20260501T123000Z`));
        await assertVictimUntouched();
        if (what === 'a folder') {
          const kept = `${file}${suffix}.replaced.20260501T123000Z`;
          assert.equal(await readFile(join(kept, 'inside'), 'utf8'), VICTIM);
        }
        return undefined;
      });
    }
  }

  it('leaves the file of another name as it is, where a file is shared with a backup by hard links', async () => {
    await start().append('one');
    notes?.close();
    const backup = join(place, 'backup');
    execFileSync('cp', ['-al', `${folder}/.`, backup]);
    const inBackup = async () =>
      Promise.all((await readdir(backup)).map((name) => readFile(join(backup, name), 'latin1')));
    const before = await inBackup();
    const opened = restart();
    assert.equal(await opened.append('two'), 'ok');
    assert.deepEqual(await opened.texts(), ['one', 'two']);
    assert.match(
      opened.notices.map(({ message }) => message).join('\n'),
      /had a second name \(a hard link\)/,
    );
    notes?.close();
    assert.deepEqual(await inBackup(), before);
    assert.deepEqual(await restart().texts(), ['one', 'two']);
    assert.deepEqual(notes?.notices, []);
  });

  it('works where the folder, or one above it, is a symbolic link to another disk', async () => {
    const disk = join(place, 'disk');
    await mkdir(disk);
    await rm(folder, { recursive: true });
    await symlink(disk, folder);
    assert.equal(await start(join(folder, 'deeper', 'notes.sqlite')).append('one'), 'ok');
    notes?.close();
    await mkdir(join(disk, 'direct'), { mode: 0o700 });
    await symlink(join(disk, 'direct'), join(place, 'linked'));
    assert.equal(await start(join(place, 'linked', 'notes.sqlite')).append('one'), 'ok');
    assert.deepEqual(notes?.notices, []);
    assert((await readdir(join(disk, 'direct'))).includes('notes.sqlite'));
  });
});

describe('a folder that others may enter', () => {
  let folder: string;
  let notes: NotesEngine;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'entered-'));
  });
  afterEach(async () => {
    mock.restoreAll();
    notes.close();
    await rm(folder, { recursive: true });
  });

  for (const [mode, done] of [
    [0o755, 'read'],
    [0o750, 'read'],
    [0o777, 'changed'],
    [0o1777, 'changed'],
    [0o730, 'changed'],
  ] as const) {
    it(`loses the rights of others, of ${mode.toString(8)}, and is told of`, async () => {
      await chmod(folder, mode);
      notes = openNotes(join(folder, 'notes.sqlite'));
      assert.equal(await notes.append('one'), 'ok');
      assert.equal((await stat(folder)).mode & 0o7777, 0o700);
      assert.deepEqual(
        notes.notices.map(({ kind, message }) => [kind, message]),
        [
          [
            'unsafe-folder',
            `${folder} could be ${done} by other users of this machine. Now only Node-RED's user can enter it.`,
          ],
        ],
      );
    });
  }

  for (const [where, refuse] of [
    ['does not change', () => undefined],
    [
      'belongs to another user',
      () => {
        throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
      },
    ],
  ] as const) {
    it(`serves all the same where it ${where}, as FAT and volumes of containers have it, and is told of`, async () => {
      await chmod(folder, 0o777);
      mock.method(fs, 'chmodSync', refuse);
      notes = openNotes(join(folder, 'notes.sqlite'));
      assert.equal(await notes.append('one'), 'ok');
      assert.deepEqual(
        notes.notices.map(({ kind }) => kind),
        ['unsafe-folder'],
      );
      assert.match(notes.notices[0]?.message ?? '', /can be changed by other users .* keeps no rights \(FAT/);
    });
  }

  it('needs no word where nobody else may enter', async () => {
    notes = openNotes(join(folder, 'notes.sqlite'));
    assert.equal(await notes.append('one'), 'ok');
    assert.deepEqual(notes.notices, []);
  });
});
