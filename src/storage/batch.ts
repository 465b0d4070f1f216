import type { Task } from './commit';

/** Most appends in one commit: more would not make it cheaper per append, only later. */
const MOST_APPENDS = 64;

/** Most bytes in one commit (by the operations' own estimates), unless its first append alone is larger. */
const MOST_BYTES = 2 ** 20;

/** Longest time that operations that free room wait to be committed together with an append, in milliseconds. */
const LONGEST_WAIT_MS = 100;

/** This many waiting operations that free room, or bytes that they write, are worth a commit of their own. */
const MOST_FREES = 256;
const MOST_FREE_BYTES = 2 ** 19;

/** The writes that wait for a commit. */
export interface Batch {
  readonly put: (task: Task) => void;
  /** Whether something should be committed now. */
  readonly isDue: () => boolean;
  /** Whether anything waits, due or not. */
  readonly isEmpty: () => boolean;
  /** Makes everything that waits due. */
  readonly makeDue: () => void;
  /** Takes the tasks of the next commit: all that free room, then appends in their order. */
  readonly take: () => readonly Task[];
  /** Takes everything. */
  readonly takeAll: () => readonly Task[];
}

/** An empty batch. @param onDue called when waiting tasks become due because time has passed */
export function createBatch(onDue: () => void): Batch {
  let appends: Task[] = [];
  let frees: Task[] = [];
  let freeBytes = 0;
  let isOverdue = false;
  let timer: NodeJS.Timeout | undefined;

  function put(task: Task): void {
    if (task.kind === 'append') {
      appends.push(task);
      return;
    }
    frees.push(task);
    freeBytes += task.weight;
    timer ??= setTimeout(() => {
      isOverdue = true;
      onDue();
    }, LONGEST_WAIT_MS);
  }

  function isDue(): boolean {
    const areFreesDue = isOverdue || frees.length >= MOST_FREES || freeBytes >= MOST_FREE_BYTES;
    return appends.length > 0 || (frees.length > 0 && areFreesDue);
  }

  function take(): readonly Task[] {
    let bytes = 0;
    let count = 0;
    for (const task of appends.slice(0, MOST_APPENDS)) {
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
    isOverdue = false;
    clearTimeout(timer);
    timer = undefined;
    return taken;
  }

  return {
    put,
    isDue,
    isEmpty: () => appends.length + frees.length === 0,
    makeDue: () => {
      isOverdue = true;
    },
    take,
    takeAll: () => takeFirst(appends.length),
  };
}
