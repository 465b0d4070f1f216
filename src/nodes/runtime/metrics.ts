import { SLOT_MS, SLOTS, type MetricsReport } from '../contract';

/** Watches what goes through all destinations. Kept in memory: some kilobytes a destination, however much happens. */
export interface Metrics {
  /** The service took a reading. */
  sent(destination: string): void;
  /** So many readings wait now. */
  waiting(destination: string, count: number): void;
  /** Something is wrong. */
  failed(destination: string, message: string): void;
  /** Nothing is wrong any more. */
  recovered(destination: string): void;
  report(destination: string): MetricsReport;
}

/** What happened in one slot; slots in which nothing did have none. */
interface Slot {
  readonly number: number;
  sent: number;
  /** How many waited, at most and at the end. */
  most: number;
  last: number;
}

interface History {
  sent: number;
  lastSentAt: number | undefined;
  error: MetricsReport['error'];
  /** The oldest first; one from before the graph tells how many waited when it begins. */
  readonly slots: Slot[];
}

/**
 * @param now milliseconds since 1970
 * @param monotonic milliseconds since any moment: a Pi's clock jumps when it learns the time
 */
export function createMetrics(now: () => number, monotonic: () => number): Metrics {
  const histories = new Map<string, History>();

  function historyOf(destination: string): History {
    const known = histories.get(destination);
    if (known) return known;
    const made: History = { sent: 0, lastSentAt: undefined, error: undefined, slots: [] };
    histories.set(destination, made);
    return made;
  }

  function slotOf({ slots }: History): Slot {
    const number = Math.floor(monotonic() / SLOT_MS);
    const newest = slots.at(-1);
    if (newest?.number === number) return newest;
    const level = newest?.last ?? 0;
    const made = { number, sent: 0, most: level, last: level };
    slots.push(made);
    if (slots.length > SLOTS + 1) slots.shift();
    return made;
  }

  return {
    sent(destination) {
      const history = historyOf(destination);
      history.sent += 1;
      history.lastSentAt = now();
      slotOf(history).sent += 1;
    },
    waiting(destination, count) {
      const slot = slotOf(historyOf(destination));
      slot.last = count;
      slot.most = Math.max(slot.most, count);
    },
    failed(destination, message) {
      const history = historyOf(destination);
      // One that lasts is told again and again; what matters is since when.
      const { error } = history;
      if (!error?.isCurrent || error.message !== message)
        history.error = { message, at: now(), isCurrent: true };
    },
    recovered(destination) {
      const history = historyOf(destination);
      if (history.error) history.error = { ...history.error, isCurrent: false };
    },
    report(destination) {
      const { sent, lastSentAt, error, slots } = historyOf(destination);
      return { sent, lastSentAt, error, ...graphOf(slots, Math.floor(monotonic() / SLOT_MS)) };
    },
  };
}

function graphOf(
  slots: readonly Slot[],
  current: number,
): Pick<MetricsReport, 'sentPerSlot' | 'waitingPerSlot'> {
  const byNumber = new Map(slots.map((slot) => [slot.number, slot]));
  const first = current - SLOTS + 1;
  let level = slots.findLast(({ number }) => number < first)?.last ?? 0;
  const sentPerSlot: number[] = [];
  const waitingPerSlot: number[] = [];
  for (let number = first; number <= current; number += 1) {
    const slot = byNumber.get(number);
    sentPerSlot.push(slot?.sent ?? 0);
    waitingPerSlot.push(slot?.most ?? level);
    level = slot?.last ?? level;
  }
  return { sentPerSlot, waitingPerSlot };
}
