/** The way into the station inside the process: the same judgement as over HTTP, without a key. */
import type { Acceptance, DeliveryFailure, Transport } from '../delivery';
import { failed, success, type Result } from '../result';
import { statusCodeOf, type Refusal } from './refusal';

/** A transport whose items `keep` takes or refuses. @param statusCode what HTTP would say to an accepted one */
export function createTransport<Item>(
  statusCode: number,
  keep: (item: Item) => Promise<Result<unknown, Refusal>>,
): Transport<Item> {
  return {
    async deliver(item, signal): Promise<Result<Acceptance, DeliveryFailure>> {
      if (signal.aborted) return failed({ kind: 'cancelled', message: 'The node was stopped.' });
      const kept = await keep(item);
      if (kept.ok) return success({ statusCode, answer: kept.value });
      const { kind, message } = kept.failure;
      const problem = kind === 'unavailable' ? 'unavailable' : 'refused';
      return failed({ kind: problem, statusCode: statusCodeOf(kept.failure), message });
    },
  };
}
