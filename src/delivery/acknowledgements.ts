import type { ItemId, Outbox, OutboxFailure, Outcome, SentItem } from '../outbox';
import { wait, type Clock } from './clock';
import { backoffMs, type Policy } from './policy';

/** Tells the outbox what became of leased items, until it knows. */
export interface Acknowledgements {
  /** Delivered. Many at a time go in one call; nobody waits for it. */
  acknowledge(ids: readonly ItemId[]): void;
  /** Not delivered: due again once this resolves. */
  release(ids: readonly ItemId[]): Promise<void>;
  /** As `release`, but the service may have them: they keep the times with which they were sent. */
  releaseSent(items: readonly SentItem[]): Promise<void>;
  /** Never to be delivered as it is; resolves to whether it is on the refused list now. */
  refuse(id: ItemId, reason: string): Promise<boolean>;
  /** How many delivered items the outbox does not know of yet. */
  unacknowledged(): number;
  /** Why the outbox does not take it now; undefined where it does. */
  failure(): OutboxFailure | undefined;
  /** Resolves when nothing is left to tell; once `closing` is aborted that is soon, whatever the outbox says. */
  finish(): Promise<void>;
}

/** What acknowledgements need. */
export interface AcknowledgementsOptions {
  readonly outbox: Pick<Outbox, 'acknowledge' | 'release' | 'releaseSent' | 'refuse'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly policy: Policy;
  /** Aborted when the sender closes: what then fails is tried only a few times more. */
  readonly closing: AbortSignal;
  /** Called when the outbox was told something, and when it fails. */
  readonly onChange: () => void;
}

/**
 * So many delivered items do not wait until the outbox knows of others: in one go with thousands, they would keep it
 * from handing out more for tens of milliseconds.
 */
const MANY = 250;

const LAST_TRIES = 5;
const LAST_PAUSE_MS = 100;

export function createAcknowledgements(options: AcknowledgementsOptions): Acknowledgements {
  const { outbox, onChange } = options;
  const troubles = new Set<Trouble>();
  const calls = new Set<Promise<unknown>>();
  let delivered: ItemId[] = [];
  let acknowledgingCount = 0;

  async function insist(call: () => Outcome<void>): Promise<boolean> {
    const first = await call();
    if (first.ok) return true;
    // It stands until the call works: nothing is delivered meanwhile.
    const trouble = { failure: first.failure };
    troubles.add(trouble);
    onChange();
    const isDone = await insistOn(options, call, trouble);
    troubles.delete(trouble);
    return isDone;
  }

  function track<Value>(call: Promise<Value>): Promise<Value> {
    const tracked = call.finally(() => {
      calls.delete(tracked);
      onChange();
    });
    calls.add(tracked);
    return tracked;
  }

  async function acknowledgeAll(): Promise<void> {
    while (delivered.length > 0) {
      const ids = delivered;
      delivered = [];
      acknowledgingCount += ids.length;
      const isAcknowledged = await insist(() => outbox.acknowledge(ids));
      // Delivering once more is better than never showing up again in this process.
      if (!isAcknowledged) await outbox.release(ids);
      acknowledgingCount -= ids.length;
    }
  }

  function acknowledge(ids: readonly ItemId[]): void {
    for (const id of ids) delivered.push(id);
    if (acknowledgingCount === 0 || delivered.length >= MANY) void track(acknowledgeAll());
  }

  async function giveBack({ length }: readonly unknown[], call: () => Outcome<void>): Promise<void> {
    if (length > 0) await track(insist(call));
  }

  async function refuseOne(id: ItemId, reason: string): Promise<boolean> {
    const isRefused = await insist(() => outbox.refuse([id], reason));
    if (!isRefused) await outbox.release([id]);
    return isRefused;
  }

  async function finish(): Promise<void> {
    while (calls.size > 0) await Promise.all(calls);
  }

  return {
    acknowledge,
    release: (ids) => giveBack(ids, () => outbox.release(ids)),
    releaseSent: (items) => giveBack(items, () => outbox.releaseSent(items)),
    refuse: (id, reason) => track(refuseOne(id, reason)),
    unacknowledged: () => delivered.length + acknowledgingCount,
    failure: () => troubles.values().next().value?.failure,
    finish,
  };
}

/** A call that does not work now. */
interface Trouble {
  failure: OutboxFailure;
}

/** Repeats a call that failed until it works; false where it was given up because of closing. */
async function insistOn(
  options: AcknowledgementsOptions,
  call: () => Outcome<void>,
  trouble: Trouble,
): Promise<boolean> {
  const { closing } = options;
  for (let tries = 1, lastTries = 0; lastTries < LAST_TRIES; tries += 1) {
    // With a closed outbox, all leases have ended.
    if (closing.aborted && trouble.failure.kind === 'closed') return false;
    await pause(options, tries);
    lastTries += closing.aborted ? 1 : 0;
    const result = await call();
    if (result.ok) return true;
    trouble.failure = result.failure;
  }
  return false;
}

/** A pause that closing cuts short; when closing already, a fixed one. */
function pause({ clock, closing, random, policy }: AcknowledgementsOptions, tries: number): Promise<void> {
  if (closing.aborted) return wait(clock, LAST_PAUSE_MS, new AbortController().signal);
  return wait(clock, backoffMs(tries, random(), policy), closing);
}
