/** The way into the station from inside the process: the same validation as over HTTP, without a key. */
import type { Acceptance, DeliveryFailure, Transport } from '../../delivery';
import { failed, success, type Result } from '../../result';
import { statusCodeOf, type Refusal } from '../protocol';
import type { NewColumn } from '../store';
import type { UnconfirmedPlace } from '../unconfirmed';

/** What becomes of the items of one kind. */
export interface StationWay<Item> {
  /** What HTTP would answer to an accepted item. */
  readonly statusCode: number;
  readonly ingest: (item: Item) => Promise<Result<unknown, Refusal>>;
  /** What an item would record, without pictures. */
  readonly columnsOf: (item: Item) => readonly NewColumn[];
}

/** A transport into the station. @param show where it shows items that wait for the time */
export function createTransport<Item>(
  { statusCode, ingest, columnsOf }: StationWay<Item>,
  show: UnconfirmedPlace,
): Transport<Item> {
  return {
    preview: (items) => show(items.flatMap(columnsOf)),
    async deliver(item, signal): Promise<Result<Acceptance, DeliveryFailure>> {
      if (signal.aborted) return failed({ kind: 'cancelled', message: 'The node was stopped.' });
      const ingested = await ingest(item);
      if (ingested.ok) return success({ statusCode, answer: ingested.value });
      const { kind, message } = ingested.failure;
      const problem = kind === 'unavailable' || kind === 'behind' ? 'unavailable' : 'refused';
      return failed({ kind: problem, statusCode: statusCodeOf(ingested.failure), message });
    },
  };
}
