/** The way into the station from inside the process: the same validation as over HTTP, without a key. */
import type { Acceptance, DeliveryFailure, Transport } from '../../delivery';
import { failed, success, type Result } from '../../result';
import { statusCodeOf, type Refusal } from '../protocol';
import type { NewColumn, Store } from '../store';
import type { UnconfirmedPlace } from '../unconfirmed';

/** What becomes of the items of one kind. */
export interface StationWay<Item> {
  /** What HTTP would answer to an accepted item. */
  readonly statusCode: number;
  readonly ingest: (item: Item) => Promise<Result<unknown, Refusal>>;
  /** What an item would record, without pictures. */
  readonly columnsOf: (item: Item) => readonly NewColumn[];
}

/**
 * A transport into the station.
 * @param store refuses what is older than what it keeps
 * @param show where it shows items that wait for the time
 */
export function createTransport<Item>(
  { statusCode, ingest, columnsOf }: StationWay<Item>,
  store: Pick<Store, 'ageLimit'>,
  show: UnconfirmedPlace,
): Transport<Item> {
  return {
    async preview(items): Promise<boolean> {
      const limit = (await store.ageLimit()) ?? -Infinity;
      const kept = items.map(columnsOf).filter((columns) => isKept(columns, limit));
      return show(kept.flat());
    },
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

/** Whether all of an item is from after a limit, in milliseconds: else it would be refused as a whole. */
function isKept(columns: readonly NewColumn[], limit: number): boolean {
  return columns.every(({ times }) => times.every((time) => time >= limit));
}
