/** Waits of tests: each has a limit of its own, and fails with the name of what it waited for. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** In milliseconds: long enough for a busy machine, and shorter than the limit of a test. */
export const LIMIT_MS = 120_000;

/** Waits for a promise. @param what the awaited, as in `an answer`; a function is asked when the limit is reached */
export async function within<Value>(
  what: string | (() => string),
  promise: Promise<Value>,
  limitMs = LIMIT_MS,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const awaited = typeof what === 'string' ? what : what();
      reject(new Error(`Waited ${limitMs} ms in vain for ${awaited}`));
    }, limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads a value anew until it is right, and resolves to it. Fails with the value that was read last.
 * @param what the awaited, as in `the old readings to be deleted`
 */
export async function readUntil<Value>(
  what: string,
  read: () => Value | Promise<Value>,
  isRight: (value: Value) => boolean,
  limitMs = LIMIT_MS,
): Promise<Value> {
  const end = performance.now() + limitMs;
  for (;;) {
    const value = await within(what, Promise.resolve(read()), Math.max(end - performance.now(), 0));
    if (isRight(value)) return value;
    if (performance.now() > end) {
      throw new Error(`Waited ${limitMs} ms in vain for ${what}; at last: ${JSON.stringify(value)}`);
    }
    await nextTurn();
  }
}

/** Asks anew until a condition is true. @param what the awaited, as in `the end of the program` */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  await readUntil(what, isTrue, Boolean);
}
