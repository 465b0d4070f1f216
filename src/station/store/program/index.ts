/**
 * The station's program: what runs in the storage thread. `../store.ts` loads it by its path and calls its operations.
 */
import { textIn, type Connection, type OperationsOf, type Program, type Running } from '../../../storage';
import type { KeepArgument, StoreOperations } from '../operations';
import type { SeriesEntry } from './names';
import { expire } from './expire';
import { keep } from './keep';
import { openLedger, type Ledger } from './ledger';
import { salvage } from './salvage';
import { MIGRATIONS } from './schema';
import { readSeries } from './series';
import { listed } from './shelves';

/** What keeping one value writes, roughly: its part of a block, or its row and index. */
const BYTES_OF_A_VALUE = 100;

export const program: Program<StoreOperations, null> = { migrations: MIGRATIONS, open, salvage };

function open(connection: Connection): Running<StoreOperations, null> {
  const ledger = openLedger(connection);
  const { desk } = ledger;
  return {
    operations: {
      ...readOperations(ledger),
      keep: {
        kind: 'append',
        weight: weightOf,
        run: (argument, now) => desk.inTransaction(() => keep(ledger, argument, now)),
      },
      expire: { kind: 'free', run: (argument) => desk.inTransaction(() => expire(ledger, argument)) },
    },
    beforeCommit: ledger.write,
    afterRollback: ledger.forget,
    state: () => null,
  };
}

function weightOf(columns: KeepArgument): number {
  return columns.reduce((sum, { times }) => sum + times.length * BYTES_OF_A_VALUE, 0);
}

function readOperations(ledger: Ledger): Omit<OperationsOf<StoreOperations>, 'keep' | 'expire'> {
  const { catalogue, edges, shelves, desk } = ledger;
  const find = (wanted: Parameters<typeof catalogue.find>[0] & { readonly field: string }, type: string) =>
    catalogue.find(wanted)?.series.find((each) => each.field === wanted.field && each.type === type);
  return {
    catalogue: {
      kind: 'read',
      run: () => ({
        usedBytes: ledger.usedBytes(),
        sources: catalogue.sources.map(({ kind, name, seen, series }) => ({
          kind,
          name,
          seen,
          series: series.map((each) => ({ field: each.field, type: each.type, ...edges.of(each) })),
        })),
      }),
    },
    fields: {
      kind: 'read',
      run: (source) => (catalogue.find(source)?.series ?? []).map(({ field, type }) => ({ field, type })),
    },
    series: { kind: 'read', run: (argument) => readSeries(ledger, argument) },
    texts: {
      kind: 'read',
      run: (argument) =>
        select(shelves.texts, find(argument, 'text'), 'timestamp >= ? AND timestamp <= ?', [
          argument.from,
          argument.to,
          argument.count,
        ]).map(listed),
    },
    pictures: {
      kind: 'read',
      run: (argument) =>
        select(shelves.pictures, find(argument, 'image'), 'timestamp < ?', [
          argument.before,
          argument.count,
        ]).map(({ timestamp, value }) => ({ timestamp, ...value })),
    },
    values: {
      kind: 'read',
      run: (argument) => {
        const series = find(argument, argument.type);
        return series ? shelves.list(series, argument, argument.isAfterFrom, argument.count) : [];
      },
    },
    picture: {
      kind: 'read',
      run: (id) => shelves.pictures.select('file = ?', 'LIMIT 1', [id])[0]?.value,
    },
    pictureIds: {
      kind: 'read',
      run: ({ after, count }) =>
        desk.connection
          .all('SELECT DISTINCT file FROM pictures WHERE file > ? ORDER BY file LIMIT ?', after, count)
          .map((row) => textIn(row, 'file')),
    },
  };
}

/** The newest rows of a series, as far as there is one. */
function select<Row>(
  table: { select(condition: string, tail: string, values: readonly number[]): readonly Row[] },
  series: SeriesEntry | undefined,
  condition: string,
  values: readonly number[],
): readonly Row[] {
  if (!series) return [];
  return table.select(`series = ? AND ${condition}`, 'ORDER BY timestamp DESC LIMIT ?', [
    series.id,
    ...values,
  ]);
}
