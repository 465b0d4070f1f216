/** The way into the station from inside the process: the same validation as over HTTP, without a key. */
import type { Acceptance, DeliveryFailure, Transport } from '../../delivery';
import { failed, success, type Result } from '../../result';
import { statusCodeOf, type Refusal } from '../protocol';

/** A transport that hands each item to `ingest`. @param statusCode what HTTP would answer to an accepted item */
export function createTransport<Item>(
  statusCode: number,
  ingest: (item: Item) => Promise<Result<unknown, Refusal>>,
): Transport<Item> {
  return {
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
