import assert from 'node:assert/strict';
import type { NewColumn } from '../../../src/station/store';
import { NOW } from '../support/index';
import { openTables } from '../support/tables';

const HOUR = 3_600_000;
const META = { unit: 'degC' };

function columns(...each: readonly NewColumn[]) {
  return { columns: each, bytes: 2 ** 30 };
}

function numbersOf(field: string, time: number): NewColumn {
  return { kind: 'device', name: 'd', field, type: 'number', times: [time], values: [1], meta: META };
}

describe('What clients have said of a field', () => {
  it('goes with the last value of the field, of whatever kind that is, and with no other', () => {
    const tables = openTables();
    const fields = () =>
      tables.connection.all('SELECT field FROM field_meta ORDER BY field').map(({ field }) => field);
    const text: NewColumn = {
      kind: 'device',
      name: 'd',
      field: 'both',
      type: 'text',
      times: [NOW],
      values: ['off'],
    };
    tables.commit(
      'append',
      columns(numbersOf('old', NOW - 2 * HOUR), numbersOf('both', NOW - HOUR), text, numbersOf('new', NOW)),
    );
    assert.deepEqual(fields(), ['both', 'new', 'old']);
    tables.commit('expire', { before: NOW, bytes: 2 ** 30 });
    assert.deepEqual(fields(), ['both', 'new']);
    tables.commit('expire', { before: NOW + 1, bytes: 2 ** 30 });
    assert.deepEqual(fields(), []);
    tables.connection.close();
  });
});
