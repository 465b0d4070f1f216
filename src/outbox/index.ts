/**
 * The outbox, a durable queue. Its guarantee:
 *
 * **Once `accept` resolves, the reading is on the disk, synced. It is delivered at least once, with its own timestamp,
 * or it is on the refused list for the user to see: through outages, restarts, kill -9, power cuts, a full disk and a
 * damaged file.**
 *
 * What a bound drops is counted and handed back to be reported; what damage took is counted and reported; nothing goes
 * silently. It may be delivered more than once only where an answer was lost, or where the process ended between the
 * answer and the commit of `settle`.
 *
 * This file is the room's whole public surface. It knows neither HTTP nor Node-RED.
 */
import { failed } from '../result';
import type { Outbox, OutboxFailure, OutboxOptions, Outcome } from './types';

export {
  DEFAULT_BOUNDS,
  type Bounds,
  type Counts,
  type DroppedItem,
  type ItemId,
  type KeptImage,
  type KeptItem,
  type LeaseLimits,
  type NewImage,
  type NewItem,
  type NoticeKind,
  type Outbox,
  type OutboxFailure,
  type OutboxNotice,
  type OutboxOptions,
  type OutboxProblem,
  type Outcome,
  type RefusedItem,
  type RefusedList,
  type RefusedPage,
} from './types';

/** The outbox in a folder. Opening happens by itself; where it fails, each call says why and tries again. */
export function openOutbox(_options: OutboxOptions): Outbox {
  const missing = (): Outcome<never> =>
    Promise.resolve(failed<OutboxFailure>({ kind: 'closed', message: 'The outbox cannot be opened yet' }));
  return {
    accept: missing,
    lease: missing,
    leaseGroup: missing,
    settle: missing,
    release: missing,
    refuse: missing,
    counts: missing,
    destinations: missing,
    refused: {
      list: missing,
      retry: missing,
      discard: missing,
      async *export() {
        yield* [];
      },
    },
    enforce: missing,
    close: () => Promise.resolve(),
  };
}
