import assert from 'node:assert/strict';
import type { NewColumn } from '../../../src/station/store';
import { program } from '../../../src/station/store/embedded/program';
import type { Connection } from '../../../src/storage';
import { NOW, picture, sha1 } from '../support/index';
import { openTables } from '../support/tables';

const COLUMNS: readonly NewColumn[] = [
  { kind: 'device', name: 'd', field: 'n', type: 'number', times: [NOW], values: [21.5] },
  { kind: 'device', name: 'd', field: 't', type: 'text', times: [NOW], values: ['a text'] },
  {
    kind: 'device',
    name: 'd',
    field: 'p',
    type: 'image',
    times: [NOW],
    values: [{ id: sha1(picture(1)), bytes: 1000, type: 'image/jpeg' }],
  },
];

/** A connection to a file in which reading the tables themselves, not their indexes, fails for some questions. */
function damagedFor(connection: Connection, question: RegExp): Connection {
  return {
    ...connection,
    get: (sql, ...values) => {
      if (question.test(sql)) throw new Error('database disk image is malformed');
      return connection.get(sql, ...values);
    },
  };
}

describe('The salvage of the station', () => {
  it('finds the rows of each table by its index where the end of the table cannot be read', () => {
    const { connection, commit } = openTables();
    commit('append', { columns: COLUMNS, bytes: 2 ** 30 });
    const fresh = openTables();
    const { rows } = program.salvage(damagedFor(connection, /max\(id\).*NOT INDEXED/), fresh.connection);
    // A source, its three fields, and a value of each.
    assert.equal(rows, 7);
    const { operations } = fresh;
    const [source] = operations.catalogue.run({ present: Infinity, until: Infinity }, NOW).sources;
    assert.deepEqual(
      source?.series.map(({ field, latest }) => [field, latest?.value]),
      [
        ['n', 21.5],
        ['t', 'a text'],
        ['p', sha1(picture(1))],
      ],
    );
    connection.close();
    fresh.connection.close();
  });
});
