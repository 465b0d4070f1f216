import assert from 'node:assert/strict';
import { program } from '../../src/outbox/program';
import { createBoots } from '../../src/outbox/program/boots';
import { numberIn } from '../../src/storage';
import { connect, type OwnConnection } from '../../src/storage/connection';

const HERE = 'senio https://example.com sensor-1';
const ALL = { destination: HERE, count: 2000, bytes: 2 ** 30 };

/** The program of the outbox on a database in memory. */
describe('the program of the outbox', () => {
  let connection: OwnConnection;
  let operations: ReturnType<typeof program.open>['operations'];
  let write: () => void;

  beforeEach(() => {
    connection = connect(':memory:', () => {});
    for (const migration of program.migrations) connection.exec(migration);
    const running = program.open(connection, []);
    operations = running.operations;
    write = running.beforeCommit;
  });

  afterEach(() => connection.close());

  /** Runs `work` in a transaction, as the storage thread runs an operation that writes. */
  function commit<Value>(work: () => Value): Value {
    const values: Value[] = [];
    connection.transaction(() => {
      values.push(work());
      write();
    });
    const [value] = values;
    assert(value !== undefined);
    return value;
  }

  const accept = (count: number, body = '{}') =>
    commit(() => {
      const item = { destination: HERE, group: '', timestamp: 1, body, origin: '', images: '', bytes: 9 };
      for (let index = 0; index < count; index += 1)
        operations.accept.run([{ ...item, accepted: 5, stamp: undefined }], 5);
      return count;
    });
  const counts = () => operations.counts.run(HERE, 0);
  const enforce = (bytes: number, missingOnDisk: number) =>
    commit(() => operations.enforce.run({ destination: HERE, acceptedBefore: 0, bytes, missingOnDisk }, 0))
      .dropped.length;
  const number = (sql: string) => numberIn(connection.get(sql) ?? {}, 'number');

  it('drops all it has for room on the disk if that is just enough, and nothing if it is not', () => {
    accept(3);
    assert.equal(enforce(Infinity, 28), 0);
    assert.equal(enforce(Infinity, 27), 3);
    assert.deepEqual([counts().waiting, counts().dropped], [0, 3]);
  });

  it('counts what is free inside the file as free on the disk', () => {
    accept(200, JSON.stringify('x'.repeat(3000)));
    const ids = operations.lease.run(ALL, 0).map(({ id }) => id);
    commit(() => operations.acknowledge.run(ids, 0));
    const free = 4096 * number('SELECT freelist_count AS number FROM pragma_freelist_count');
    assert(free > 100 * 4096);
    accept(2);
    const left = 4096 * number('SELECT freelist_count AS number FROM pragma_freelist_count');
    assert.equal(enforce(Infinity, left), 0);
    assert.equal(enforce(Infinity, left + 9), 1);
  });

  it('drops at most 1000 items at a time, and at most what it looked at', () => {
    accept(1200);
    assert.equal(enforce(0, 0), 1000);
    assert.equal(enforce(0, 0), 200);
  });

  it('counts an item once that is refused or retried twice', () => {
    accept(2);
    for (let count = 0; count < 2; count += 1)
      commit(() => (operations.refuse.run({ ids: [1], reason: 'no' }, 0), true));
    assert.deepEqual([counts().waiting, counts().refused], [1, 1]);
    assert.equal(
      commit(() => operations.retry.run([1, 2], 0)),
      1,
    );
    assert.deepEqual([counts().waiting, counts().refused], [2, 0]);
  });

  it('stores no more than 1000 damaged items for inspection, the latest', () => {
    accept(1200);
    connection.exec("UPDATE items SET body = '[]'");
    let time = 0;
    while (counts().damaged < 1200) operations.lease.run(ALL, (time += 1));
    assert.equal(number('SELECT count(*) AS number FROM damaged_items'), 1000);
    assert.equal(number('SELECT min(id) AS number FROM damaged_items'), 201);
  });

  it('takes a number that is too large for JavaScript for damage', () => {
    accept(3);
    connection.exec('UPDATE items SET accepted = 9007199254740993 WHERE id = 2');
    assert.deepEqual(
      operations.lease.run(ALL, 0).map(({ id }) => id),
      [1, 3],
    );
    assert.equal(counts().damaged, 1);
  });

  it('counts items anew where counters came back altered, and leaves sound counters alone', () => {
    accept(3);
    commit(() => (operations.pause.run('later', 0), true));
    connection.exec("UPDATE destinations SET waiting = 7 WHERE name = 'later'");
    let again = program.open(connection, []).operations;
    assert.deepEqual(again.counts.run(HERE, 0), counts());
    connection.exec('UPDATE destinations SET waiting = 7');
    again = program.open(connection, []).operations;
    assert.deepEqual([again.counts.run(HERE, 0).waiting, again.counts.run(HERE, 0).bytes], [3, 27]);
    const accepted = {
      destination: HERE,
      group: '',
      timestamp: 1,
      body: '',
      origin: '',
      images: '',
      bytes: 0,
    };
    assert.deepEqual(again.accept.run([{ ...accepted, accepted: 1, stamp: undefined }], 0), [4]);
  });

  it('has a file rebuilt whose index lacks items', () => {
    accept(3);
    connection.exec('DELETE FROM items WHERE id = 2');
    assert.equal(operations.lease.run(ALL, 0).length, 2);
    assert.throws(() => operations.lease.run(ALL, 0), /1 items cannot be found/);
  });

  it('stores no more than 500 boots, the latest', () => {
    const boots = createBoots(connection);
    for (let count = 1; count <= 510; count += 1)
      boots.learn({ id: `boot-${count}`, startedAt: count, trust: 'unset' });
    assert.equal(number('SELECT count(*) AS number FROM boots'), 500);
    assert.equal(number('SELECT min(started) AS number FROM boots'), 11);
  });

  it('stores the last uptime of a boot ten seconds ahead, and again after a rollback', () => {
    const boots = createBoots(connection);
    const stamp = (uptime: number) => boots.stamp(uptime, { boot: 'boot-1', uptime, trust: 'unset' });

    stamp(5000);
    assert.throws(() =>
      connection.transaction(() => {
        boots.write();
        throw new Error('rolled back');
      }),
    );
    connection.transaction(boots.write);
    assert.equal(number('SELECT last AS number FROM boots'), 15_000);
    stamp(15_000);
    connection.transaction(boots.write);
    assert.equal(number('SELECT last AS number FROM boots'), 15_000);
    stamp(15_001);
    connection.transaction(boots.write);
    assert.equal(number('SELECT last AS number FROM boots'), 25_001);
  });
});
