import type { Task } from './commit';

/** Records that one commit holds, at most: more would not make it cheaper per record, only later. */
const MOST_RECORDS = 64;

/** Bytes that one commit holds, at most (by the operations' own estimates), after the first record. */
const MOST_BYTES = 2 ** 20;

/** How long operations that free room wait for an append to ride with, in milliseconds. */
const LONGEST_RIDE_MS = 100;

/** So many waiting operations that free room, or bytes written by them, are worth a commit of their own. */
const MOST_FREES = 256;
const MOST_FREE_BYTES = 2 ** 19;

/** Writes that wait for their commit. */
export interface Batch {
  readonly put: (task: Task) => void;
  /** Whether there is something to commit now. */
  isDue(): boolean;
  /** Whether anything waits, due or not. */
  isEmpty(): boolean;
  /** Makes all that waits due. */
  hurry(): void;
  /** Takes what the next commit holds: what frees room, then appends in their order. */
  take(): readonly Task[];
  /** Takes everything. */
  takeAll(): readonly Task[];
}

/** @param onDue called when something that waits has become due by the passing of time */
export function createBatch(onDue: () => void): Batch {
  let appends: Task[] = [];
  let frees: Task[] = [];
  let freeBytes = 0;
  let isHurried = false;
  let ride: NodeJS.Timeout | undefined;

  function put(task: Task): void {
    if (task.kind === 'append') {
      appends.push(task);
      return;
    }
    frees.push(task);
    freeBytes += task.weight;
    ride ??= setTimeout(() => {
      isHurried = true;
      onDue();
    }, LONGEST_RIDE_MS);
  }

  function isDue(): boolean {
    const areFreesDue = isHurried || frees.length >= MOST_FREES || freeBytes >= MOST_FREE_BYTES;
    return appends.length > 0 || (frees.length > 0 && areFreesDue);
  }

  function take(): readonly Task[] {
    let bytes = 0;
    let count = 0;
    for (const task of appends.slice(0, MOST_RECORDS)) {
      bytes += task.weight;
      if (count > 0 && bytes > MOST_BYTES) break;
      count += 1;
    }
    return takeFirst(count);
  }

  function takeFirst(count: number): readonly Task[] {
    const taken = [...frees, ...appends.slice(0, count)];
    appends = appends.slice(count);
    frees = [];
    freeBytes = 0;
    isHurried = false;
    clearTimeout(ride);
    ride = undefined;
    return taken;
  }

  return {
    put,
    isDue,
    isEmpty: () => appends.length + frees.length === 0,
    hurry: () => {
      isHurried = true;
    },
    take,
    takeAll: () => takeFirst(appends.length),
  };
}
