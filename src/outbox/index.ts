/**
 * The outbox, a durable queue. Its guarantee:
 *
 * **Once `accept` resolves, the reading is on the disk, synced. It is delivered at least once, with its own timestamp,
 * or it is on the refused list for the user to see: through outages, restarts, kill -9, power cuts, a full disk and a
 * damaged file.**
 *
 * **The files that are open are the files that are there. Where they are deleted, moved away or replaced while the outbox
 * is open, all is carried over into new ones, with the next write or within two seconds: what is accepted after that
 * survives a kill -9 too. Where they cannot be made anew, `accept` fails with the reason, and nothing that was accepted is
 * forgotten while the process lives.**
 *
 * Nothing is lost silently: what a bound drops is counted and returned to the caller, what damage destroyed is counted
 * and reported. An item is delivered more than once only if an answer was lost, or if the process ended between the
 * answer and the commit of `acknowledge`.
 *
 * This file is the room's whole public surface. It knows neither HTTP nor Node-RED.
 */
export { openOutbox } from './outbox';
export { MOST_ITEMS_AT_ONCE } from './check';
export {
  DEFAULT_BOUNDS,
  type Bounds,
  type Counts,
  type DroppedItem,
  type ImportCounts,
  type ImportedItem,
  type ItemId,
  type KeptImage,
  type KeptItem,
  type LaneChoice,
  type LaneLimits,
  type LeaseLimits,
  type ListedItem,
  type NewestLimits,
  type NewImage,
  type NewItem,
  type NoticeKind,
  type Outbox,
  type OutboxFailure,
  type OutboxNotice,
  type OutboxOptions,
  type OutboxProblem,
  type OutboxQueue,
  type Outcome,
  type RefusedItem,
  type SentItem,
  type RefusedList,
  type RefusedPage,
  type WaitingItem,
} from './types';
