import { DamagedRow, type Connection } from '../../../storage';
import { setApart, type Table } from './quarantine';

/** What the parts of the program share: the connection, and what to do about damaged rows wherever one is found. */
export interface Desk {
  readonly connection: Connection;
  /** Reads something; where the row turns out to be damaged, sets it apart and gives undefined. */
  sound<Value>(table: Table, id: number, series: number | undefined, read: () => Value): Value | undefined;
  /** Runs `work` with the knowledge that a transaction is under way. */
  inTransaction<Value>(work: () => Value): Value;
}

/** @param onLoss told of each series that lost a row; called while the transaction is under way */
export function createDesk(connection: Connection, onLoss: (series: number) => void): Desk {
  let isInTransaction = false;

  function remove(table: Table, id: number, series: number | undefined): void {
    setApart(connection, table, id);
    if (series !== undefined) onLoss(series);
  }

  function sound<Value>(
    table: Table,
    id: number,
    series: number | undefined,
    read: () => Value,
  ): Value | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DamagedRow)) throw error;
      if (isInTransaction) remove(table, id, series);
      else connection.transaction(() => remove(table, id, series));
      return undefined;
    }
  }

  function inTransaction<Value>(work: () => Value): Value {
    isInTransaction = true;
    try {
      return work();
    } finally {
      isInTransaction = false;
    }
  }

  return { connection, sound, inTransaction };
}
