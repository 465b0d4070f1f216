import { setImmediate as nextTurn } from 'node:timers/promises';

/** The longest wait, in milliseconds: far longer than anything takes on a busy machine. */
const LIMIT_MS = 60_000;

/**
 * Waits until a condition holds.
 * @param what a sentence that says what is waited for, as in `the thread restarts`
 */
export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`Waited ${limitMs} ms in vain until ${what}`);
    await nextTurn();
  }
}
