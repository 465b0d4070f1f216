import type { KeptItem } from '../outbox';
import type { Acknowledgements } from './acknowledgements';
import { idsOf, type Batch } from './batch';
import { mayBeTaken } from './policy';
import type { DeliveryFailure } from './transport';
import type { Turns } from './turns';

/** Leased items that are not under way: batches to be sent next, and items that go back to the outbox. */
export interface LeasedItems {
  /** Batches to be sent next. */
  readonly readyCount: () => number;
  /** How many of them are of lanes that `mayStart`: what waits for its own lane takes no room from others. */
  startableCount(mayStart: (lane: string) => boolean): number;
  /** Takes the oldest batch whose lane `mayStart`. */
  takeReady(mayStart: (lane: string) => boolean): Batch | undefined;
  /** Has items sent next; nothing more of their lanes is leased meanwhile. */
  makeReady(items: readonly KeptItem[]): void;
  /** Gives back all that was to be sent next. */
  readonly putBack: () => void;
  /** Gives back items that were not sent. */
  giveBack(items: readonly KeptItem[]): void;
  /** Gives back a batch that was under way and was not sent, and what was leased behind it: that would overtake it. */
  giveBackBatch(batch: Batch): void;
  /** The same for one that was sent in vain: what the service may have taken keeps the time that it has now. */
  giveBackFailed(batch: Batch, failure: DeliveryFailure): void;
  /** How often items were given back. */
  readonly returns: () => number;
}

export interface LeasedItemsOptions {
  readonly acknowledgements: Pick<Acknowledgements, 'release' | 'releaseSent'>;
  readonly turns: Turns;
  /** The outbox has items back, which are due again. */
  readonly onReturned: () => void;
}

/** Tells the outbox that items were not delivered. */
type Release = (items: readonly KeptItem[]) => Promise<void>;

export function createLeasedItems(options: LeasedItemsOptions): LeasedItems {
  const { acknowledgements, turns, onReturned } = options;
  const unsent: Release = (items) => acknowledgements.release(idsOf({ items }));
  const sent: Release = (items) => acknowledgements.releaseSent(items);
  /** Oldest first. */
  let ready: Batch[] = [];
  let returns = 0;

  /** Until the outbox has them back, no younger ones of their lanes are leased: they would overtake them. */
  async function release(items: readonly KeptItem[], tell: Release): Promise<void> {
    const lanes = new Set(items.map((item) => turns.laneOf(item)));
    for (const lane of lanes) turns.occupy(lane);
    await tell(items);
    for (const lane of lanes) turns.vacate(lane);
    onReturned();
  }

  function giveBack(items: readonly KeptItem[], tell = unsent): void {
    if (items.length === 0) return;
    returns += 1;
    void release(items, tell);
  }

  function putBack(isToGo: (batch: Batch) => boolean): void {
    const batches = ready.filter(isToGo);
    ready = ready.filter((batch) => !isToGo(batch));
    giveBack(batches.flatMap(({ items }) => items));
    for (const { lane } of batches) turns.vacate(lane);
  }

  function giveBackBatch({ lane, items }: Batch, tell = unsent): void {
    giveBack(items, tell);
    if (turns.hasLanes) putBack((batch) => batch.lane === lane);
  }

  return {
    readyCount: () => ready.length,
    startableCount: (mayStart) =>
      turns.hasLanes ? ready.filter(({ lane }) => mayStart(lane)).length : ready.length,
    takeReady(mayStart) {
      const index = ready.findIndex(({ lane }) => mayStart(lane));
      return index === -1 ? undefined : ready.splice(index, 1)[0];
    },
    makeReady(items) {
      const batches = turns.batchesOf(items);
      for (const batch of batches) turns.occupy(batch.lane);
      ready.push(...batches);
    },
    putBack: () => putBack(() => true),
    giveBack: (items) => giveBack(items),
    giveBackBatch: (batch) => giveBackBatch(batch),
    giveBackFailed: (batch, failure) => giveBackBatch(batch, mayBeTaken(failure) ? sent : unsent),
    returns: () => returns,
  };
}
