/** A reading that a service took. */
export interface SentReading {
  /** Its group in the outbox: the device, where its queue has lanes. */
  readonly group: string;
  /** The time with which it was sent, and when that was, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly sentAt: number;
  /** Of the service's answer. */
  readonly statusCode: number;
}

/**
 * What each destination took in the last day, so that somebody can see whether a reading arrived. It is kept in memory: on
 * the disk it would write each reading once more, for a question that is seldom asked.
 */
export interface SentHistory {
  /** It was sent now. */
  add(destination: string, reading: Omit<SentReading, 'sentAt'>): void;
  /** The newest first. */
  list(destination: string): readonly SentReading[];
}

const LONGEST_MS = 86_400_000;

/** Of one destination: more than a day of readings, one a minute, in some 300 kB. */
const MOST_READINGS = 2000;

interface Entry {
  readonly reading: SentReading;
  /** On the monotonic clock. */
  readonly at: number;
}

/**
 * @param now milliseconds since 1970
 * @param monotonic milliseconds since any moment: a Pi's clock jumps when it learns the time
 */
export function createSentHistory(now: () => number, monotonic: () => number): SentHistory {
  const histories = new Map<string, Entry[]>();

  return {
    add(destination, reading) {
      const entries = histories.get(destination) ?? [];
      histories.set(destination, entries);
      entries.push({ reading: { ...reading, sentAt: now() }, at: monotonic() });
      // Only now and then, because each time moves all that stay.
      if (entries.length >= 2 * MOST_READINGS) entries.splice(0, entries.length - MOST_READINGS);
    },
    list(destination) {
      const since = monotonic() - LONGEST_MS;
      const entries = (histories.get(destination) ?? []).slice(-MOST_READINGS);
      return entries.flatMap(({ reading, at }) => (at >= since ? [reading] : [])).toReversed();
    },
  };
}
