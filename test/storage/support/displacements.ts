import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What others do to the files of a database that is open: the folder `notes`, beside which there is a `backup` of it. */
export const DISPLACEMENTS: readonly (readonly [how: string, (folder: string) => Promise<void>])[] = [
  ['the folder is deleted', (folder) => rm(folder, { recursive: true })],
  ['the folder is deleted with its parent', deleteParent],
  ['the folder is moved away', (folder) => rename(folder, `${folder}.old`)],
  [
    'the folder is deleted and made again, empty',
    async (folder) => {
      await rm(folder, { recursive: true });
      await mkdir(folder);
    },
  ],
  [
    'the folder is replaced by a backup',
    async (folder) => {
      await rename(folder, `${folder}.old`);
      await cp(join(folder, '../backup'), folder, { recursive: true });
    },
  ],
  ['the database is deleted', (folder) => rm(join(folder, 'notes.sqlite'), { force: true })],
  ['the database is moved away', (folder) => rename(join(folder, 'notes.sqlite'), join(folder, 'old'))],
  [
    'the database is replaced by an empty file',
    async (folder) => {
      await rm(join(folder, 'notes.sqlite'), { force: true });
      await writeFile(join(folder, 'notes.sqlite'), '');
    },
  ],
  [
    'the database is replaced by something else',
    async (folder) => {
      await writeFile(join(folder, 'other'), 'Not a database');
      await rename(join(folder, 'other'), join(folder, 'notes.sqlite'));
    },
  ],
  ['the log is deleted', (folder) => rm(join(folder, 'notes.sqlite-wal'), { force: true })],
  [
    'the log is replaced by another',
    async (folder) => {
      await rm(join(folder, 'notes.sqlite-wal'), { force: true });
      await cp(join(folder, '../backup/notes.sqlite-wal'), join(folder, 'notes.sqlite-wal'));
    },
  ],
  [
    'the database and its log are deleted',
    async (folder) => {
      await rm(join(folder, 'notes.sqlite'), { force: true });
      await rm(join(folder, 'notes.sqlite-wal'), { force: true });
    },
  ],
  ['the lock is deleted', (folder) => rm(join(folder, 'notes.sqlite.lock'), { force: true })],
  ['the reserve file is deleted', (folder) => rm(join(folder, 'notes.sqlite.ballast'), { force: true })],
  [
    'all files are deleted one by one',
    async (folder) => {
      for (const name of await readdir(folder)) await rm(join(folder, name));
    },
  ],
];

/** Deletes the folder above, and leaves what is not the database's. */
async function deleteParent(folder: string): Promise<void> {
  const parent = join(folder, '..');
  const backup = `${parent}.backup`;
  await rename(join(parent, 'backup'), backup);
  await rm(parent, { recursive: true });
  await mkdir(parent);
  await rename(backup, join(parent, 'backup'));
}
