import { DamagedRow, type Connection } from '../../../../storage';
import { quarantineRow, type Table } from './quarantine';

/** A connection that quarantines damaged rows wherever one is read. */
export interface VerifiedConnection {
  readonly connection: Connection;
  /** Decodes a row. Where it turns out to be damaged, quarantines it and returns undefined. */
  decode<Value>(
    table: Table,
    id: number,
    series: number | undefined,
    decoder: () => Value,
  ): Value | undefined;
  /** Runs `work` inside the transaction that the caller has begun. */
  inTransaction<Value>(work: () => Value): Value;
}

/** @param onLoss called with each series that lost a row, while the transaction is open */
export function createVerifiedConnection(
  connection: Connection,
  onLoss: (series: number) => void,
): VerifiedConnection {
  let isInTransaction = false;

  function remove(table: Table, id: number, series: number | undefined): void {
    quarantineRow(connection, table, id);
    if (series !== undefined) onLoss(series);
  }

  function decode<Value>(
    table: Table,
    id: number,
    series: number | undefined,
    decoder: () => Value,
  ): Value | undefined {
    try {
      return decoder();
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

  return { connection, decode, inTransaction };
}
