import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { connect, SETTINGS, type OwnConnection } from '../../src/storage/connection';
import { createVacuum } from '../../src/storage/incremental-vacuum';

describe('incremental vacuum', () => {
  let folder: string;
  let connection: OwnConnection;
  let hasReserve: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vacuum-'));
    connection = connect(join(folder, 'notes.sqlite'), () => {});
    connection.exec(SETTINGS);
    connection.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)');
    hasReserve = true;
    mock.timers.enable({ apis: ['setTimeout'] });
  });

  afterEach(async () => {
    mock.timers.reset();
    connection.close();
    await rm(folder, { recursive: true, force: true });
  });

  const vacuum = () => createVacuum({ restore: () => hasReserve }, () => connection);

  const freePages = () => Number(connection.get('PRAGMA freelist_count')?.['freelist_count']);

  /** Fills about `used` pages, and frees about `free` more. */
  function fill(used: number, free: number): void {
    connection.transaction(() => {
      for (let id = 1; id <= used + free; id += 1)
        connection.run('INSERT INTO notes VALUES (?, ?)', id, 'x'.repeat(3500));
      connection.run('DELETE FROM notes WHERE id > ?', used);
    });
  }

  it('frees pages in steps of 64, a second after a write, and leaves 256 for what comes next', () => {
    fill(10, 500);
    const before = freePages();
    const { schedule } = vacuum();
    schedule();
    mock.timers.tick(999);
    assert.equal(freePages(), before);
    mock.timers.tick(1);
    assert.equal(freePages(), before - 64);
    for (let step = 0; step < 20; step += 1) mock.timers.tick(50);
    assert(freePages() <= 256 && freePages() > 256 - 64, `${freePages()} pages`);
  });

  it('leaves free pages in a file of which they are less than a quarter', () => {
    fill(1200, 300);
    const before = freePages();
    vacuum().schedule();
    for (let step = 0; step < 20; step += 1) mock.timers.tick(1000);
    assert.equal(freePages(), before);
  });

  it('frees all pages while there is no room for the reserve file', () => {
    hasReserve = false;
    fill(300, 100);
    vacuum().schedule();
    for (let step = 0; step < 20; step += 1) mock.timers.tick(1000);
    assert.equal(freePages(), 0);
  });

  it('does nothing more once it is stopped', () => {
    fill(10, 500);
    const before = freePages();
    const { schedule, stop } = vacuum();
    schedule();
    stop();
    mock.timers.tick(10_000);
    assert.equal(freePages(), before);
  });

  it('ignores an error of the disk, which the next write reports', () => {
    fill(10, 500);
    const failing = createVacuum({ restore: () => true }, () => ({
      ...connection,
      exec: () => {
        throw new Error('disk I/O error');
      },
    }));
    failing.schedule();
    mock.timers.tick(1000);
    assert(freePages() > 256);
  });
});
