import assert from 'node:assert/strict';
import fs from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { program } from '../../../src/station/store/embedded/program';
import { openFile } from '../../../src/storage/file';
import type { PicturesAnswer } from '../../../src/station/views/api';
import { readUntil } from '../../support/waiting';
import { keepStorageThread, NOW, picture, sha1, TestStation } from '../support/index';

const RECOVERED = { kind: 'sensor', source: 'recovered', field: 'picture' };
const ID = sha1(picture(1));

/** What the disk does to the database or its log. */
const DAMAGES: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  'the whole database is zeroed': async (folder) => {
    await rm(join(folder, 'station.sqlite-wal'), { force: true });
    await alter(join(folder, 'station.sqlite'), (bytes) => bytes.fill(0));
  },
  'the database is emptied': async (folder) => {
    await rm(join(folder, 'station.sqlite-wal'), { force: true });
    await writeFile(join(folder, 'station.sqlite'), '');
  },
  'the end of the log is altered': (folder) =>
    alter(join(folder, 'station.sqlite-wal'), (bytes) => bytes.fill(0xa5, bytes.length - 100)),
};

async function alter(file: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  await writeFile(file, change(await readFile(file)));
}

/** Opens the database as the storage thread does, and ends. */
function openAndClose(folder: string): void {
  const file = join(folder, 'station.sqlite');
  const { migrations, salvage, beforeRepair } = program;
  const opened = openFile({
    file,
    migrations,
    salvage,
    beforeRepair: () => beforeRepair?.(file),
    notify: () => {},
    now: () => NOW,
  });
  const { connection } = opened.database;
  // What is appended next takes the place of what is torn.
  connection.transaction(
    () => void connection.run("INSERT INTO damaged_rows (origin, content) VALUES ('', '')"),
  );
  opened.close();
}

/** Copies a folder before each change that `work` makes in it, and at its end. @returns the copies, in order */
function copyAtEachStep(folder: string, place: string, work: () => void): readonly string[] {
  const copies: string[] = [];
  const copy = () => {
    const target = join(place, `step-${copies.length}`);
    fs.cpSync(folder, target, { recursive: true, preserveTimestamps: true });
    copies.push(target);
  };
  for (const name of ['renameSync', 'rmSync', 'fsyncSync', 'truncateSync'] as const) {
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

describe('A picture whose commit is marked as interrupted, and whose row was lost,', () => {
  keepStorageThread();
  let place: string;
  let folder: string;
  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'station-loss-'));
    folder = join(place, 'cut');
    // As a power cut right after the commit leaves it: all in the log, and the mark not deleted yet.
    const station = await TestStation.start({ folder: join(place, 'running') });
    await station.deliver('rpi', NOW - 1000, { light: 1 });
    await station.deliver('rpi', NOW, {}, { cam1: picture(1) });
    await cp(station.folder, folder, { recursive: true, preserveTimestamps: true });
    await station.close();
    await writeFile(join(folder, 'pictures', `${ID}.uncommitted`), '');
  });
  afterEach(async () => {
    mock.restoreAll();
    await rm(place, { recursive: true, force: true });
  });

  for (const [how, damage] of Object.entries(DAMAGES))
    it(`stays where ${how} and the process ends at any step of the repair`, async () => {
      await damage(folder);
      const steps = copyAtEachStep(folder, place, () => openAndClose(folder));
      assert(steps.length > 3, `${steps.length} steps`);
      for (const step of steps) {
        const station = await TestStation.start({ folder: step });
        await readUntil(
          `the picture to be shown after ${step}`,
          async () => (await station.fetch(`/pictures/${ID}`)).status,
          (status) => status === 200,
        );
        await readUntil(
          `the marks to be deleted after ${step}`,
          async () => [...(await readdir(join(step, 'pictures'))), ...(await readdir(step))],
          (names) => !names.some((name) => name.endsWith('.uncommitted') || name.endsWith('.loss')),
        );
        const { pictures } = await station.ask<PicturesAnswer>('pictures', RECOVERED);
        assert.deepEqual(
          pictures.map(({ id }) => id),
          [ID],
        );
        await station.close();
      }
    });
});
