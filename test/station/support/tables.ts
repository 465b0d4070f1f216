/** The station's tables in memory, with what runs on them in the storage thread. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from '../../../src/station/store/embedded/program';
import type { StoreOperations } from '../../../src/station/store/embedded/program';
import type { Connection, OperationsOf } from '../../../src/storage';
import { connect, type OwnConnection } from '../../../src/storage/connection';
import { NOW } from './index';

/** Where the database would be, and where nothing is written. */
const FILE = join(tmpdir(), 'no-such-folder', 'station.sqlite');

export interface Tables {
  readonly connection: OwnConnection;
  readonly operations: OperationsOf<StoreOperations>;
  /** Runs an operation in a transaction of its own. */
  readonly commit: <Name extends keyof StoreOperations>(
    name: Name,
    argument: Parameters<StoreOperations[Name]>[0],
  ) => ReturnType<StoreOperations[Name]>;
}

/** Opens empty tables. @param watch sees the connection before the program does, and may stand between the two */
export function openTables(watch: (connection: Connection) => Connection = (each) => each): Tables {
  const connection = connect(':memory:', () => {});
  for (const migration of program.migrations) connection.exec(migration);
  const { operations, beforeCommit } = program.open(watch(connection), FILE);
  return {
    connection,
    operations,
    commit: (name, argument) => {
      connection.begin();
      const value = operations[name].run(argument, NOW);
      beforeCommit();
      connection.commit();
      return value;
    },
  };
}
