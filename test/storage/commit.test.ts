import assert from 'node:assert/strict';
import { connect, type OwnConnection } from '../../src/storage/connection';
import { DisplacedFile } from '../../src/storage/errors';
import type { Opened } from '../../src/storage/session';
import { createFakeDisk, outcomeOf, sqliteError, SQLITE, testTask, type FakeDisk } from './support/fake-disk';

const append = () => testTask('append', 'append');
const free = () => testTask('free', 'free');

describe('committer', () => {
  let connection: OwnConnection;
  let disk: FakeDisk;
  /** Thrown by the next operations, one each. */
  let errors: (Error | undefined)[];
  /** The operations that ran. */
  let ran: string[];

  beforeEach(() => {
    connection = connect(':memory:', () => {});
    errors = [];
    ran = [];
    const run = (name: string) => () => {
      ran.push(name);
      const error = errors.shift();
      if (error) throw error;
      return name;
    };
    const running: Opened['running'] = {
      operations: {
        append: { kind: 'append', run: run('append') },
        free: { kind: 'free', run: run('free') },
        read: { kind: 'read', run: run('read') },
      },
      beforeCommit: () => {},
      afterRollback: () => {},
      state: () => {
        throw new Error('Nothing is opened again here');
      },
    };
    disk = createFakeDisk(connection, running);
  });

  afterEach(() => connection.close());

  it('runs a group in one transaction, and replies to each of its calls', () => {
    const group = [append(), append(), free()];
    disk.committer.commit(group);
    assert.deepEqual(disk.events, ['begin', 'commit']);
    assert.deepEqual(group.map(outcomeOf), ['ok', 'ok', 'ok']);
  });

  it('reloads the program after a rollback, and runs the calls one by one, those that free room first', () => {
    const group = [append(), free(), append()];
    errors = [undefined, undefined, new Error('this one fails')];
    disk.committer.commit(group);
    assert.deepEqual(ran, ['append', 'free', 'append', 'free', 'append', 'append']);
    assert.equal(disk.events.join(' '), 'begin rollback reload begin commit begin commit begin commit');
    assert.deepEqual(group.map(outcomeOf), ['ok', 'ok', 'ok']);
  });

  it('lets a call fail that fails alone', () => {
    errors = [new Error('no'), new Error('no')];
    const group = [append(), append()];
    disk.committer.commit(group);
    assert.deepEqual(group.map(outcomeOf), ['storage', 'ok']);
  });

  it('closes the file after an error of the device, and changes nothing more', () => {
    errors = [sqliteError(SQLITE.ioError | (3 << 8))];
    const group = [append(), append()];
    disk.committer.commit(group);
    assert.deepEqual(disk.events, ['begin', 'rollback', 'reload', 'close']);
    assert.deepEqual(group.map(outcomeOf), ['storage', 'storage']);
  });

  it('rebuilds a file that turns out to be damaged, and tries once more', () => {
    errors = [sqliteError(SQLITE.corrupt)];
    const task = append();
    disk.committer.commit([task]);
    assert.deepEqual(disk.events, ['begin', 'rollback', 'reload', 'rebuild', 'begin', 'commit']);
    assert.equal(outcomeOf(task), 'ok');
  });

  it('uses the reserve for what frees room on a full disk, and for nothing else', () => {
    disk.isFull = true;
    const [first, second] = [append(), free()];
    disk.committer.commit([first]);
    assert.deepEqual([outcomeOf(first), disk.hasReserve], ['full', true]);
    disk.committer.commit([second]);
    assert.deepEqual([outcomeOf(second), disk.hasReserve], ['ok', false]);
  });

  it('appends nothing while the reserve is missing, and goes on once there is room for it', () => {
    disk.isFull = true;
    disk.committer.commit([free()]);
    const group = [append(), free()];
    disk.committer.commit(group);
    assert.deepEqual(group.map(outcomeOf), ['full', 'ok']);
    disk.isFull = false;
    const last = append();
    disk.committer.commit([last]);
    assert.deepEqual([outcomeOf(last), disk.hasReserve], ['ok', true]);
  });

  it('reports a full disk once, and once that it has room again', () => {
    for (let round = 0; round < 2; round += 1) {
      disk.isFull = true;
      for (let count = 0; count < 3; count += 1) disk.committer.commit([append()]);
      disk.committer.commit([free()]);
      disk.isFull = false;
      disk.committer.commit([free()]);
      for (let count = 0; count < 3; count += 1) disk.committer.commit([append()]);
    }
    assert.deepEqual(disk.notices, ['disk-full', 'disk-free', 'disk-full', 'disk-free']);
  });

  it('does not know what became of appends whose database was deleted meanwhile, and runs none of them twice', () => {
    disk.isDisplaced = true;
    const group = [append(), free(), append()];
    disk.committer.commit(group);
    assert.deepEqual(ran, ['append', 'free', 'append']);
    assert.deepEqual(group.map(outcomeOf), ['stopped', 'ok', 'stopped']);
  });

  it('appends nothing while a deleted database cannot be made anew, and frees what its rows take', () => {
    disk.problem = new DisplacedFile('notes.sqlite', new Error('Not writable'));
    const group = [append(), free()];
    disk.committer.commit(group);
    assert.deepEqual(ran, ['free']);
    assert.deepEqual(group.map(outcomeOf), ['storage', 'ok']);
    assert.deepEqual(disk.notices, []);
    disk.problem = undefined;
    const later = append();
    disk.committer.commit([later]);
    assert.equal(outcomeOf(later), 'ok');
  });

  it('uses the reserve for a read that repairs something', () => {
    errors = [sqliteError(SQLITE.full)];
    const task = testTask('read', 'read');
    disk.committer.read(task);
    assert.deepEqual([outcomeOf(task), disk.hasReserve], ['ok', false]);
  });
});
