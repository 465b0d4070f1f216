import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { Connection } from '../../src/storage';
import { program } from '../../src/outbox/program';

const DESTINATION = 'senio https://example.com sensor-1';
const NOTHING_SAID = { group: '', origin: '', images: '', bytes: 9, isClockSet: true, stamp: undefined };

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
        operations.accept.run({ destination: DESTINATION, timestamp, body: '{}', ...NOTHING_SAID }, 0);
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
