import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { Connection } from '../../src/storage';
import { program } from '../../src/outbox/program';
import { connect, type OwnConnection } from '../../src/storage/connection';
import type { AnyProgram } from '../../src/storage/session';
import {
  createFakeDisk,
  outcomeOf,
  testTask,
  type FakeDisk,
  type TestTask,
} from '../storage/support/fake-disk';

const DESTINATION = 'senio https://example.com sensor-1';
const NOTHING_SAID = { group: '', origin: '', images: '', bytes: 9, accepted: 1, stamp: undefined };

/** The program on a database in memory, whose disk is full when the test says so. */
function run() {
  const database = new DatabaseSync(':memory:');
  for (const migration of program.migrations) database.exec(migration);
  const disk = { isFull: false };
  let effects: (() => void)[] = [];
  const connection: Connection = {
    run: (sql, ...values) => Number(database.prepare(sql).run(...values).changes),
    all: (sql, ...values) => database.prepare(sql).all(...values),
    lists: (sql, ...values) =>
      database
        .prepare(sql)
        .all(...values)
        .map((row) => Object.values(row)),
    get: (sql, ...values) => database.prepare(sql).get(...values),
    afterCommit: (effect) => void effects.push(effect),
    transaction: (work) => {
      database.exec('SAVEPOINT work');
      work();
      database.exec(disk.isFull ? 'ROLLBACK TO work' : 'RELEASE work');
      const due = effects;
      effects = [];
      if (disk.isFull) throw new Error('database or disk is full');
      for (const effect of due) effect();
    },
    notify: () => {},
  };
  const running = program.open(connection, []);
  return { database, disk, connection, running, operations: running.operations };
}

describe('a damaged item on a full disk', () => {
  it('changes nothing until there is room, and then no other item is missed', () => {
    const { database, disk, connection, running, operations } = run();
    connection.transaction(() => {
      for (const timestamp of [1, 2, 3])
        operations.accept.run([{ destination: DESTINATION, timestamp, body: '{}', ...NOTHING_SAID }], 0);
      running.beforeCommit();
    });
    database.exec("UPDATE items SET body = '[]' WHERE id = 2");
    const lease = () => operations.lease.run({ destination: DESTINATION, count: 9, bytes: 999 }, 0);
    disk.isFull = true;
    for (const _ of [1, 2]) assert.throws(lease, /full/);
    assert.equal(operations.counts.run(DESTINATION, 0).waiting, 3);
    disk.isFull = false;
    assert.deepEqual(
      lease().map(({ id }) => id),
      [1, 3],
    );
    const { waiting, damaged } = operations.counts.run(DESTINATION, 0);
    assert.deepEqual([waiting, damaged], [2, 1]);
  });
});

describe('operations on a full disk', () => {
  let connection: OwnConnection;
  let running: ReturnType<AnyProgram['open']>;
  let disk: FakeDisk;

  beforeEach(() => {
    connection = connect(':memory:', () => {});
    for (const migration of program.migrations) connection.exec(migration);
    // As in the storage thread, which does not know the types of a program.
    const loaded: { readonly program: AnyProgram } = require('../../src/outbox/program');
    const { restored }: { readonly restored: never } = JSON.parse('{"restored":[]}');
    running = loaded.program.open(connection, restored);
    disk = createFakeDisk(connection, running);
  });

  afterEach(() => connection.close());

  /** Calls an operation in the way that the program says. */
  function call(name: string, argument: unknown): TestTask {
    const kind = running.operations[name]?.kind ?? 'read';
    const task = testTask(kind, name, argument);
    if (kind === 'read') disk.committer.read(task);
    else disk.committer.commit([task]);
    return task;
  }

  const accept = () =>
    call('accept', [{ destination: DESTINATION, timestamp: 1, body: '{}', ...NOTHING_SAID }]);

  for (const [name, argument] of [
    ['acknowledge', [1]],
    ['refuse', { ids: [1], reason: 'no' }],
    ['retry', [2]],
    ['discard', [2]],
    ['enforce', { destination: DESTINATION, bytes: 0, missingOnDisk: 0 }],
    ['pause', DESTINATION],
    ['resume', DESTINATION],
  ] as const) {
    it(`let ${name} use the room of the reserve file`, () => {
      for (let count = 0; count < 3; count += 1) accept();
      call('refuse', { ids: [2], reason: 'no' });
      disk.isFull = true;
      assert.equal(outcomeOf(call(name, argument)), 'ok');
      assert.equal(disk.hasReserve, false);
    });
  }

  for (const [name, argument] of [
    ['accept', [{ destination: DESTINATION, timestamp: 1, body: '{}', ...NOTHING_SAID }]],
    ['reassign', { from: DESTINATION, to: 'other', accepted: 1 }],
  ] as const) {
    it(`let ${name} fail, and leave the reserve file to what frees room`, () => {
      accept();
      disk.isFull = true;
      assert.equal(outcomeOf(call(name, argument)), 'full');
      assert.equal(disk.hasReserve, true);
    });
  }

  it('change no counters where they fail', () => {
    accept();
    disk.isFull = true;
    accept();
    disk.isFull = false;
    accept();
    const [result] = call('counts', DESTINATION).results;
    assert.deepEqual(result?.ok && result.value, {
      waiting: 2,
      bytes: 18,
      refused: 0,
      dropped: 0,
      damaged: 0,
      oldest: 1,
      isPaused: false,
    });
  });
});
