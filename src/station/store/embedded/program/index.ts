/**
 * What runs in the storage thread for the station. `../store.ts` gives its path to the thread and calls its operations.
 */
import { textIn, type Connection, type OperationsOf, type Program, type Running } from '../../../../storage';
import { usualSilence } from '../../../vocabulary';
import { append } from './append';
import { createExpire, oldestTime } from './expire';
import { knownSeries } from './known-series';
import { lossMarkOf } from './loss-mark';
import type { SeriesEntry } from './names';
import type { AppendArgument, StoreOperations } from './operations';
import { forgetRemoved, recover, removedPictures, unnamedPictures } from './recover';
import { newestArrival, readRetentionTime, writeRetentionTime } from './retention-time';
import { salvage } from './salvage';
import { MIGRATIONS } from './schema';
import { readSeries } from './series';
import { openState, type StoreState } from './state';
import { listedValueOf } from './value-tables';

export type {
  ExpireArgument,
  Expired,
  RecoveredPicture,
  StoreOperations,
  UnnamedPicture,
} from './operations';

/** What appending one value writes, roughly: its part of a block, or its row and index. */
const BYTES_PER_VALUE = 100;

export const program: Program<StoreOperations, string> = {
  migrations: MIGRATIONS,
  open,
  beforeRepair: (file) => lossMarkOf(file).set(),
  salvage,
};

/** @param file the path of the database */
function open(connection: Connection, file: string): Running<StoreOperations, string> {
  const lossMark = lossMarkOf(file);
  const state = openState(connection, () => lossMark.set());
  const { verified } = state;
  const expire = createExpire(state);
  return {
    operations: {
      ...readOperations(state),
      ...ageOperations(state),
      ...recoveryOperations(state),
      lossMark: { kind: 'read', run: () => lossMark.read() },
      clearLossMark: { kind: 'read', run: (found) => lossMark.clear(found) },
      append: {
        kind: 'append',
        weight: weightOf,
        run: (argument, now) => verified.inTransaction(() => append(state, argument, now)),
      },
      expire: { kind: 'free', run: (argument) => verified.inTransaction(() => expire(argument)) },
    },
    beforeCommit: state.flush,
    afterRollback: state.invalidate,
    state: () => file,
  };
}

function weightOf({ columns }: AppendArgument): number {
  return columns.reduce((sum, { times }) => sum + times.length * BYTES_PER_VALUE, 0);
}

/** What recovering one picture writes, roughly. */
const BYTES_PER_PICTURE = 300;

type RecoveryNames = 'pictureIds' | 'unnamedPictures' | 'removedPictures' | 'forgetRemoved' | 'recover';

function recoveryOperations(state: StoreState): Pick<OperationsOf<StoreOperations>, RecoveryNames> {
  const { verified } = state;
  return {
    pictureIds: {
      kind: 'read',
      run: ({ after, count }) =>
        verified.connection
          .all('SELECT DISTINCT file FROM pictures WHERE file > ? ORDER BY file LIMIT ?', after, count)
          .map((row) => textIn(row, 'file')),
    },
    unnamedPictures: { kind: 'read', run: (ids) => unnamedPictures(state, ids) },
    removedPictures: { kind: 'read', run: (page) => removedPictures(state, page) },
    forgetRemoved: { kind: 'free', run: (ids) => forgetRemoved(state, ids) },
    recover: {
      kind: 'append',
      weight: ({ length }) => length * BYTES_PER_PICTURE,
      run: (pictures, now) => verified.inTransaction(() => recover(state, pictures, now)),
    },
  };
}

type WriteNames = 'append' | 'expire';
type LossNames = 'lossMark' | 'clearLossMark';
type AgeNames = 'oldest' | 'readRetentionTime' | 'writeRetentionTime';

function ageOperations(state: StoreState): Pick<OperationsOf<StoreOperations>, AgeNames> {
  const { connection } = state.verified;
  return {
    oldest: { kind: 'read', run: () => oldestTime(state) },
    readRetentionTime: {
      kind: 'read',
      run: () => ({ time: readRetentionTime(connection), newest: newestArrival(state.catalogue) }),
    },
    // It is small, and rides along with the next commit.
    writeRetentionTime: { kind: 'free', run: (time) => writeRetentionTime(connection, time) },
  };
}

function readOperations(
  state: StoreState,
): Omit<OperationsOf<StoreOperations>, WriteNames | AgeNames | RecoveryNames | LossNames> {
  const { catalogue, tables } = state;
  const find = (wanted: Parameters<typeof catalogue.find>[0] & { readonly field: string }, type: string) =>
    catalogue.find(wanted)?.series.find((each) => each.field === wanted.field && each.type === type);
  return {
    catalogue: {
      kind: 'read',
      run: (present) => ({
        usedBytes: state.usedBytes(),
        sources: catalogue.sources.map(({ kind, name, seen, silences, series }) => ({
          kind,
          name,
          seen,
          usualSilenceMs: silences && usualSilence(silences, seen),
          series: series.map((each) => knownSeries(state, each, present)),
        })),
      }),
    },
    fields: {
      kind: 'read',
      run: (source) => (catalogue.find(source)?.series ?? []).map(({ field, type }) => ({ field, type })),
    },
    series: { kind: 'read', run: (argument) => readSeries(state, argument) },
    texts: {
      kind: 'read',
      run: (argument) =>
        newestRows(tables.texts, find(argument, 'text'), 'timestamp >= ? AND timestamp <= ?', [
          argument.from,
          argument.to,
          argument.count,
        ]).map(listedValueOf),
    },
    pictures: {
      kind: 'read',
      run: (argument) =>
        newestRows(tables.pictures, find(argument, 'image'), 'timestamp < ?', [
          argument.before,
          argument.count,
        ]).map(({ timestamp, value }) => ({ timestamp, ...value })),
    },
    values: {
      kind: 'read',
      run: (argument) => {
        const series = find(argument, argument.type);
        return series ? tables.list(series, argument, argument.isAfterFrom, argument.count) : [];
      },
    },
    picture: {
      kind: 'read',
      run: (id) => {
        const [row] = tables.pictures.select('file = ?', 'ORDER BY timestamp DESC LIMIT 1', [id]);
        return row && { timestamp: row.timestamp, ...row.value };
      },
    },
  };
}

/** The newest rows of a series; none where there is no such series. */
function newestRows<Row>(
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
