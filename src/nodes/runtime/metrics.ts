import { BUCKET_MS, BUCKETS, type MetricsReport } from '../contract';

/** Counts what each destination sends and has waiting. In memory: a few kilobytes per destination, whatever the load. */
export interface Metrics {
  /** The service took a reading. */
  sent(destination: string): void;
  /** This many readings wait now. */
  waiting(destination: string, count: number): void;
  /** An error began, or lasts. */
  failed(destination: string, message: string): void;
  /** The last error is over. */
  recovered(destination: string): void;
  report(destination: string): MetricsReport;
}

/** The counts of one time bucket. A bucket in which nothing happened is not stored. */
interface Bucket {
  readonly number: number;
  sent: number;
  /** The number waiting: its maximum, and its last value. */
  most: number;
  last: number;
}

interface History {
  sent: number;
  lastSentAt: number | undefined;
  error: MetricsReport['error'];
  /** Oldest first. One is older than the graph: it tells how many waited at the graph's start. */
  readonly buckets: Bucket[];
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
    const made: History = { sent: 0, lastSentAt: undefined, error: undefined, buckets: [] };
    histories.set(destination, made);
    return made;
  }

  function bucketOf({ buckets }: History): Bucket {
    const number = Math.floor(monotonic() / BUCKET_MS);
    const newest = buckets.at(-1);
    if (newest?.number === number) return newest;
    const level = newest?.last ?? 0;
    const made = { number, sent: 0, most: level, last: level };
    buckets.push(made);
    if (buckets.length > BUCKETS + 1) buckets.shift();
    return made;
  }

  return {
    sent(destination) {
      const history = historyOf(destination);
      history.sent += 1;
      history.lastSentAt = now();
      bucketOf(history).sent += 1;
    },
    waiting(destination, count) {
      const bucket = bucketOf(historyOf(destination));
      bucket.last = count;
      bucket.most = Math.max(bucket.most, count);
    },
    failed(destination, message) {
      const history = historyOf(destination);
      // An error that lasts is reported again and again; its time is that of the first report.
      const { error } = history;
      if (!error?.isCurrent || error.message !== message)
        history.error = { message, at: now(), isCurrent: true };
    },
    recovered(destination) {
      const history = historyOf(destination);
      if (history.error) history.error = { ...history.error, isCurrent: false };
    },
    report(destination) {
      const { sent, lastSentAt, error, buckets } = historyOf(destination);
      return { sent, lastSentAt, error, ...graphOf(buckets, Math.floor(monotonic() / BUCKET_MS)) };
    },
  };
}

function graphOf(
  buckets: readonly Bucket[],
  current: number,
): Pick<MetricsReport, 'sentPerBucket' | 'waitingPerBucket'> {
  const byNumber = new Map(buckets.map((bucket) => [bucket.number, bucket]));
  const first = current - BUCKETS + 1;
  let level = buckets.findLast(({ number }) => number < first)?.last ?? 0;
  const sentPerBucket: number[] = [];
  const waitingPerBucket: number[] = [];
  for (let number = first; number <= current; number += 1) {
    const bucket = byNumber.get(number);
    sentPerBucket.push(bucket?.sent ?? 0);
    waitingPerBucket.push(bucket?.most ?? level);
    level = bucket?.last ?? level;
  }
  return { sentPerBucket, waitingPerBucket };
}
