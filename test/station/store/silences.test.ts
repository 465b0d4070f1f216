import assert from 'node:assert/strict';
import type { NewColumn } from '../../../src/station/store';
import { program } from '../../../src/station/store/embedded/program';
import { usualSilence, withArrival, type Silences } from '../../../src/station/vocabulary';
import { connect } from '../../../src/storage/connection';
import { NOW } from '../support/index';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Tables = ReturnType<typeof connect>;

/** The station's tables in memory, empty. */
function openTables(): Tables {
  const connection = connect(':memory:', () => {});
  for (const migration of program.migrations) connection.exec(migration);
  return connection;
}

/** What runs on these tables since the last start. */
function start(connection: Tables) {
  const running = program.open(connection, '');
  const receive = (times: readonly number[]) => {
    for (const time of times) {
      const column: NewColumn = {
        kind: 'device',
        name: 'd',
        field: 'n',
        type: 'number',
        times: [time],
        values: [1],
      };
      connection.begin();
      running.operations.append.run({ columns: [column], bytes: 2 ** 30 }, time);
      running.beforeCommit();
      connection.commit();
    }
  };
  const usualMs = () => {
    const { sources } = running.operations.catalogue.run({ present: Infinity, until: Infinity }, NOW);
    return sources.find(({ name }) => name === 'd')?.usualSilenceMs;
  };
  return { running, receive, usualMs };
}

/** Each three hours, for so many days. */
const times = (days: number) => Array.from({ length: days * 8 }, (_, index) => NOW + index * 3 * HOUR);

/** What the rule itself says of these times. */
function expected(arrivals: readonly number[]): number | undefined {
  let silences: Silences | undefined;
  for (const [index, time] of arrivals.entries()) silences = withArrival(silences, arrivals[index - 1], time);
  return silences && usualSilence(silences, arrivals.at(-1) ?? 0);
}

describe('The usual silences of the store', () => {
  it('follow from all that was received, across restarts', () => {
    const connection = openTables();
    const all = times(20);
    start(connection).receive(all.slice(0, 50));
    const { receive, usualMs } = start(connection);
    assert.equal(usualMs(), expected(all.slice(0, 50)));
    receive(all.slice(50));
    assert.equal(usualMs(), 6 * HOUR);
    assert.equal(start(connection).usualMs(), 6 * HOUR);
    connection.close();
  });

  it('begin with the next reading where an earlier version wrote the file', () => {
    const connection = connect(':memory:', () => {});
    const ofSilences = program.migrations.filter((migration) => migration.includes('silences'));
    const earlier = program.migrations.filter((migration) => !ofSilences.includes(migration));
    // What runs here writes silences; they are thrown away, as if they had never been written.
    for (const migration of [...earlier, ...ofSilences]) connection.exec(migration);
    const before = start(connection);
    before.receive(times(1));
    connection.exec('DROP TABLE silences');
    for (const migration of ofSilences) connection.exec(migration);
    const { receive, usualMs } = start(connection);
    assert.equal(usualMs(), undefined);
    receive(times(12).slice(8));
    assert.equal(usualMs(), 6 * HOUR);
    connection.close();
  });

  it('begin anew where their row was damaged, and nobody is troubled with it', () => {
    for (const damage of [
      "text = replace(text, '1', '2')",
      "text = '[]'",
      "text = 'x'",
      "text = x'00'",
      'sum = sum + 1',
    ]) {
      const notices: unknown[] = [];
      const connection = connect(':memory:', (notice) => notices.push(notice));
      for (const migration of program.migrations) connection.exec(migration);
      start(connection).receive(times(20));
      connection.exec(`UPDATE silences SET ${damage}`);
      const { receive, usualMs } = start(connection);
      assert.equal(usualMs(), undefined, damage);
      receive(times(40).slice(160));
      assert.equal(usualMs(), 6 * HOUR, damage);
      assert.deepEqual(notices, []);
      connection.close();
    }
  });

  it('survive where a damaged file is rebuilt', () => {
    const [connection, fresh] = [openTables(), openTables()];
    start(connection).receive(times(20));
    program.salvage(connection, fresh);
    assert.equal(start(fresh).usualMs(), 6 * HOUR);
    connection.close();
    fresh.close();
  });

  it('go with the last reading of their source', () => {
    const connection = openTables();
    const { running, receive } = start(connection);
    receive(times(4));
    const argument = { before: NOW + 30 * DAY, bytes: Infinity };
    for (let isMore = true; isMore;) {
      connection.begin();
      ({ isMore } = running.operations.expire.run(argument, NOW));
      running.beforeCommit();
      connection.commit();
    }
    assert.deepEqual(connection.all('SELECT source FROM silences'), []);
    connection.close();
  });
});
